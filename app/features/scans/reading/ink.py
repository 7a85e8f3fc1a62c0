"""How dark every dot of a straightened page is, between paper (0) and print (1), whatever the light and the stains were."""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.features.printing.queries import MARKS, Mark
from app.features.scans.reading.source import Grey

Ink = NDArray[np.float32]
_PAPER_MM = 11
"""Wider than anything that is printed or marked in one piece: what is darker over more than this is shade or stain."""


class TooPale(Exception):
    """Print and paper can hardly be told apart."""


_LEAST_CONTRAST = 0.22


def ink_of(page: Grey, marks: tuple[Mark, ...], dots_per_mm: int) -> Ink:
    """The darkness of every dot. Raises TooPale when there is too little contrast to read anything."""
    paper = _paper(page, dots_per_mm)
    share = cv2.GaussianBlur(page, (0, 0), 1.1).astype(np.float32) / paper
    contrast = 1.0 - _print(share, marks, dots_per_mm)
    if contrast < _LEAST_CONTRAST:
        raise TooPale
    return np.clip((1.0 - share) / contrast, 0.0, 1.5, dtype=np.float32)


def _paper(page: Grey, dots_per_mm: int) -> Ink:
    """How light the paper is, everywhere."""
    height, width = page.shape
    small = cv2.resize(page, (width // dots_per_mm, height // dots_per_mm), interpolation=cv2.INTER_AREA)
    small = cv2.medianBlur(small, 3)
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_PAPER_MM, _PAPER_MM))
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, around, borderType=cv2.BORDER_REPLICATE)
    light = cv2.GaussianBlur(light, (0, 0), 2.0, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return np.maximum(paper, 1.0)


def _print(share: Ink, marks: tuple[Mark, ...], dots_per_mm: int) -> float:
    """How light print is, as a share of paper: the black edge of the corner marks, which no blur reaches."""
    found = []
    for mark in marks:
        cell = mark.size / len(MARKS[mark.id])
        edge = round(cell * 0.5 * dots_per_mm)
        left, top = round(mark.x * dots_per_mm), round(mark.y * dots_per_mm)
        right, bottom = round((mark.x + mark.size) * dots_per_mm), round((mark.y + mark.size) * dots_per_mm)
        found += [share[top + edge, left + edge : right - edge], share[bottom - edge, left + edge : right - edge]]
        found += [share[top + edge : bottom - edge, left + edge], share[top + edge : bottom - edge, right - edge]]
    return float(np.median(np.concatenate(found)))
