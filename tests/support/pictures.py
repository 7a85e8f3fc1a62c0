"""Photos for tests, made on the spot: good ones, and ones that somebody would send to do harm."""

import io
import struct
import zlib
from base64 import b64decode
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
IPHONE = b64decode(
    b"AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAYBtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAA"
    b"AAAAABAAAANGlsb2MAAAAAREAAAgABAAAAAAGkAAEAAAAAAAAB9AACAAAAAAOYAAEAAAAAAAAAHgAAADhpaW5mAAAAAAACAAAAFWluZmUCAAAA"
    b"AAEAAGh2YzEAAAAAFWluZmUCAAABAAIAAEV4aWYAAAAAv2lwcnAAAAChaXBjbwAAAHVodmNDAQNwAAAAAAAAAAAAPPAA/P34+AAADwMgAAEAGE"
    b"ABDAH//wNwAAADAJAAAAMAAAMAPLoCQCEAAQAoQgEBA3AAAAMAkAAAAwAAAwA8oAoIDxZbqSSmubAgAAADACAAAAMAISIAAQAHRAHBcrBiQAAA"
    b"ABRpc3BlAAAAAAAAAUAAAADwAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAoMAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQ"
    b"AAAhptZGF0AAAB8CgBrwnIII6l2iGFNKX//75zfs66FrnZKVxouX8J5+wix8Qv/8vE7TpaBgABvaMFfRHUgaDPFx8wesSJeTGoAAGI1A9ykWQe"
    b"1FANYOTSTmdAAb4iEhbAAuRp2I3swTM2BB8osABfZKeMq9YVnY5H4e16oAJfRNjpLNjYCX7gSLABC+mq/XWq9eYSTaGVhUAAVAb1oPLeWMJXMd"
    b"bYAHbv4T4Ysq8agF2kVkQAIbEq1i1wpq5jRObgAHtm+Wz8yt3eVgB7tDaycM2hdSfFUMb6ccApE74OoAckz4AAnAASJwEGwoUio/YLp9xHUE/L"
    b"AElJybmxvoE2/2vtgzinsOTX++Ly+r1U8HgK5ml/mQgBS1NMrdTFhOT6cPyFQAYYyXloIAHVyivEzisrPQdm5BhJ0RfgxkAI3C2DX/VcjH3IHa"
    b"ksX67sZ7+//taRMAAAC/iHAAADAAADAAJCrGLapAxqtsDlOyz/XgMAT4uF+yS+gTb/a+2DOKew5Nf74vL6vVTweArmq5fNAAHKQEPYOWKytbD9"
    b"ENCkLoeOO+BAA6uUV4mcVlZ6Ds3IMJOiQ+yXQBG4Wwa/6rkY+5A7Uli/XsgxAheJjhE0RetGGY8iYMsF7eZxlQTsYCuAvd3i8MAT+rRaBO1lDz"
    b"z0nrmRwAAAAwAAICAAAAAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAA="
)
"""A real HEIC picture, 320 by 240: grey of 20, 90, 160 and 255 in its quarters, from left to right and down."""
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
