"""Messages as files: whoever looks while one is being written sees none, and never half of it."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from app.kernel import file_broker

MESSAGES = 600


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Any]:
    """Where messages lie."""
    names = {"data_folder_in": "messages", "data_folder_out": "messages", "control_folder": "control"}
    for name in names.values():
        (tmp_path / name).mkdir(exist_ok=True)
    return {name: str(tmp_path / folder) for name, folder in names.items()}


@pytest.fixture
def hurry() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hurry")
def test_a_message_is_there_as_a_whole_or_not_at_all(folders: dict[str, Any]) -> None:
    writer, reader = (
        Connection("filesystem://localhost", transport=file_broker.Transport, transport_options=folders).channel() for _ in "ab"
    )
    writing = threading.Thread(target=lambda: [writer._put("celery", {"number": at}) for at in range(MESSAGES)])
    writing.start()
    found: list[int] = []
    while len(found) < MESSAGES:
        try:
            found.append(reader._get("celery")["number"])
        except Empty:
            assert writing.is_alive() or reader._size("celery") or len(found) == MESSAGES, "a message is lost"
    writing.join()
    assert sorted(found) == list(range(MESSAGES))
    assert not list(Path(folders["data_folder_in"]).iterdir())


def test_addresses_of_files_use_it() -> None:
    file_broker.register()
    with Connection("filesystem://localhost") as connection:
        assert connection.get_transport_cls() is file_broker.Transport
