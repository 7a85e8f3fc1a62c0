"""What is kept of a photo, and what is refused."""

import pytest
from PIL import Image

from app.features.proposals import pictures
from app.features.proposals.pictures import Picture, read_picture
from app.kernel.errors import Refused
from tests.support.pictures import HEIC, SECRET, SVG, animated, bomb, decoded, encoded, halves, jpeg, with_metadata


def is_red(pixel: tuple[int, int, int]) -> bool:
    return pixel[0] > 200 and pixel[2] < 60


def test_a_photo_is_kept_as_jpeg_with_a_thumbnail() -> None:
    picture = read_picture(jpeg(1000, 600))
    assert (picture.width, picture.height) == (1000, 600)
    assert decoded(picture.full).format == "JPEG"
    assert decoded(picture.full).size == (1000, 600)
    assert decoded(picture.thumbnail).size == (640, 384)


def test_a_large_photo_is_made_smaller() -> None:
    picture = read_picture(encoded(halves(2600, 400), "JPEG", quality=60))
    assert (picture.width, picture.height) == (2000, 308)


def test_nothing_of_where_when_and_by_whom_a_photo_was_taken_survives() -> None:
    original = with_metadata()
    assert SECRET in original
    picture = read_picture(original)
    for content in (picture.full, picture.thumbnail):
        assert SECRET not in content
        assert b"Camera of Ann" not in content
        assert b"Exif" not in content
        assert b"adobe" not in content
        assert not decoded(content).getexif()
        assert set(decoded(content).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_a_photo_that_lies_on_its_side_is_turned_upright() -> None:
    picture = read_picture(with_metadata(orientation=6))  # the right side of the file is the bottom of the photo
    upright = decoded(picture.full)
    assert upright.size == (200, 320)
    assert is_red(upright.getpixel((100, 20)))
    assert not is_red(upright.getpixel((100, 300)))


def test_what_is_hidden_behind_a_photo_is_thrown_away() -> None:
    picture = read_picture(jpeg() + b"<html><script>alert(1)</script>PK\x03\x04payload")
    assert b"script" not in picture.full
    assert b"payload" not in picture.full


def test_transparency_becomes_white_paper() -> None:
    image = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    for content in (encoded(image, "PNG"), encoded(image, "WEBP")):
        assert decoded(read_picture(content).full).getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "LA", "1", "I;16"])
def test_unusual_kinds_of_pixels_can_be_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    content = encoded(Image.new(mode, (80, 60)), kind)
    assert decoded(read_picture(content).full).mode == "RGB"


def test_a_sixteen_bit_scan_keeps_its_greys() -> None:
    image = Image.new("I;16", (80, 60), 32_768)
    grey = decoded(read_picture(encoded(image, "PNG")).full).getpixel((40, 30))
    assert grey == pytest.approx((128, 128, 128), abs=3)


def test_the_two_pictures_that_phones_put_into_one_file_are_one_photo() -> None:
    content = encoded(halves(), "MPO", save_all=True, append_images=[Image.new("RGB", (320, 200), "green")])
    assert is_red(decoded(read_picture(content).full).getpixel((20, 100)))


REFUSED = {
    "nothing": (b"", "empty"),
    "a text called photo.jpg": (b"hello, I am not a photo", "not a photo"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "not a photo"),
    "a program": (b"MZ\x90\0" + b"\0" * 500, "not a photo"),
    "an archive": (b"PK\x03\x04" + b"\0" * 500, "not a photo"),
    "a PDF": (b"%PDF-1.7\n" + b"\0" * 500, "not a photo"),
    "a drawing": (SVG, "SVG"),
    "a drawing behind white space": (b"\n" * 200 + SVG, "SVG"),
    "a moving GIF": (animated("GIF"), "Moving"),
    "a moving PNG": (animated("PNG"), "Moving"),
    "a moving WebP": (animated("WEBP"), "Moving"),
    "a photo of an iPhone": (HEIC, "HEIC"),
    "a bitmap": (encoded(halves(), "BMP"), "not a photo"),
    "a TIFF": (encoded(halves(), "TIFF"), "not a photo"),
    "half a JPEG": (jpeg(800, 600)[:4000], "incomplete"),
    "half a PNG": (encoded(Image.effect_noise((300, 300), 50), "PNG")[:20_000], "incomplete"),
    "only the beginning of a JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "photo"),
    "only the beginning of a PNG": (b"\x89PNG\r\n\x1a\n", "not a photo"),
    "a PNG that unpacks to gigabytes": (bomb(), "too many pixels"),
    "a PNG just above what is read": (bomb(6_000, 5_001), "too many pixels"),
    "one pixel": (encoded(Image.new("RGB", (1, 1)), "PNG"), "too small"),
    "a line": (encoded(Image.new("RGB", (1000, 3)), "PNG"), "too small"),
    "more bytes than fit": (jpeg() + b"\0" * pictures.BYTES_MOST, "larger than 9 megabytes"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_a_photo_is_refused_with_words_that_help(name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(Refused) as refused:
        read_picture(content)
    assert words in str(refused.value.message)


def test_a_photo_with_a_broken_colour_profile_is_read_all_the_same() -> None:
    assert isinstance(read_picture(jpeg(icc_profile=b"this is no profile")), Picture)
