"""A print run: so many copies of a form, in files of 250 inside a ZIP that is sent while it is made. Constant memory."""

import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from app.features.printing.layout.codes import SERIAL_LENGTH, SET_LENGTH, follow_code, new_code
from app.features.printing.layout.model import FormLayout, Kind
from app.features.printing.setting import Apart, Copy

IN_ONE_FILE = 250
AT_A_TIME = 2
"""So many files are drawn side by side."""
Register = Callable[[Sequence[Copy]], None]
"""Is given the copies of a file before it is set, to keep their serials: a repeated one must be refused. Never for ballots."""
Progress = Callable[[int, int], None]
"""Is told how many copies of how many are done."""


def copies_of(layout: FormLayout, number: int, secret: bytes = b"", *, test: bool = False) -> list[Copy]:
    """New copies: with a random set code for a ballot of several pages, with a serial and the code of its slip for others.

    The set code of a ballot is recorded nowhere, and a ballot of one page has none. `secret` makes the codes of slips.
    """
    if not layout.numbered:
        return [Copy(test=test)] * number
    if layout.key.kind is Kind.BALLOT:
        return [Copy(new_code(SET_LENGTH), test=test) for _ in range(number)]
    serials = [new_code(SERIAL_LENGTH) for _ in range(number)]
    return [Copy(one, follow_code(secret, one) if secret else "", test) for one in serials]


def print_run(
    layout: FormLayout,
    number: int,
    secret: bytes = b"",
    *,
    register: Register | None = None,
    progress: Progress | None = None,
    test: bool = False,
) -> Iterator[bytes]:
    """The pieces of a ZIP with `number` copies in files of 250, named by their first and last copy.

    Copies that are all the same are drawn once. Two files are drawn at a time, each by a program of its own.
    Raises ValueError for less than one copy. Whoever stops asking in the middle stops the drawing too.
    """
    if number < 1:
        raise ValueError("a print run has at least one copy")
    out = Pieces()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for first, count, pdf in _files(layout, number, secret, register, test):
            name = f"{layout.key.kind.name.lower()}-{first + 1:06}-{first + count:06}.pdf"
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), pdf)
            if progress is not None:
                progress(first + count, number)
            yield out.taken()
    yield out.taken()


def _files(
    layout: FormLayout, number: int, secret: bytes, register: Register | None, test: bool
) -> Iterator[tuple[int, int, bytes]]:
    """First copy, number of copies and content of each file, in order."""
    parts = [(first, min(IN_ONE_FILE, number - first)) for first in range(0, number, IN_ONE_FILE)]
    if not layout.numbered:
        same = {count: Apart(layout, copies_of(layout, count, test=test)).pdf() for count in {count for _, count in parts}}
        yield from ((first, count, same[count]) for first, count in parts)
        return
    drawing: deque[tuple[int, int, Apart]] = deque()
    try:
        for first, count in parts:
            copies = copies_of(layout, count, secret, test=test)
            if register is not None and layout.key.kind is not Kind.BALLOT:
                register(copies)
            drawing.append((first, count, Apart(layout, copies)))
            if len(drawing) >= AT_A_TIME:
                yield _done(drawing)
        while drawing:
            yield _done(drawing)
    finally:
        for _, _, one in drawing:
            one.stop()


def _done(drawing: "deque[tuple[int, int, Apart]]") -> tuple[int, int, bytes]:
    first, count, one = drawing.popleft()
    return first, count, one.pdf()


class Pieces:
    """What a ZIP is written into: a file that cannot go back, emptied by whoever reads."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.waiting.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        piece, self.waiting = b"".join(self.waiting), []
        return piece
