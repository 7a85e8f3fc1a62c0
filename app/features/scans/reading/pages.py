"""Reading: every page of a file ends in a tray, with what stands on it; one page is in memory at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from app.features.printing.queries import BEGINNING, FormLayout, Mark, NotOurs, PageCode, PageLayout, Paper, read_square
from app.features.scans.reading.apart import pages_apart
from app.features.scans.reading.circles import measured
from app.features.scans.reading.corners import Points, Seen, Sighting, marks_in, sightings, straightened
from app.features.scans.reading.faults import Fault
from app.features.scans.reading.ink import TooPale, ink_of
from app.features.scans.reading.judging import explained, judged
from app.features.scans.reading.results import (
    DOTS_PER_MM,
    BubbleReading,
    Catalogue,
    PageReading,
    Standing,
    Tray,
)
from app.features.scans.reading.source import Grey, Limits, PageImage, pages_of

cv2.setNumThreads(1)  # pages are read side by side by several processes, not by threads of one
_CROP_MM = 3.0
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_BLANK = 0.0006
"""A page with less than this share of dark dots is blank: dust and the shade of the other side stay below."""


@dataclass(frozen=True, slots=True)
class _Square:
    """A square code of ours in a picture: what it says, and its middle in dots."""

    code: PageCode
    middle: Points


def read_file(
    source: Path | bytes, catalogue: Catalogue, limits: Limits | None = None, after: int = 0
) -> Iterator[PageReading]:
    """Every page of a PDF or picture file but the first `after`, in its order; a picture with two pages gives two readings.

    A file is drawn by a program of its own; what is in memory already is not. Raises Unreadable where nothing of the file can
    be read; a page that is broken alone ends in its tray.
    """
    found = pages_apart(source, limits, after) if isinstance(source, Path) else pages_of(source, limits, after)
    for page in found:
        yield from read_page(page, catalogue)


_OF_LIBRARIES = (cv2.error, np.linalg.LinAlgError, ValueError, ArithmeticError, MemoryError)
"""What the libraries raise over a picture that is none they know how to look at."""


def read_page(page: PageImage, catalogue: Catalogue) -> list[PageReading]:
    """What is in one picture: at least one reading, so that no page is lost, and one strange page does not keep its file from
    being read to the end.
    """
    if page.grey is None:
        return [PageReading(page.number, 1, Tray.BROKEN, fault=page.fault)]
    try:
        seen, found = marks_in(page.grey), _squares(page.grey)
        if not seen and not found:
            tray = Tray.BLANK if _is_blank(page.grey) else Tray.UNKNOWN
            return [PageReading(page.number, 1, tray, image=page.grey)]
        pairs = _matched(page.grey, seen, found)
    except _OF_LIBRARIES:
        return [PageReading(page.number, 1, Tray.BROKEN, fault=Fault.BROKEN)]
    readings = [_read_one(page, part, sighting, code, catalogue) for part, (sighting, code) in enumerate(pairs, start=1)]
    if len(readings) > 1:
        return [replace(one, tray=Tray.TWO_ON_ONE) if one.tray is Tray.READ else one for one in readings]
    return readings


def _squares(grey: Grey) -> list[_Square]:
    found = []
    for one in zxingcpp.read_barcodes(grey, formats=_QR, try_invert=False):
        if not one.text.startswith(BEGINNING):
            continue
        try:
            code = read_square(one.text)
        except NotOurs:
            continue
        at = one.position
        corners = [(each.x, each.y) for each in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]
        found.append(_Square(code, np.mean(np.array(corners, dtype=np.float64), axis=0)))
    return found


def _matched(grey: Grey, seen: list[Seen], found: list[_Square]) -> list[tuple[Sighting | None, PageCode | None]]:
    """Corner marks and square codes that belong to the same page. What belongs to nothing stands alone."""
    pages = sightings(seen, _usual_marks(Paper.A4))
    whole = [page for page in pages if len(page.marks) >= 3] or pages[:1]
    left = list(found)
    pairs: list[tuple[Sighting | None, PageCode | None]] = []
    for page in whole:
        inside = [one for one in left if len(whole) == 1 or _lies_on(page, one)]
        if inside:
            left = [one for one in left if one is not inside[0]]
            pairs.append((page, inside[0].code))
        else:
            pairs.append((page, _looked_closer(grey, page)))
    return pairs + [(None, one.code) for one in left]


def _lies_on(page: Sighting, square: _Square) -> bool:
    outline = page.outline(Paper.A4, _usual_marks(Paper.A4))
    if outline is None:
        return False
    return cv2.pointPolygonTest(outline.astype(np.float32), tuple(square.middle.tolist()), False) >= 0


def _looked_closer(grey: Grey, page: Sighting) -> PageCode | None:
    """The code of a page on which none was found in the whole picture: straightened and larger."""
    for paper in Paper:
        matrix = page.matrix(_usual_marks(paper))
        matrix = page.upper(_usual_marks(paper)) if matrix is None else matrix  # above a slip the lower marks stand higher
        if matrix is None:
            continue
        upper = straightened(grey, matrix, paper, 12)[: 45 * 12]
        for picture in (upper, cv2.GaussianBlur(upper, (0, 0), 2.0)):
            if found := _squares(np.asarray(picture, dtype=np.uint8)):
                return found[0].code
    return None


@lru_cache(maxsize=4)
def _usual_marks(paper: Paper) -> tuple[Mark, ...]:
    """Where the marks of a page are as long as nobody knows which form it is."""
    width, height = paper.size
    size, edge = 9.0, 8.0
    right, bottom = width - edge - size, height - edge - size
    places = ((edge, edge), (right, edge), (right, bottom), (edge, bottom))
    return tuple(Mark(number, x, y, size) for number, (x, y) in enumerate(places))


def _read_one(
    page: PageImage, part: int, sighting: Sighting | None, code: PageCode | None, catalogue: Catalogue
) -> PageReading:
    turned = sighting.turned if sighting else 0
    notices = ("turned",) if turned else ()
    reading = PageReading(page.number, part, Tray.DAMAGED, code=code, turned=turned, notices=notices, image=page.grey)
    if code is None:
        return reading
    known = catalogue(code)
    layout = known.layout
    if known.standing is Standing.FOREIGN:
        return replace(reading, tray=Tray.FOREIGN)
    if layout is None or layout.short_version != code.version or code.page > len(layout.pages):
        return replace(reading, tray=Tray.OUTDATED)
    reading = replace(reading, layout=layout)
    try:
        done = _marks_read(page.grey, sighting, layout, layout.pages[code.page - 1])
    except _OF_LIBRARIES:
        done = None
    if done is None:
        return reading
    image, bubbles = done
    tray = Tray.OUTDATED if known.standing is Standing.OUTDATED else Tray.TEST_PRINT if code.test else Tray.READ
    if sighting is not None and len(sighting.marks) < 4:
        notices = (*notices, "corner_missing")
        tray = Tray.DAMAGED
    return replace(reading, tray=tray, image=image, bubbles=bubbles, notices=notices)


def _marks_read(
    grey: Grey | None, sighting: Sighting | None, layout: FormLayout, page: PageLayout
) -> tuple[Grey, tuple[BubbleReading, ...]] | None:
    """The straightened page and its circles; None where it cannot be straightened, or is too pale."""
    matrix = sighting.matrix(page.marks) if sighting else None
    if matrix is None and sighting is not None and _marks_go_with_slip(page):
        matrix = sighting.flat(page.marks)
    if matrix is None or sighting is None or grey is None:
        return None
    image = straightened(grey, matrix, layout.look.paper, DOTS_PER_MM)
    seen = {one.id for one in sighting.marks}
    try:
        ink = ink_of(image, tuple(one for one in page.marks if one.id in seen), DOTS_PER_MM)
    except TooPale:
        return None
    found = measured(ink, page, DOTS_PER_MM)
    readings = []
    for at, (bubble, one) in enumerate(zip(page.bubbles, found, strict=True)):
        state, sure, reasons = judged(one, explained=explained(at, found, page.bubbles))
        box = bubble.box
        crop = replace(
            box,
            x=round(box.x - _CROP_MM, 2),
            y=round(box.y - _CROP_MM, 2),
            width=round(box.width + 2 * _CROP_MM, 2),
            height=round(box.height + 2 * _CROP_MM, 2),
        )
        readings.append(BubbleReading(bubble.field, bubble.value, state, sure, crop, reasons))
    return image, tuple(readings)


def _marks_go_with_slip(page: PageLayout) -> bool:
    """Whether a slip takes the lower marks with it: forms were printed so before the marks stood above the slip."""
    return any(rule.dashed and rule.y < min(mark.y for mark in page.marks if mark.id > 1) for rule in page.rules)


def _is_blank(grey: Grey) -> bool:
    small = cv2.resize(grey, (max(1, grey.shape[1] // 4), max(1, grey.shape[0] // 4)), interpolation=cv2.INTER_AREA)
    around = cv2.medianBlur(small, 51)
    return float((small.astype(np.int16) < around.astype(np.int16) - 40).mean()) < _BLANK
