"""Whatever is in a file: every page ends in a tray, and a file that cannot be read says why."""

import io
import subprocess
import sys
import zlib

import cv2
import numpy as np
import pytest
from flask import Flask
from PIL import Image

from app.features.printing.queries import FormLayout, Rect
from app.features.printing.use_cases import copies_of, draw
from app.features.scans.queries import Fault, Layouts, PageReading, State, Tray, Unreadable
from app.features.scans.reading.source import Limits
from app.features.scans.use_cases import read_scans
from tests.factories import printing
from tests.support.furniture import HOUSE
from tests.support.paper import CLEAN, Grey, Hand, Scan, as_jpeg, filled, pages_of_pdf, scanned


@pytest.fixture(scope="module")
def layout(app: Flask) -> FormLayout:
    with app.app_context():
        return printing.ballot("approval")


@pytest.fixture(scope="module")
def sheet(layout: FormLayout) -> Grey:
    """A scanned ballot with projects 1 and 3 marked, at 200 dpi."""
    rng = np.random.default_rng(3)
    printed = pages_of_pdf(draw(layout, copies_of(layout, 1)))[0]
    return scanned(filled(printed, layout.pages[0], {0: Hand.FULL, 2: Hand.TICK}, rng), CLEAN, rng)


def read(layout: FormLayout, content: bytes, limits: Limits | None = None) -> list[PageReading]:
    return list(read_scans(content, Layouts([layout]), limits))


def chosen(reading: PageReading) -> list[str]:
    assert not [one for one in reading.bubbles if one.for_a_person]
    return [one.field for one in reading.bubbles if one.state is State.FILLED]


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_that_lies_on_its_head_or_side_is_turned_and_says_so(layout, sheet, turned: int) -> None:
    (reading,) = read(layout, as_jpeg(np.rot90(sheet, turned // 90)))
    assert (reading.tray, reading.turned) == (Tray.READ, turned)
    assert ("turned" in reading.notices) == bool(turned)
    assert chosen(reading) == ["1", "3"]


def test_two_pages_in_one_picture_are_both_read_and_go_to_their_tray(layout, sheet) -> None:
    both = np.hstack([sheet, np.full((sheet.shape[0], 30), 90, np.uint8), np.rot90(sheet, 2)])
    first, second = read(layout, as_jpeg(both))
    assert first.tray is second.tray is Tray.TWO_ON_ONE
    assert {first.part, second.part} == {1, 2}
    assert {first.turned, second.turned} == {0, 180}
    assert chosen(first) == chosen(second) == ["1", "3"]


def test_a_form_of_another_vote_is_foreign_and_an_earlier_revision_outdated(app, layout, sheet) -> None:
    with app.app_context():
        other = printing.ballot("ranking")
        later = printing.ballot("approval", projects=13)
    assert later.key == layout.key
    (foreign,) = read(other, as_jpeg(sheet))
    assert (foreign.tray, foreign.bubbles) == (Tray.FOREIGN, ())
    (outdated,) = read(later, as_jpeg(sheet))
    assert (outdated.tray, outdated.bubbles) == (Tray.OUTDATED, ())
    (kept,) = list(read_scans(as_jpeg(sheet), Layouts([later], [layout])))
    assert kept.tray is Tray.OUTDATED
    assert chosen(kept) == ["1", "3"], "an earlier revision whose layout was kept is read for whoever decides"


def test_a_page_without_its_code_or_two_corners_is_damaged_and_with_three_corners_read_for_a_person(layout, sheet) -> None:
    def covered(*places: Rect) -> bytes:
        picture, dots = sheet.copy(), 200 / 25.4
        for one in places:
            picture[int(one.y * dots) : int(one.bottom * dots), int(one.x * dots) : int(one.right * dots)] = 255
        return as_jpeg(picture)

    page = layout.pages[0]
    corners = [Rect(one.x - 1, one.y - 1, one.size + 2, one.size + 2) for one in page.marks]
    (no_code,) = read(layout, covered(Rect(page.qr.x - 1, page.qr.y - 1, page.qr.width + 2, page.qr.height + 2)))
    assert (no_code.tray, no_code.code) == (Tray.DAMAGED, None)
    (two,) = read(layout, covered(*corners[:2]))
    assert (two.tray, two.bubbles) == (Tray.DAMAGED, ())
    assert two.code is not None, "whoever looks at it knows which form it is"
    (three,) = read(layout, covered(corners[3]))
    assert three.tray is Tray.DAMAGED
    assert "corner_missing" in three.notices
    assert chosen(three) == ["1", "3"]


def test_what_is_no_form_is_unknown_and_an_empty_back_is_blank(layout) -> None:
    letter = np.full((2339, 1654), 250, np.uint8)
    for line in range(30):
        cv2.putText(letter, "Dear city, I would like a fountain", (150, 200 + 60 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 20, 3)
    assert [one.tray for one in read(layout, as_jpeg(letter))] == [Tray.UNKNOWN]
    rng = np.random.default_rng(4)
    back = scanned(np.full((3508, 2480), 255, np.uint8), Scan(noise=5), rng)
    assert [one.tray for one in read(layout, as_jpeg(back))] == [Tray.BLANK]


def test_a_page_too_pale_to_read_is_damaged(layout, sheet) -> None:
    pale = (225 + sheet.astype(np.float32) / 255 * 25).astype(np.uint8)
    (reading,) = read(layout, as_jpeg(pale))
    assert reading.tray in (Tray.DAMAGED, Tray.UNKNOWN)
    assert reading.bubbles == ()


def test_a_tick_beside_a_circle_a_line_through_a_row_and_a_dot_go_to_a_person(layout, sheet) -> None:
    picture, dots = sheet.copy(), 200 / 25.4
    circles = layout.pages[0].bubbles

    def line(at: int, *ends: tuple[float, float]) -> None:
        one = circles[at]
        places = [(round((one.x + x) * dots), round((one.y + y) * dots)) for x, y in ends]
        cv2.line(picture, places[0], places[1], 30, 4, cv2.LINE_AA)

    line(4, (-4.5, -2.0), (-3.2, 1.5))
    line(6, (-6, 0), (30, 0.5))
    line(8, (-0.1, 0), (0.1, 0))
    (reading,) = read(layout, as_jpeg(picture))
    assert [at for at, one in enumerate(reading.bubbles) if one.for_a_person] == [4, 6, 8]
    assert all(reading.crop(one.crop).startswith(b"\x89PNG") for one in reading.bubbles if one.for_a_person)


def test_pictures_of_every_kind_are_read_with_their_turn_and_see_through_parts(layout, sheet) -> None:
    picture = Image.fromarray(sheet)
    exif = Image.Exif()
    exif[0x0112] = 6  # a telephone that was held upright says: turn a quarter
    for kind, made, options in (
        ("JPEG", picture.rotate(90, expand=True), {"exif": exif, "quality": 85}),
        ("PNG", picture.convert("RGBA"), {}),
        ("PNG", picture.convert("1"), {}),
        ("TIFF", picture, {"save_all": True, "append_images": [picture.rotate(180)], "compression": "tiff_lzw"}),
    ):
        file = io.BytesIO()
        made.save(file, kind, **options)
        found = read(layout, file.getvalue())
        assert [one.tray for one in found] == [Tray.READ] * len(found), kind
        assert [one.turned for one in found] == ([0, 180] if kind == "TIFF" else [0]), kind
        assert all(chosen(one) == ["1", "3"] for one in found), kind


def pdf_of(*pages: Grey) -> bytes:
    file = io.BytesIO()
    first, *others = (Image.fromarray(one) for one in pages)
    first.save(file, "PDF", resolution=200, save_all=True, append_images=others)
    return file.getvalue()


def test_a_pdf_of_several_pages_is_read_in_its_order(layout, sheet) -> None:
    found = read(layout, pdf_of(sheet, np.full_like(sheet, 250), np.rot90(sheet, 2)))
    assert [(one.number, one.tray, one.turned) for one in found] == [(1, Tray.READ, 0), (2, Tray.BLANK, 0), (3, Tray.READ, 180)]


def large_png(width: int, height: int) -> bytes:
    """A PNG of white dots that says it is so large, and nearly nothing in bytes."""

    def piece(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", head) + piece(b"IDAT", zlib.compress(bytes(1000))) + piece(b"IEND", b"")


def locked_pdf() -> bytes:
    """A PDF that asks for a password that nobody knows: its check values are made up."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Filter /Standard /V 1 /R 2 /O <" + b"ab" * 32 + b"> /U <" + b"cd" * 32 + b"> /P -4 >>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    begins = len(content)
    content += b"xref\n0 5\n0000000000 65535 f \n" + table
    content += b"trailer\n<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>] >>\n"
    return content + b"startxref\n%d\n%%%%EOF\n" % begins


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"hello", Fault.UNKNOWN_KIND),
        (b"%PDF-1.7\nnothing", Fault.BROKEN),
        (b"\xff\xd8\xff\xe0broken", Fault.BROKEN),
        (large_png(60_000, 60_000), Fault.TOO_MANY_PIXELS),
        (large_png(9_000, 9_000), Fault.BROKEN),
        (b"PK\x03\x04" + bytes(100), Fault.UNKNOWN_KIND),
    ],
)
def test_a_file_that_cannot_be_read_says_why(layout, content: bytes, fault: Fault) -> None:
    with pytest.raises(Unreadable) as refused:
        read(layout, content)
    assert refused.value.fault is fault
    assert str(refused.value.message)


def test_a_locked_pdf_says_that_it_is_locked(layout) -> None:
    with pytest.raises(Unreadable) as refused:
        read(layout, locked_pdf())
    assert refused.value.fault is Fault.ENCRYPTED


def test_limits_of_bytes_pages_and_dots_hold(layout, sheet) -> None:
    three = pdf_of(sheet, sheet, sheet)
    for limits, fault in ((Limits(pages=2), Fault.TOO_MANY_PAGES), (Limits(bytes=1000), Fault.TOO_MANY_BYTES)):
        with pytest.raises(Unreadable) as refused:
            read(layout, three, limits)
        assert refused.value.fault is fault
    found = read(layout, three, Limits(dots=1_000_000))
    assert [(one.tray, one.fault) for one in found] == [(Tray.BROKEN, Fault.TOO_MANY_PIXELS)] * 3


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("make", [as_jpeg, pdf_of])
def test_half_a_file_is_read_as_far_as_it_goes_or_says_so(layout, sheet, make, share: float) -> None:
    content = make(sheet)
    faults, found = [], []
    try:
        found = read(layout, content[: int(len(content) * share)])
    except Unreadable as refused:
        faults = [refused.fault]
    assert found or set(faults) <= {Fault.BROKEN, Fault.UNKNOWN_KIND, Fault.EMPTY}
    assert bool(found) != bool(faults)


def test_the_web_process_loads_nothing_that_reads_before_something_is_read() -> None:
    code = "import app.features.scans.cli, app.features.intake.routes, app.features.printing.manage_routes, sys; "
    code += "print([one for one in ('cv2', 'zxingcpp', 'pypdfium2') if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True, timeout=50)
    assert done.stdout.strip() == "[]"
