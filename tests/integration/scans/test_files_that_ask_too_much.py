"""Small files that ask for gigabytes or hours: their page is named, the pages behind it are read, and reading goes on."""

import io
import struct
import zlib
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
import segno
from PIL import Image

from app.features.printing.layout.squares import write
from app.features.scans.commands import TakeInScan
from app.features.scans.models import FileState, PageTray, ScanPage
from app.features.scans.queries import Fault, Layouts, Tray, Unreadable
from app.features.scans.reading import apart
from app.features.scans.reading import pages as reading_pages
from app.features.scans.reading.apart import count_apart, pages_apart
from app.features.scans.reading.source import Limits, PageImage
from app.features.scans.use_cases import take_in_scan
from tests.factories import scans
from tests.support.worker import work

MEMORY = 1 << 30


def pdf(content: bytes, filters: str = "/FlateDecode") -> bytes:
    """Two pages: one that draws `content`, which is packed already, and an empty one."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<</Length %d/Filter %s>>stream\n%s\nendstream" % (len(content), filters.encode(), content),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ]
    out, places = b"%PDF-1.5\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return out + end % (rows, len(out))


@lru_cache
def packed_twice(gigabytes: float) -> bytes:
    """Spaces: so many gigabytes in a few kilobytes."""
    packer = zlib.compressobj(9)
    once = b"".join([*(packer.compress(b" " * (1 << 24)) for _ in range(int(gigabytes * 64))), packer.flush()])
    return pdf(zlib.compress(once, 9), "[/FlateDecode/FlateDecode]")


def many_lines(number: int) -> bytes:
    """A page that is crossed by so many thick lines."""
    return pdf(zlib.compress(b"20 w " + b"0 0 m 595 842 l S 595 0 m 0 842 l S\n" * number, 9))


def deep_png(width: int) -> bytes:
    """A square picture of 16 bits a dot, in a quarter of a megabyte."""
    row = b"\0" + b"\0\1" * width
    header = struct.pack(">IIBBBBB", width, width, 16, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(row * width, 9)), (b"IEND", b"")]
    parts = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture
def kept(tmp_path):
    def step(content: bytes) -> Path:
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return step


def test_a_page_that_asks_for_gigabytes_is_named_and_the_next_one_is_read(kept) -> None:
    first, second = pages_apart(kept(packed_twice(1.1)), Limits(memory=MEMORY))
    assert (first.number, first.fault, first.grey) == (1, Fault.TOO_MUCH, None)
    assert second.number == 2
    assert second.grey is not None


def test_a_page_that_asks_for_hours_is_named_and_the_next_one_is_read(kept) -> None:
    first, second = pages_apart(kept(many_lines(3_000_000)), Limits(seconds=2))
    assert (first.fault, second.number, second.fault) == (Fault.TOO_MUCH, 2, None)


def test_a_picture_with_more_bytes_than_fit_is_refused(kept) -> None:
    with pytest.raises(Unreadable) as refused:
        list(pages_apart(kept(deep_png(10_900)), Limits(memory=MEMORY)))
    assert refused.value.fault is Fault.TOO_MUCH
    (page,) = pages_apart(kept(deep_png(1_000)))
    assert page.grey is not None
    assert page.grey.shape == (1_000, 1_000)


def test_the_program_knows_no_secret_of_the_house(kept, monkeypatch) -> None:
    monkeypatch.setenv("PLAZA_SECRET_KEY", "a-secret-of-this-test")
    with apart._Program(kept(packed_twice(0.01)), Limits(), 0) as program:
        assert program.count() == 2
        inherited = Path(f"/proc/{program._process.pid}/environ")
        if inherited.exists():  # Linux alone shows it
            assert b"a-secret-of-this-test" not in inherited.read_bytes()
            assert b"PYTHONPATH" in inherited.read_bytes()


def test_pages_are_counted_by_the_same_program(kept) -> None:
    assert count_apart(kept(packed_twice(0.01))) == 2
    with pytest.raises(Unreadable) as refused:
        count_apart(kept(b"%PDF-1.5\nnothing"))
    assert refused.value.fault is Fault.BROKEN


def test_it_lies_in_its_tray_with_words_and_the_file_is_read_to_its_end(session, pot, clerk) -> None:
    command = TakeInScan(pot.process_id, "box 3.pdf", io.BytesIO(packed_twice(1.1)))
    file = take_in_scan(session, clerk(), command)
    session.commit()
    work()
    session.refresh(file)
    assert (file.state, file.pages_done) == (FileState.READ, 2)
    trays = [(page.tray, page.fault) for page in session.query(ScanPage).order_by(ScanPage.number)]
    assert trays == [(PageTray.BROKEN, "too_much"), (PageTray.BLANK, "")]


def long_png(width: int, height: int) -> bytes:
    """A picture that is far longer than wide, with few dots."""
    buffer = io.BytesIO()
    Image.new("L", (width, height), 255).save(buffer, "PNG")
    return buffer.getvalue()


def long_pdf(width: int, height: int) -> bytes:
    """A page of such a size, with an ordinary one behind it."""
    document = pypdfium2.PdfDocument.new()
    for size in ((width, height), (595, 842)):
        document.new_page(*size)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(("width", "height"), [(100_000, 80), (80, 100_000), (70_000, 2)])
def test_a_picture_that_is_longer_than_anybody_can_read_is_refused(kept, width: int, height: int) -> None:
    with pytest.raises(Unreadable) as refused:
        list(pages_apart(kept(long_png(width, height))))
    assert refused.value.fault is Fault.TOO_MANY_PIXELS


def test_such_a_page_lies_in_its_tray_and_the_pages_behind_it_are_read(session, pot, clerk) -> None:
    file = take_in_scan(session, clerk(), TakeInScan(pot.process_id, "banner.pdf", io.BytesIO(long_pdf(14_000, 3))))
    session.commit()
    work()
    session.refresh(file)
    assert (file.state, file.pages_done) == (FileState.READ, 2)
    trays = [(page.tray, page.fault) for page in session.query(ScanPage).order_by(ScanPage.number)]
    assert trays == [(PageTray.BROKEN, "too_many_pixels"), (PageTray.BLANK, "")]


@pytest.mark.parametrize("look", ["S4XX", "S4A1", "S4X-", "L4QQQQQQQQQQ"])
def test_a_square_code_in_no_language_is_an_earlier_form_and_stops_no_file(session, pot, clerk, ballot, look: str) -> None:
    """Whoever draws a code can write what they like into it: the ballots in the same file are read all the same."""
    (good,) = scans.sheet(ballot)
    text = write(ballot, 1).replace("/S4EN/", f"/{look}/")
    drawn = np.full_like(good, 255)
    buffer = io.BytesIO()
    segno.make(text, micro=False).save(buffer, kind="png", scale=8, border=4)
    code = np.array(Image.open(buffer).convert("L"))
    drawn[200 : 200 + code.shape[0], 200 : 200 + code.shape[1]] = code
    file = take_in_scan(session, clerk(), TakeInScan(pot.process_id, "box.pdf", io.BytesIO(scans.as_pdf(drawn, good))))
    session.commit()
    work()
    session.refresh(file)
    assert (file.state, file.pages_done) == (FileState.READ, 2)
    assert [page.tray for page in session.query(ScanPage).order_by(ScanPage.number)] == [PageTray.OUTDATED, PageTray.READ]


@pytest.mark.parametrize("raised", [cv2.error("odd"), ValueError("odd"), np.linalg.LinAlgError("singular")])
def test_a_page_over_which_a_library_stumbles_is_named_and_not_lost(monkeypatch, raised: Exception) -> None:
    def stumble(_grey: object) -> None:
        raise raised

    monkeypatch.setattr(reading_pages, "marks_in", stumble)
    (reading,) = reading_pages.read_page(PageImage(3, np.full((50, 50), 255, np.uint8)), Layouts([]))
    assert (reading.number, reading.tray, reading.fault) == (3, Tray.BROKEN, Fault.BROKEN)
