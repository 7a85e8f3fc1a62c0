"""Small files that ask for gigabytes or hours: their page is named, the pages behind it are read, and reading goes on."""

import io
import struct
import zlib
from functools import lru_cache
from pathlib import Path

import pytest

from app.features.scans.commands import TakeInScan
from app.features.scans.models import FileState, PageTray, ScanPage
from app.features.scans.queries import Fault, Unreadable
from app.features.scans.reading.apart import count_apart, pages_apart
from app.features.scans.reading.source import Limits
from app.features.scans.use_cases import take_in_scan
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
