"""A file that takes long to make is made by one of all who ask, and nothing unfinished is ever there."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.kernel.kept_files import kept_file


def test_of_many_who_ask_at_once_one_makes_it_and_all_get_the_same(tmp_path: Path) -> None:
    place, ready = tmp_path / "pot" / "a.zip", threading.Barrier(8)
    made: list[int] = []

    def make() -> Iterator[bytes]:
        made.append(1)
        yield b"first, "
        time.sleep(0.2)
        yield b"second"

    def ask(_number: int) -> bytes:
        ready.wait()
        with kept_file(place, make, "*.zip") as file:
            return file.read()

    with ThreadPoolExecutor(8) as readers:
        assert set(readers.map(ask, range(8))) == {b"first, second"}
    assert len(made) == 1


def test_what_could_not_be_finished_leaves_nothing_and_the_next_makes_it(tmp_path: Path) -> None:
    place = tmp_path / "pot" / "a.zip"

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError):
        kept_file(place, broken, "*.zip")
    assert list(place.parent.iterdir()) == []
    with kept_file(place, lambda: [b"whole"], "*.zip") as file:
        assert file.read() == b"whole"


def test_older_ones_of_its_kind_go_when_a_new_one_is_made_and_whoever_reads_one_reads_on(tmp_path: Path) -> None:
    folder = tmp_path / "pot"
    older = kept_file(folder / "a.zip", lambda: [b"old"], "*.zip")
    kept_file(folder / "en-1.pdf", lambda: [b"pdf"], "en-*.pdf").close()
    kept_file(folder / "b.zip", lambda: [b"new"], "*.zip").close()
    assert sorted(one.name for one in folder.iterdir()) == ["b.zip", "en-1.pdf"]
    with older:
        assert older.read() == b"old"
