"""Photos as we keep them: recognised by their content, turned upright, without metadata, encoded anew.

What is stored was written by us from pixels alone: no place, time, camera or hidden payload of the original survives.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from app.kernel.errors import Refused
from app.kernel.messages import msg

BYTES_MOST = 9_000_000
"""Four photos and the text fit into one request (`max_upload_bytes`)."""
SIDE_MOST = 2_000
THUMBNAIL_MOST = 640
SIDE_LEAST = 40
PIXELS_MOST = {"JPEG": 80_000_000, "PNG": 30_000_000, "WEBP": 30_000_000}
"""JPEG is read at a reduced size, so its pixels never lie in memory all at once; the others do, 4 bytes each."""
FORMATS = tuple(PIXELS_MOST)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


@dataclass(frozen=True)
class Picture:
    """A photo made ready to be stored: two JPEG files, and the size of the large one in pixels."""

    full: bytes
    thumbnail: bytes
    width: int
    height: int


def read_picture(content: bytes) -> Picture:
    """Check and re-encode what somebody sent. Raises Refused with words that say what to do instead."""
    if not content:
        raise Refused(msg("This file is empty. Choose the photo again."))
    if len(content) > BYTES_MOST:
        raise Refused(msg("This photo is larger than %(most)s megabytes. Choose a smaller one.", most=BYTES_MOST // 1_000_000))
    _refuse_other_kinds(content)
    image = _open(content)
    try:
        image.draft("RGB", (SIDE_MOST, SIDE_MOST))
        upright = ImageOps.exif_transpose(image)
        pixels = _on_white(_in_srgb(upright))
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:  # what Pillow's readers raise for broken files
        raise Refused(msg("This photo is damaged or incomplete. Choose it again, or choose another one.")) from error
    if min(pixels.size) < SIDE_LEAST:
        raise Refused(msg("This photo is too small to show anything. Choose a larger one."))
    large = _shrunk(pixels, SIDE_MOST)
    return Picture(_jpeg(large, 85), _jpeg(_shrunk(large, THUMBNAIL_MOST), 80), large.width, large.height)


def _refuse_other_kinds(content: bytes) -> None:
    """Kinds that people send by mistake get an answer that helps them."""
    start = content[:1024]
    if start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS:
        raise Refused(
            msg("This is a HEIC photo, which many browsers cannot show. Save it as JPEG on your phone, then choose it again.")
        )
    if start[:4] == b"GIF8":
        raise Refused(msg("Moving pictures are not possible here. Choose a photo: JPEG, PNG or WebP."))
    if b"<svg" in start.lower():
        raise Refused(msg("Drawings (SVG) are not possible here. Choose a photo: JPEG, PNG or WebP."))


def _open(content: bytes) -> Image.Image:
    """The image, its size checked before a single pixel is unpacked."""
    too_many = Refused(msg("This photo has too many pixels. Choose a smaller one."))
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_many from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refused(msg("This is not a photo that we can read. Choose a photo: JPEG, PNG or WebP.")) from None
    # Phones write MPO: a JPEG with a second picture behind it (depth, brightness). The first one is the photo.
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    if kind != "JPEG" and getattr(image, "is_animated", False):
        raise Refused(msg("Moving pictures are not possible here. Choose a photo: JPEG, PNG or WebP."))
    if image.width * image.height > PIXELS_MOST[kind]:
        raise too_many
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours as they were meant, although the profile is thrown away; a profile that cannot be read changes nothing."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    try:
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, io.BytesIO(profile), target, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image


def _on_white(image: Image.Image) -> Image.Image:
    """A new picture with nothing but pixels: transparency on white, no metadata of any kind."""
    if image.mode in ("I;16", "I;16B", "I", "F"):  # 16-bit scans: keep the upper 8 bits instead of clipping to white
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    clean = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        overlay = image.convert("RGBA")
        clean.paste(overlay, mask=overlay.getchannel("A"))
    else:
        clean.paste(image.convert("RGB"))
    return clean


def _shrunk(image: Image.Image, most: int) -> Image.Image:
    if max(image.size) <= most:
        return image
    copy = image.copy()
    copy.thumbnail((most, most), Image.Resampling.LANCZOS)
    return copy


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
    return buffer.getvalue()
