"""What `make run` says before it starts anything."""

import socket
from pathlib import Path

import pytest

from app.developers.serve import CannotStart, check_port, lock_data, read_port, surroundings


@pytest.mark.parametrize(("text", "port"), [("8000", 8000), ("1", 1), ("65535", 65535)])
def test_a_port_is_read(text: str, port: int) -> None:
    assert read_port(text) == port


@pytest.mark.parametrize("text", ["", "0", "65536", "８０００", "8000.0", "port"])
def test_what_is_no_port_is_refused_with_what_it_must_be(text: str) -> None:
    with pytest.raises(CannotStart, match="a number from 1 to 65535"):
        read_port(text)


def test_a_taken_port_is_refused_with_another_one_to_try() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CannotStart, match="make run PORT="):
            check_port(other.getsockname()[1])


def test_a_second_house_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with lock_data(tmp_path), pytest.raises(CannotStart, match="already runs with the data"):
        lock_data(tmp_path)
    lock_data(tmp_path).close()


def test_development_is_the_default_and_never_wins_over_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAZA_ENV", raising=False)
    assert surroundings(8001)["PLAZA_ENV"] == "development"
    assert surroundings(8001)["PORT"] == "8001"
    monkeypatch.setenv("PLAZA_ENV", "testing")
    assert surroundings(8001)["PLAZA_ENV"] == "testing"
