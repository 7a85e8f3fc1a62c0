"""Filled and scanned paper, made by code: marks in several hands, then scanners, coffee and telephones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from app.features.printing.queries import Bubble, FormLayout, PageLayout

Grey = NDArray[np.uint8]
DRAWN_DPI = 300
PER_MM = DRAWN_DPI / 25.4
_SHIFT = 4  # OpenCV draws to a sixteenth of a dot


class Hand(StrEnum):
    """How somebody marks a circle."""

    FULL = "full"
    PENCIL = "light pencil"
    CROSS = "cross"
    TICK = "tick"
    PARTLY = "partly filled"
    CROSSED_OUT = "crossed out"


MARKING = tuple(one for one in Hand if one is not Hand.CROSSED_OUT)


def pages_of_pdf(pdf: bytes, dpi: int = DRAWN_DPI) -> list[Grey]:
    """The pages of a PDF as pictures, as a printer would print them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        drawn = (page.render(scale=dpi / 72, grayscale=True) for page in document)
        return [one.to_numpy().reshape(one.height, one.width, -1)[:, :, 0].copy() for one in drawn]
    finally:
        document.close()


# --- Hands ---


@dataclass
class Pen:
    """Draws strokes on a printed page, each a little different; ink only ever makes paper darker."""

    page: Grey
    rng: np.random.Generator
    layer: Grey = field(init=False)

    def __post_init__(self) -> None:
        self.layer = np.full_like(self.page, 255)

    def stroke(self, points: Sequence[tuple[float, float]], width_mm: float, grey: int) -> None:
        """A line through these points, in millimetres of the page."""
        wobble = self.rng.normal(0, 0.06, (len(points), 2))
        places = np.rint((np.array(points) + wobble) * PER_MM * 2**_SHIFT).astype(np.int32)
        cv2.polylines(self.layer, [places], False, grey, max(1, round(width_mm * PER_MM)), cv2.LINE_AA, _SHIFT)

    def done(self) -> Grey:
        """The page with all that was drawn."""
        return np.minimum(self.page, cv2.GaussianBlur(self.layer, (0, 0), 0.7))


def mark(pen: Pen, bubble: Bubble, hand: Hand) -> None:
    """Mark one circle in one hand."""
    {
        Hand.FULL: _full,
        Hand.PENCIL: _pencil,
        Hand.CROSS: _cross,
        Hand.TICK: _tick,
        Hand.PARTLY: _partly,
        Hand.CROSSED_OUT: _crossed_out,
    }[hand](pen, bubble)


def _ink(pen: Pen) -> tuple[float, int]:
    return float(pen.rng.uniform(0.4, 0.8)), int(pen.rng.integers(15, 90))


def _hatch(pen: Pen, bubble: Bubble, reach: float, width: float, grey: int, step: float, until: float = 1.0) -> None:
    """Lines to and fro inside the circle, from one side to `until` (1: the other side)."""
    angle = pen.rng.uniform(0, np.pi)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    radius, points, side = bubble.radius * reach, [], 1
    for at in np.arange(-radius, -radius + 2 * radius * until, step):
        half = np.sqrt(max(radius**2 - at**2, 0.0)) * pen.rng.uniform(0.9, 1.02)
        ends = [np.array([bubble.x, bubble.y]) + across * at + along * half * sign for sign in (-side, side)]
        points += [tuple(end) for end in ends]
        side = -side
    pen.stroke(points, width, grey)


def _full(pen: Pen, bubble: Bubble) -> None:
    width, grey = _ink(pen)
    _hatch(pen, bubble, pen.rng.uniform(0.84, 0.97), width + 0.2, grey, 0.45)


def _pencil(pen: Pen, bubble: Bubble) -> None:
    _hatch(pen, bubble, pen.rng.uniform(0.8, 0.95), 0.6, int(pen.rng.integers(120, 185)), 0.5)


def _partly(pen: Pen, bubble: Bubble) -> None:
    width, grey = _ink(pen)
    _hatch(pen, bubble, pen.rng.uniform(0.8, 0.95), width, grey, 0.6, pen.rng.uniform(0.5, 0.75))


def _lines_through(pen: Pen, bubble: Bubble, angles: Sequence[float], reach: float) -> None:
    width, grey = _ink(pen)
    middle = np.array([bubble.x, bubble.y]) + pen.rng.normal(0, 0.15, 2)
    for angle in angles:
        away = np.array([np.cos(angle), np.sin(angle)]) * bubble.radius * reach
        pen.stroke([tuple(middle - away), tuple(middle), tuple(middle + away)], width, grey)


def _cross(pen: Pen, bubble: Bubble) -> None:
    turn = pen.rng.normal(0, 0.15)
    _lines_through(pen, bubble, [np.pi / 4 + turn, -np.pi / 4 + turn], pen.rng.uniform(0.75, 1.25))


def _tick(pen: Pen, bubble: Bubble) -> None:
    width, grey = _ink(pen)
    radius, jitter = bubble.radius, pen.rng.normal(0, 0.2, 2)
    middle = np.array([bubble.x, bubble.y]) + jitter
    long = pen.rng.uniform(0.9, 1.6)
    bends = np.array([(-0.6, -0.1), (-0.1, 0.6), (0.75 * long, -0.8 * long)]) * radius + middle
    pen.stroke([tuple(one) for one in bends], width, grey)


def _crossed_out(pen: Pen, bubble: Bubble) -> None:
    """A mark that was taken back: struck through beyond the edge of the circle, as the form says."""
    (_full, _partly, _tick, _cross)[pen.rng.integers(0, 4)](pen, bubble)
    reach, turn = pen.rng.uniform(1.45, 1.9), pen.rng.normal(0, 0.2)
    angles = [(turn,), (turn + np.pi / 4, turn - np.pi / 4), (turn, turn + 0.25)][pen.rng.integers(0, 3)]
    _lines_through(pen, bubble, angles, reach)


def filled(printed: Grey, page: PageLayout, hands: dict[int, Hand], rng: np.random.Generator) -> Grey:
    """A printed page with marks; `hands` says how which circle of the page (by its place in the layout) is marked."""
    pen = Pen(printed, rng)
    for at, hand in hands.items():
        mark(pen, page.bubbles[at], hand)
    return pen.done()


def some_hands(page: PageLayout, rng: np.random.Generator, share: float = 0.2, crossed_out: float = 0.04) -> dict[int, Hand]:
    """Marks for a page: `share` of its circles, of them so many crossed out."""
    chosen = {}
    for at in range(len(page.bubbles)):
        if rng.random() < share:
            crossed = rng.random() < crossed_out
            chosen[at] = Hand.CROSSED_OUT if crossed else MARKING[rng.integers(0, len(MARKING))]
    return chosen


# --- Scanners, coffee, telephones ---


@dataclass(frozen=True)
class Scan:
    """How a page is scanned. `photograph`: how strongly a telephone is tilted, 0 for a scanner."""

    dpi: int = 200
    turn: float = 0.0
    noise: float = 3.0
    blur: float = 0.4
    stains: int = 0
    photograph: float = 0.0
    paper: float = 250.0

    @property
    def clean(self) -> bool:
        """Whether an office scanner makes it: straight enough, without stains."""
        return self.stains == 0 and self.photograph == 0 and self.noise <= 6 and self.blur <= 0.8


CLEAN = Scan()


def any_scan(rng: np.random.Generator) -> Scan:
    """One of the ways in which paper comes in: a third clean, a third bad scans, a third photographs."""
    kind, dpi = rng.integers(0, 3), int(rng.choice([150, 200, 300]))
    turn = float(rng.uniform(-5, 5))
    if kind == 0:
        return Scan(dpi, turn / 3, float(rng.uniform(1, 5)), float(rng.uniform(0.2, 0.7)))
    stains = int(rng.integers(0, 4))
    if kind == 1:
        return Scan(
            dpi, turn, float(rng.uniform(4, 14)), float(rng.uniform(0.5, 1.5)), stains, paper=float(rng.uniform(215, 250))
        )
    return Scan(
        200, turn, float(rng.uniform(2, 8)), float(rng.uniform(0.4, 1.2)), stains // 2, float(rng.uniform(0.02, 0.09)), 230.0
    )


def scanned(page: Grey, scan: Scan, rng: np.random.Generator) -> Grey:
    """The page as it comes in."""
    picture = page.astype(np.float32) / 255.0 * scan.paper
    for _ in range(scan.stains):
        picture = _stain(picture, rng)
    picture = _seen_from(picture, scan, rng)
    if scan.blur:
        picture = cv2.GaussianBlur(picture, (0, 0), scan.blur)
    picture += rng.standard_normal(picture.shape, dtype=np.float32) * scan.noise
    return np.clip(picture, 0, 255).astype(np.uint8)


def _stain(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """A ring or a pool of coffee: it makes paper and print darker by a share."""
    height, width = picture.shape
    small = 4
    y, x = np.mgrid[0 : height // small + 1, 0 : width // small + 1].astype(np.float32) * small / PER_MM
    middle = rng.uniform(0, 1, 2) * (width / PER_MM, height / PER_MM)
    radius = rng.uniform(15, 45)
    angle = np.arctan2(y - middle[1], x - middle[0])
    away = np.hypot(x - middle[0], y - middle[1]) + 1.5 * np.sin(3 * angle + rng.uniform(0, 6)) + 0.6 * np.sin(7 * angle)
    ring = np.exp(-(((away - radius) / rng.uniform(0.8, 2.0)) ** 2)) * rng.uniform(0.1, 0.3)
    pool = 1 / (1 + np.exp((away - radius) / 0.8)) * rng.uniform(0.02, 0.22)
    shade = cv2.resize(np.maximum(ring, pool).astype(np.float32), (width, height))
    return picture * (1 - shade)


def _seen_from(picture: NDArray[np.float32], scan: Scan, rng: np.random.Generator) -> NDArray[np.float32]:
    height, width = picture.shape
    scale = scan.dpi / DRAWN_DPI
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), scan.turn, 1.0)
    whole = np.vstack([turn, [0, 0, 1]])
    if not scan.photograph:
        room = 1 + min(abs(scan.turn), 5.0) * 0.016  # a sheet that lies crooked is scanned with some of the glass around it
        size = (round(width * scale * room), round(height * scale * room))
        aside = np.array([[1, 0, width * (room - 1) / 2], [0, 1, height * (room - 1) / 2], [0, 0, 1]])
        matrix = np.diag([scale, scale, 1.0]) @ aside @ whole
        return cv2.warpPerspective(_softened(picture, scale), matrix, size, flags=cv2.INTER_LINEAR, borderValue=scan.paper)
    border = 0.12
    size = (round(width * scale * (1 + 2 * border)), round(height * scale * (1 + 2 * border)))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    moved = cv2.perspectiveTransform(corners[None], whole)[0]
    moved = (moved * 0.97 + np.array([width, height]) * 0.015) * scale + np.array([width, height]) * scale * border
    moved += rng.uniform(-1, 1, (4, 2)) * scan.photograph * np.array([width, height]) * scale
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    table = float(rng.uniform(60, 140))
    seen = cv2.warpPerspective(_softened(picture, scale), matrix, size, flags=cv2.INTER_LINEAR, borderValue=table)
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    towards = rng.uniform(-1, 1, 2)
    light = 0.82 + 0.16 * (towards[0] * (x / size[0] - 0.5) + towards[1] * (y / size[1] - 0.5)) * 2
    return np.asarray(seen * light, dtype=np.float32)


def _softened(picture: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """As a lens sees it before dots are counted: without this, smaller pictures would miss thin lines."""
    return cv2.GaussianBlur(picture, (0, 0), 0.45 / scale) if scale < 1 else picture


def as_jpeg(picture: Grey, quality: int = 85) -> bytes:
    """The picture as a file."""
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


# --- Many of them ---


@dataclass(frozen=True)
class Sheet:
    """One scanned page with what is really on it: the hand of each marked circle."""

    page: PageLayout
    layout: FormLayout
    hands: dict[int, Hand]
    scan: Scan
    jpeg: bytes


def sheets(layout: FormLayout, printed: Sequence[Grey], bubbles: int, seed: int, scans: Sequence[Scan] = ()) -> Iterator[Sheet]:
    """Filled and scanned pages until they have so many circles; each in one of the ways of `scans`, or in any."""
    rng = np.random.default_rng(seed)
    made = number = 0
    while made < bubbles:
        at = number % len(layout.pages)
        page = layout.pages[at]
        hands = some_hands(page, rng)
        scan = scans[number % len(scans)] if scans else any_scan(rng)
        yield Sheet(page, layout, hands, scan, as_jpeg(scanned(filled(printed[at], page, hands, rng), scan, rng)))
        made, number = made + len(page.bubbles), number + 1
