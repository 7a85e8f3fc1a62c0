"""From a file to its pages in shades of grey, one at a time: never more than one page is in memory."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pi_heif
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from app.features.scans.reading.faults import Fault, Unreadable

Grey = NDArray[np.uint8]
DPI = 200
_PICTURES = ("JPEG", "PNG", "TIFF", "HEIF")
_JPEGS = ("JPEG", "MPO")
"""Telephones put a second picture behind the first and call it MPO; it opens as JPEG."""

# Only whoever names the format among those it opens gets it; of the pictures in such a file, only the photograph.
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still read. `dots` are those of one page as it comes; `read_dots` those to which it is made smaller, `side` the
    most of them in a row or column: no library behind this takes longer ones.

    `memory` in bytes and `seconds` of work on a page are what the program has that draws files of others (`apart`).
    """

    bytes: int = 300_000_000
    pages: int = 1_500
    dots: int = 120_000_000
    read_dots: int = 8_000_000
    side: int = 32_000
    memory: int = 1 << 30
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page of a file, from 1: its picture, or why there is none."""

    number: int
    grey: Grey | None
    fault: Fault | None = None


def pages_in(source: Path | bytes, limits: Limits | None = None) -> int:
    """How many pages a file has, without drawing any. Raises Unreadable where nothing of the file can be read."""
    limits = limits or Limits()
    with _recognised_kind(source, limits) as (file, is_pdf):
        if not is_pdf:
            with _recognised(file) as picture:
                return _frames(picture, limits)
        document = _document(source)
        try:
            return _checked(len(document), limits)
        finally:
            document.close()


def pages_of(source: Path | bytes, limits: Limits | None = None, after: int = 0) -> Iterator[PageImage]:
    """The pages of a PDF or picture file, in order; a page that cannot be read is named with its fault, the others follow.

    `after`: the first so many pages are left out, without being drawn. Raises Unreadable where nothing of the file can be read.
    """
    limits = limits or Limits()
    with _recognised_kind(source, limits) as (file, is_pdf):
        yield from _of_pdf(source, limits, after) if is_pdf else _of_picture(file, limits, after)


@contextmanager
def _recognised_kind(source: Path | bytes, limits: Limits) -> Iterator[tuple[BinaryIO, bool]]:
    """The file, open, and whether it is a PDF."""
    size = len(source) if isinstance(source, bytes) else _size(source)
    if size > limits.bytes:
        raise Unreadable(Fault.TOO_MANY_BYTES)
    if size == 0:
        raise Unreadable(Fault.EMPTY)
    with _opened(source) as file:
        beginning = file.read(1024)
        file.seek(0)
        yield file, b"%PDF-" in beginning


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise Unreadable(Fault.BROKEN) from error


def _opened(source: Path | bytes) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return source.open("rb")
    except OSError as error:
        raise Unreadable(Fault.BROKEN) from error


def _document(source: Path | bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower() or "security" in str(error).lower()
        raise Unreadable(Fault.ENCRYPTED if locked else Fault.BROKEN) from error


def _checked(count: int, limits: Limits) -> int:
    if count == 0:
        raise Unreadable(Fault.EMPTY)
    if count > limits.pages:
        raise Unreadable(Fault.TOO_MANY_PAGES)
    return count


def _of_pdf(source: Path | bytes, limits: Limits, after: int) -> Iterator[PageImage]:
    document = _document(source)
    try:
        for number in range(after, _checked(len(document), limits)):
            yield _drawn(document, number, limits)
    finally:
        document.close()


def _drawn(document: pypdfium2.PdfDocument, number: int, limits: Limits) -> PageImage:
    try:
        page = document[number]
        try:
            _refuse_large_pictures(page, limits)
            width, height = page.get_size()
            if width <= 0 or height <= 0:
                return PageImage(number + 1, None, Fault.BROKEN)
            scale = min(DPI / 72, (limits.read_dots / (width * height)) ** 0.5)
            if max(width, height) * scale > limits.side:
                return PageImage(number + 1, None, Fault.TOO_MANY_PIXELS)
            bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
            grey = np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width, -1)[:, :, 0].copy()
            bitmap.close()
            return PageImage(number + 1, grey)
        finally:
            page.close()
    except Unreadable as refusal:
        return PageImage(number + 1, None, refusal.fault)
    except MemoryError:
        return PageImage(number + 1, None, Fault.TOO_MUCH)
    except Exception:  # noqa: BLE001  whatever the library raises on a broken page: it is that page's fault, the others follow
        return PageImage(number + 1, None, Fault.BROKEN)


def _refuse_large_pictures(page: pypdfium2.PdfPage, limits: Limits) -> None:
    """Raise Unreadable before a picture is unpacked that says it has more dots than any scanner makes."""
    for found in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=5):
        width, height = found.get_px_size()
        if width * height > limits.dots:
            raise Unreadable(Fault.TOO_MANY_PIXELS)


def _frames(picture: Image.Image, limits: Limits) -> int:
    return _checked(getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1, limits)


def _of_picture(file: BinaryIO, limits: Limits, after: int) -> Iterator[PageImage]:
    picture = _recognised(file)
    with picture:
        count = _frames(picture, limits)
        for number in range(after, count):
            page = _unpacked(picture, number, limits)
            if page.fault is not None and count == 1:
                raise Unreadable(page.fault)
            yield page


def _recognised(file: BinaryIO) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # ours comes before anything is unpacked
            return Image.open(file, formats=_PICTURES)
    except UnidentifiedImageError as error:
        raise Unreadable(Fault.BROKEN if _says_heic(file) else Fault.UNKNOWN_KIND) from error
    except Image.DecompressionBombError as error:
        raise Unreadable(Fault.TOO_MANY_PIXELS) from error
    except Exception as error:  # whatever the library raises on a broken head of a file
        raise Unreadable(Fault.BROKEN) from error


def _says_heic(file: BinaryIO) -> bool:
    """Whether the file begins like a HEIC picture: that library says of a damaged one that it knows no such kind."""
    file.seek(4)
    return file.read(4) == b"ftyp"


def _unpacked(picture: Image.Image, number: int, limits: Limits) -> PageImage:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of broken metadata, which nobody asks for here
            picture.seek(number)
            width, height = picture.size
            if width * height > limits.dots:
                return PageImage(number + 1, None, Fault.TOO_MANY_PIXELS)
            if picture.format in _JPEGS:  # a JPEG unpacks to an eighth, a quarter or a half at once
                factor = (limits.read_dots / (width * height)) ** 0.5
                if factor < 1:
                    picture.draft("L", (int(width * factor), int(height * factor)))
            grey = _smaller(_grey(picture), limits)
            if max(grey.shape) > limits.side:
                return PageImage(number + 1, None, Fault.TOO_MANY_PIXELS)
            return PageImage(number + 1, grey)
    except Image.DecompressionBombError:
        return PageImage(number + 1, None, Fault.TOO_MANY_PIXELS)
    except MemoryError:
        return PageImage(number + 1, None, Fault.TOO_MUCH)
    except Exception:  # noqa: BLE001  whatever the library raises on a broken picture: it is this page's fault
        return PageImage(number + 1, None, Fault.BROKEN)


def _grey(picture: Image.Image) -> Image.Image:
    """Upright as the telephone says, on white, in shades of grey."""
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I;16") or upright.mode in ("I", "F"):
        values = np.asarray(upright, dtype=np.float32)
        most = 65535.0 if values.max(initial=0) > 255 else 255.0
        return Image.fromarray((values * (255 / most)).clip(0, 255).astype(np.uint8))
    if "A" in upright.getbands() or "transparency" in upright.info:
        rgba = upright.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        white.alpha_composite(rgba)
        return white.convert("L")
    return upright.convert("L")


def _smaller(picture: Image.Image, limits: Limits) -> Grey:
    width, height = picture.size
    factor = (limits.read_dots / (width * height)) ** 0.5
    if factor < 1:
        picture = picture.resize((max(1, int(width * factor)), max(1, int(height * factor))), Image.Resampling.BOX)
    return np.array(picture, dtype=np.uint8)
