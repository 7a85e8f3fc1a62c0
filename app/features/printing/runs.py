"""A print run: so many copies of a form, in files of 250 inside a ZIP that is sent while it is made. Constant memory."""

import zipfile
from collections.abc import Callable, Iterator, Sequence

from app.features.printing.layout.codes import SERIAL_LENGTH, SET_LENGTH, follow_code, new_code
from app.features.printing.layout.model import FormLayout, Kind
from app.features.printing.setting import Copy, typeset

IN_ONE_FILE = 250
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

    Copies that are all the same are set once. At most one file is in memory. Raises ValueError for less than one copy.
    """
    if number < 1:
        raise ValueError("a print run has at least one copy")
    out = _Pieces()
    kept: tuple[int, bytes] | None = None
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for first in range(0, number, IN_ONE_FILE):
            count = min(IN_ONE_FILE, number - first)
            if kept is None or kept[0] != count or layout.numbered:
                copies = copies_of(layout, count, secret, test=test)
                if register is not None and layout.key.kind is not Kind.BALLOT:
                    register(copies)
                kept = count, typeset(layout, copies)
            name = f"{layout.key.kind.name.lower()}-{first + 1:06}-{first + count:06}.pdf"
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), kept[1])
            if progress is not None:
                progress(first + count, number)
            yield out.taken()
    yield out.taken()


class _Pieces:
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
