"""The program that draws the pages of one file and sends them through its output (see `apart`)."""

import json
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

from app.features.scans.reading.faults import Unreadable
from app.features.scans.reading.source import Limits, PageImage, pages_in, pages_of


def draw_pages(said: str, out: BinaryIO) -> None:
    """Send the number of pages, then each page but the first `after`."""
    task = json.loads(said)
    path, limits = Path(task["path"]), Limits(**task["limits"])
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _so_long_from_now(limits)
    try:
        _say(out, count=pages_in(path, limits))
        for page in pages_of(path, limits, task["after"]):
            _send(out, page)
            _so_long_from_now(limits)
    except Unreadable as error:
        _say(out, unreadable=error.fault.value)


def _so_long_from_now(limits: Limits) -> None:
    """The system ends this program when the next page takes longer, also when nobody waits for it any more."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    most = int(spent.ru_utime + spent.ru_stime + limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _send(out: BinaryIO, page: PageImage) -> None:
    if page.grey is None:
        _say(out, number=page.number, fault=page.fault.value if page.fault else None)
        return
    _say(out, number=page.number, fault=None, shape=page.grey.shape)
    out.write(page.grey.tobytes())
    out.flush()


def _say(out: BinaryIO, **what: Any) -> None:
    line = json.dumps(what).encode()
    out.write(b"%8d" % len(line) + line)
    out.flush()


if __name__ == "__main__":
    draw_pages(sys.argv[1], sys.stdout.buffer)
