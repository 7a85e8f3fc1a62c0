"""The scenes themselves: a bench, shade, water, a playground, a dark way, lights."""

from collections.abc import Callable

from app.developers.demo.pictures.sheet import (
    BRICK,
    DEEP,
    FERN,
    HEIGHT,
    INK,
    LEAF,
    MIST,
    MOSS,
    PAPER,
    PETROL,
    ROSE,
    SAND,
    SLATE,
    STONE,
    SUN,
    WATER,
    WIDTH,
    WOOD,
    Sheet,
)


def _street(sheet: Sheet, sky: str = MIST) -> None:
    """Houses along a pavement."""
    sheet.box(0, 0, WIDTH, HEIGHT, sky)
    x = -40.0
    for colour in (SAND, ROSE, STONE, SAND, STONE):
        width = sheet.chance.randint(220, 300)
        sheet.house(x, 640, width, sheet.chance.randint(340, 470), colour)
        x += width + 6
    sheet.box(0, 640, WIDTH, 260, STONE)
    sheet.box(0, 640, WIDTH, 14, SLATE)


def bench(sheet: Sheet) -> None:
    """A bench under a lime tree."""
    sheet.box(0, 0, WIDTH, 590, MIST)
    sheet.disc(960, 170, 78, SUN)
    sheet.wave(560, 16, FERN)
    sheet.wave(700, 10, SAND)
    sheet.tree(330, 720, 330)
    sheet.tree(1080, 640, 170, MOSS)
    sheet.bench(480, 770, 360)


def no_bench(sheet: Sheet) -> None:
    """People standing at a wall where nothing to sit on is."""
    _street(sheet)
    for x, size, colour in ((300, 230, PETROL), (430, 215, BRICK), (820, 220, SUN)):
        sheet.person(x, 790, size, colour)
    sheet.line([(900, 790), (900, 690)], INK, 6)


def shade(sheet: Sheet) -> None:
    """Sails of cloth over a hot square."""
    sheet.box(0, 0, WIDTH, HEIGHT, PAPER)
    sheet.disc(1010, 150, 96, SUN)
    sheet.wave(600, 4, SAND)
    sheet.disc(560, 730, 360, STONE, 0.2)
    for x in (200, 560, 930):
        sheet.line([(x, 760), (x, 300)], SLATE, 14)
    sheet.shape([(190, 300), (570, 330), (400, 470)], PETROL)
    sheet.shape([(550, 300), (940, 310), (730, 470)], BRICK)
    for x, colour in ((440, SUN), (610, PETROL), (700, ROSE)):
        sheet.person(x, 760, 180, colour)


def fountain(sheet: Sheet) -> None:
    """A tap for drinking, with a bowl for dogs."""
    _street(sheet)
    sheet.box(540, 470, 90, 330, PETROL, 22)
    sheet.box(510, 455, 200, 44, DEEP, 18)
    sheet.line([(690, 480), (716, 470), (734, 500), (738, 560)], WATER, 12)
    sheet.disc(738, 585, 62, SLATE, 0.34)
    sheet.disc(738, 580, 50, WATER, 0.3)
    sheet.disc(470, 812, 66, BRICK, 0.3)
    sheet.disc(470, 806, 52, WATER, 0.24)


def playground(sheet: Sheet) -> None:
    """Swings and a slide on sand."""
    sheet.box(0, 0, WIDTH, 580, MIST)
    sheet.wave(540, 14, FERN)
    sheet.wave(690, 8, SAND)
    sheet.tree(140, 640, 240, MOSS)
    sheet.line([(330, 780), (420, 330), (800, 330), (890, 780)], WOOD, 18)
    sheet.line([(420, 330), (480, 780)], WOOD, 18)
    sheet.line([(800, 330), (740, 780)], WOOD, 18)
    for x, seat in ((540, 640), (670, 660)):
        sheet.line([(x, 330), (x - 20, seat)], INK, 5)
        sheet.line([(x + 56, 330), (x + 36, seat)], INK, 5)
        sheet.box(x - 28, seat, 72, 14, BRICK, 6)
    sheet.line([(980, 420), (1000, 640), (1130, 760)], SUN, 44)
    sheet.line([(960, 770), (960, 400)], SLATE, 12)


def stairs(sheet: Sheet) -> None:
    """Steep steps with a rail on one side only."""
    sheet.box(0, 0, WIDTH, HEIGHT, MIST)
    sheet.house(-30, 620, 360, 560, ROSE, 5)
    sheet.house(900, 520, 340, 470, SAND, 5)
    for step in range(9):
        sheet.box(330 + step * 14, 860 - step * 52, 560 - step * 28, 56, STONE if step % 2 else SAND)
        sheet.box(330 + step * 14, 860 - step * 52, 560 - step * 28, 9, SLATE)
    sheet.line([(860, 780), (790, 330)], INK, 12)
    sheet.person(600, 850, 210, PETROL)


def bay(sheet: Sheet) -> None:
    """The shore of a bay, with ducks."""
    sheet.box(0, 0, WIDTH, 420, MIST)
    sheet.wave(380, 18, MOSS)
    sheet.box(0, 430, WIDTH, HEIGHT, WATER)
    for row in range(14):
        x, y = sheet.chance.randint(0, 1100), 470 + row * 26
        sheet.line([(x, y), (x + 90, y)], MIST, 4)
    sheet.wave(780, 12, SAND)
    for x, y in ((380, 600), (470, 640), (760, 570)):
        sheet.disc(x, y, 34, WOOD, 0.55)
        sheet.disc(x + 30, y - 26, 16, MOSS)
        sheet.shape([(x + 42, y - 30), (x + 62, y - 24), (x + 42, y - 18)], SUN)
    sheet.bench(820, 850, 250)


def tram_stop(sheet: Sheet) -> None:
    """A tram stop without a roof in the rain."""
    _street(sheet, STONE)
    sheet.box(0, 820, WIDTH, 10, INK)
    sheet.box(0, 862, WIDTH, 10, INK)
    sheet.line([(880, 790), (880, 470)], INK, 12)
    sheet.box(820, 430, 120, 76, PETROL, 10)
    for x, colour in ((380, BRICK), (500, SUN), (600, PETROL)):
        sheet.person(x, 790, 210, colour)
    for _ in range(120):
        x, y = sheet.chance.randint(0, WIDTH), sheet.chance.randint(0, HEIGHT)
        sheet.line([(x, y), (x - 8, y + 26)], MIST, 3)


def flowers(sheet: Sheet) -> None:
    """Boxes with flowers along a wall."""
    _street(sheet)
    for x in (90, 470, 850):
        sheet.box(x, 720, 270, 96, WOOD, 8)
        for _ in range(34):
            dx, dy = sheet.chance.randint(10, 260), sheet.chance.randint(0, 90)
            sheet.line([(x + dx, 722), (x + dx, 712 - dy)], MOSS, 5)
            sheet.disc(x + dx, 704 - dy, 15, sheet.chance.choice((BRICK, SUN, ROSE, PAPER, LEAF)))


def dark_way(sheet: Sheet) -> None:
    """A path in a park at night with one lamp."""
    sheet.box(0, 0, WIDTH, HEIGHT, DEEP)
    sheet.wave(600, 12, INK)
    sheet.shape([(520, 600), (680, 600), (980, 900), (180, 900)], SLATE)
    sheet.disc(850, 320, 150, PETROL)
    sheet.line([(850, 660), (850, 320)], INK, 12)
    sheet.disc(850, 320, 34, SUN)
    for x, size in ((140, 300), (380, 210), (1060, 280)):
        sheet.tree(x, 650, size, INK)
    sheet.person(470, 760, 170, SLATE)


def lights(sheet: Sheet) -> None:
    """Strings of lamps over a square in winter."""
    sheet.box(0, 0, WIDTH, HEIGHT, DEEP)
    x = -30.0
    for colour in (PETROL, SLATE, PETROL, SLATE):
        sheet.house(x, 640, 300, sheet.chance.randint(300, 420), colour)
        x += 312
    sheet.box(0, 640, WIDTH, 260, MIST)
    for start, end in ((180, 330), (120, 420), (260, 250)):
        points = [(t * 60, start + (end - start) * t / 20 + 90 * (1 - (t / 10 - 1) ** 2)) for t in range(21)]
        sheet.line(points, INK, 4)
        for px, py in points[1::2]:
            sheet.disc(px, py + 12, 13, SUN)
    for x, colour in ((420, BRICK), (520, PETROL), (800, SUN)):
        sheet.person(x, 800, 190, colour)


SCENES: dict[str, Callable[[Sheet], None]] = {
    scene.__name__: scene
    for scene in (
        bay, bench, dark_way, flowers, fountain, lights, no_bench, playground, shade, stairs, tram_stop,
    )
}  # fmt: skip
