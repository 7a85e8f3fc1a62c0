"""Paper and a few colours: shapes on a sheet 1200 wide and 900 high, drawn larger and made small so that edges are soft."""

import math
import random
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT, FINER = 1200, 900, 2
PAPER, SAND, STONE, SLATE, INK = "#F6F1E4", "#E7DCC3", "#CFC8B8", "#7E8890", "#24313B"
PETROL, DEEP, WATER, MIST = "#0B5563", "#073B45", "#8FBFC6", "#D5E4E2"
LEAF, MOSS, FERN = "#5E8C61", "#3E6B4B", "#9DBB8E"
BRICK, ROSE, SUN, WOOD, BARK = "#B4431F", "#D98B6A", "#E9B949", "#A9744A", "#6B4A35"

Point = tuple[float, float]


class Sheet:
    """One picture in the making. The same name gives the same picture."""

    def __init__(self, name: str) -> None:
        self.chance = random.Random(name)
        self.image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), PAPER)
        self._pen = ImageDraw.Draw(self.image)

    def box(self, x: float, y: float, width: float, height: float, colour: str, round_by: float = 0) -> None:
        """A rectangle from its upper left corner."""
        area = [x * FINER, y * FINER, (x + width) * FINER, (y + height) * FINER]
        self._pen.rounded_rectangle(area, radius=round_by * FINER, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str, flat: float = 1.0) -> None:
        """A disc around its middle; `flat` below 1 makes it an ellipse that lies."""
        tall = radius * flat
        self._pen.ellipse([(x - radius) * FINER, (y - tall) * FINER, (x + radius) * FINER, (y + tall) * FINER], fill=colour)

    def line(self, points: Sequence[Point], colour: str, width: float = 8) -> None:
        """A line through points, with round joints."""
        self._pen.line([(x * FINER, y * FINER) for x, y in points], fill=colour, width=round(width * FINER), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, colour)

    def shape(self, points: Sequence[Point], colour: str) -> None:
        """A filled polygon."""
        self._pen.polygon([(x * FINER, y * FINER) for x, y in points], fill=colour)

    def wave(self, y: float, depth: float, colour: str) -> None:
        """Ground from a gently rising line down to the lower edge."""
        start = self.chance.random() * 6
        top = [(x, y + math.sin(start + x / 210) * depth) for x in range(-20, WIDTH + 40, 20)]
        self.shape([*top, (WIDTH + 20, HEIGHT), (-20, HEIGHT)], colour)

    def tree(self, x: float, y: float, size: float, colour: str = LEAF) -> None:
        """A broad-leaved tree whose trunk stands at (x, y)."""
        self.line([(x, y), (x, y - size * 0.9)], BARK, size * 0.11)
        self.line([(x, y - size * 0.55), (x + size * 0.22, y - size * 0.85)], BARK, size * 0.06)
        for dx, dy, r in ((-0.34, 1.02, 0.36), (0.32, 1.05, 0.38), (0.0, 1.32, 0.42), (-0.05, 0.98, 0.4)):
            self.disc(x + dx * size, y - dy * size, r * size, colour)
        for _ in range(26):
            angle, far = self.chance.random() * 6.28, self.chance.random() ** 0.5 * 0.6
            spot = (x + math.cos(angle) * far * size, y - 1.12 * size + math.sin(angle) * far * size * 0.8)
            self.disc(*spot, size * 0.05, self.chance.choice((FERN, MOSS)))

    def house(self, x: float, y: float, width: float, height: float, colour: str, floors: int = 4) -> None:
        """A house with rows of windows; its lower left corner stands at (x, y)."""
        self.box(x, y - height, width, height, colour)
        self.box(x - 8, y - height - 12, width + 16, 16, SLATE)
        columns = max(2, round(width / 70))
        for floor in range(floors):
            for column in range(columns):
                left = x + width * (column + 0.5) / columns - 14
                self.box(left, y - height + 30 + floor * (height - 40) / floors, 28, (height - 40) / floors * 0.58, PAPER, 3)

    def bench(self, x: float, y: float, width: float = 300) -> None:
        """A wooden bench with a back; its feet stand at height y."""
        for row in range(3):
            self.box(x, y - 150 + row * 26, width, 18, WOOD, 6)
        self.box(x - 12, y - 68, width + 24, 20, WOOD, 6)
        for leg in (x + 24, x + width - 24):
            self.line([(leg, y), (leg, y - 146)], INK, 10)
            self.line([(leg, y - 58), (leg + 34, y)], INK, 10)

    def person(self, x: float, y: float, size: float, colour: str) -> None:
        """Somebody without a face; feet at (x, y)."""
        self.line([(x - size * 0.07, y), (x, y - size * 0.45)], INK, size * 0.08)
        self.line([(x + size * 0.09, y), (x, y - size * 0.45)], INK, size * 0.08)
        self.shape(
            [(x - size * 0.15, y - size * 0.4), (x + size * 0.15, y - size * 0.4), (x + size * 0.08, y - size * 0.82),
             (x - size * 0.08, y - size * 0.82)], colour
        )  # fmt: skip
        self.disc(x, y - size * 0.92, size * 0.09, ROSE)

    def finished(self) -> Image.Image:
        """The picture in its final size, with a breath of the grain of paper."""
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
        grain = Image.effect_noise((WIDTH // 2, HEIGHT // 2), 22).filter(ImageFilter.GaussianBlur(0.6)).resize(small.size)
        return Image.blend(small, Image.merge("RGB", (grain, grain, grain)), 0.045)
