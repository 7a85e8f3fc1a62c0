"""Photos for tests, made on the spot: good ones, and ones that somebody would send to do harm."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

SECRET = b"taken at 60.1711N 24.9442E by Ann"


def jpeg(width: int = 320, height: int = 200, **options: Any) -> bytes:
    """A small photo: red on the left, blue on the right."""
    return encoded(halves(width, height), "JPEG", **options)


def halves(width: int = 320, height: int = 200) -> Image.Image:
    """Red on the left half, blue on the right, so that turning it is seen."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The file of an image."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(content: bytes) -> Image.Image:
    """The image in a file."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def with_metadata(orientation: int = 6) -> bytes:
    """A photo as a phone takes it: lying on its side, with the place, the camera and a comment in it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera of Ann"
    exif.get_ifd(0x8825)[2] = (60.0, 10.0, 16.0)
    exif.get_ifd(0x8825)[1] = "N"
    return jpeg(exif=exif, comment=SECRET, xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>")


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that unpacks to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


def animated(kind: str) -> bytes:
    """A moving picture."""
    return encoded(halves(60, 60), kind, save_all=True, append_images=[Image.new("RGB", (60, 60), "green")], duration=100)


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
