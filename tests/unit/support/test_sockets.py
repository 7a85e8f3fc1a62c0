"""Tests talk to this machine only."""

import socket
import urllib.request

import pytest

from tests.support.sockets import ConnectionOutside


def test_a_connection_to_another_machine_is_refused_at_once() -> None:
    with socket.socket() as out, pytest.raises(ConnectionOutside, match=r"192\.0\.2\.1"):
        out.connect(("192.0.2.1", 80))


def test_a_name_of_another_machine_is_not_even_looked_up() -> None:
    with pytest.raises(ConnectionOutside, match=r"example\.org"):
        urllib.request.urlopen("http://example.org/", timeout=1)


def test_this_machine_is_allowed() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
