"""Corner marks: which pages lie in a picture, how they are turned, and how to straighten them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from app.features.printing.queries import Mark, Paper
from app.features.scans.reading.source import Grey

Points = NDArray[np.float64]
_FAR, _FAR_DOWN = 110.0, 150.0
"""Marks whose pages seem to have their middles so many millimetres apart, across or down, belong to different pages. Down it is
more: above a slip the lower marks stand higher than on other pages."""
_MOST_OFF = 2.0
"""So many millimetres a mark may lie off where the others say it should be, on average."""
_FLAT_OFF = 0.15
"""The same for the two upper marks alone: only what lay flat on a scanner keeps to that."""
_UPPER = (0, 1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A corner mark in a picture: its number, and its corners in dots, clockwise from its own upper left one."""

    id: int
    corners: Points

    @property
    def middle(self) -> Points:
        """Its middle, in dots."""
        return self.corners.mean(axis=0)


@dataclass(frozen=True)
class Sighting:
    """The marks of one page in a picture."""

    marks: tuple[Seen, ...]

    @property
    def turned(self) -> int:
        """By how many degrees, clockwise, the picture has to be turned for the page to stand upright: 0, 90, 180 or 270."""
        along = np.sum([one.corners[1] - one.corners[0] for one in self.marks], axis=0)
        angle = np.degrees(np.arctan2(along[1], along[0]))
        return round(-float(angle) / 90.0) * 90 % 360

    def outline(self, paper: Paper, marks: Sequence[Mark]) -> Points | None:
        """The four corners of the page in the picture, in dots."""
        matrix = self.matrix(marks)
        matrix = self.upper(marks) if matrix is None else matrix
        if matrix is None:
            return None
        width, height = paper.size
        corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], dtype=np.float64)
        return np.asarray(cv2.perspectiveTransform(corners, matrix)[0], dtype=np.float64)

    def matrix(self, marks: Sequence[Mark]) -> Points | None:
        """From millimetres of the page to dots of the picture; None where the marks do not lie as they should.

        Three marks are enough: each gives four points. Two are not: a page that is bent between them is not straightened.
        """
        if len(self.marks) < 3:
            return None
        on_page, in_picture = self.points(marks)
        found: Any = cv2.findHomography(on_page, in_picture)[0]
        if found is None:
            return None
        matrix = np.asarray(found, dtype=np.float64)
        return matrix if _off(matrix, on_page, in_picture) <= _MOST_OFF else None

    def upper(self, marks: Sequence[Mark]) -> Points | None:
        """The same from the two upper marks, wherever the lower ones are: right for the head of the page, a guess below it."""
        both = Sighting(tuple(one for one in self.marks if one.id in _UPPER))
        if len(both.marks) != len(_UPPER):
            return None
        found: Any = cv2.estimateAffinePartial2D(*both.points(marks))[0]
        return None if found is None else np.vstack([np.asarray(found, dtype=np.float64), [0, 0, 1]])

    def flat(self, marks: Sequence[Mark]) -> Points | None:
        """The same from the two upper marks of a page that lay flat on a scanner; None for any other, such as a photograph."""
        matrix = self.upper(marks)
        if matrix is None or len(self.marks) > len(_UPPER) or _off(matrix, *self.points(marks)) > _FLAT_OFF:
            return None
        return matrix

    def points(self, marks: Sequence[Mark]) -> tuple[Points, Points]:
        """The corners of the marks that were seen: in millimetres of the page, and in dots of the picture."""
        places = {mark.id: mark.corners for mark in marks}
        on_page = np.array([places[one.id] for one in self.marks], dtype=np.float64).reshape(-1, 2)
        return on_page, np.concatenate([one.corners for one in self.marks]).reshape(-1, 2)


def _off(matrix: Points, on_page: Points, in_picture: Points) -> float:
    """By how many millimetres points lie off where a matrix says they should be, on average."""
    back = cv2.perspectiveTransform(in_picture[None], np.linalg.inv(matrix))[0]
    return float(np.sqrt(((back - on_page) ** 2).sum(axis=1)).mean())


@lru_cache(maxsize=1)
def _detector() -> cv2.aruco.ArucoDetector:
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    settings.adaptiveThreshWinSizeMin = 7
    settings.adaptiveThreshWinSizeMax = 39
    settings.adaptiveThreshWinSizeStep = 16
    settings.minMarkerPerimeterRate = 0.02
    settings.maxMarkerPerimeterRate = 0.5
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_50), settings)


def marks_in(grey: Grey) -> list[Seen]:
    """Every corner mark in a picture."""
    corners, ids, _ = cast("tuple[Any, Any, Any]", _detector().detectMarkers(grey))
    if ids is None:
        return []
    found = zip(ids.ravel().tolist(), corners, strict=True)
    return [Seen(int(number), np.asarray(four, dtype=np.float64).reshape(4, 2)) for number, four in found if number < 4]


def sightings(seen: Sequence[Seen], marks: Sequence[Mark]) -> list[Sighting]:
    """The marks by page, the page with the most marks first.

    Each mark says by its own size and direction where the middle of its page must be; those that agree belong together.
    """
    pages: list[list[tuple[Seen, Points, float]]] = []
    guessed = sorted(((one, *_middle_of_page(one, marks)) for one in seen), key=lambda each: -each[2])
    for one, middle, dots in guessed:
        near = [page for page in pages if _fits(page, one, middle, dots)]
        if near:
            min(near, key=lambda page: _distance(page, middle)).append((one, middle, dots))
        else:
            pages.append([(one, middle, dots)])
    found = [Sighting(tuple(sorted((one for one, _, _ in page), key=lambda each: each.id))) for page in pages]
    return sorted(found, key=lambda page: (-len(page.marks), *page.marks[0].middle.tolist()))


def _middle_of_page(one: Seen, marks: Sequence[Mark]) -> tuple[Points, float]:
    """Where this mark says that the middle of its page is, and how many dots a millimetre has there."""
    mark = next(each for each in marks if each.id == one.id)
    left, right = min(each.x for each in marks), max(each.x + each.size for each in marks)
    top, bottom = min(each.y for each in marks), max(each.y + each.size for each in marks)
    across = (one.corners[1] - one.corners[0] + one.corners[2] - one.corners[3]) / (2 * mark.size)
    down = (one.corners[3] - one.corners[0] + one.corners[2] - one.corners[1]) / (2 * mark.size)
    x, y = (left + right) / 2 - mark.x - mark.size / 2, (top + bottom) / 2 - mark.y - mark.size / 2
    return one.middle + across * x + down * y, float(np.hypot(*across) + np.hypot(*down)) / 2


def _distance(page: list[tuple[Seen, Points, float]], middle: Points) -> float:
    return float(np.hypot(*(np.mean([one for _, one, _ in page], axis=0) - middle)))


def _fits(page: list[tuple[Seen, Points, float]], one: Seen, middle: Points, dots: float) -> bool:
    if any(one.id == other.id for other, _, _ in page):
        return False
    away = middle - np.mean([each for _, each, _ in page], axis=0)
    along = one.corners[1] - one.corners[0] + one.corners[2] - one.corners[3]
    across = abs(float(np.dot(away, along / np.hypot(*along))))
    down = float(np.sqrt(max(np.dot(away, away) - across**2, 0.0)))
    return across < _FAR * dots and down < _FAR_DOWN * dots


def straightened(grey: Grey, matrix: Points, paper: Paper, dots_per_mm: int) -> Grey:
    """The page alone, upright, with so many dots to the millimetre; white where the picture ends."""
    width, height = (round(side * dots_per_mm) for side in paper.size)
    scale = np.diag([1 / dots_per_mm, 1 / dots_per_mm, 1.0])
    middles = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])  # dots are counted by their middles
    turned = matrix @ scale @ middles
    page = cv2.warpPerspective(grey, turned, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=(255,))
    return np.asarray(page, dtype=np.uint8)
