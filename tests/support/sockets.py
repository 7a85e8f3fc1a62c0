"""No test talks to anything but this machine: a connection to another host fails, with its address."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest


class ConnectionOutside(RuntimeError):
    """A test tried to reach another machine."""


def is_local(family: int, address: Any) -> bool:
    """Whether `address` is this machine: a local socket file, or a loopback address."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = str(address[0])
    if host in ("localhost", ""):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _nothing_outside() -> Iterator[None]:
    """Refuse connections and look-ups that leave this machine."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guard(connection: socket.socket, address: Any) -> None:
        if not is_local(connection.family, address):
            raise ConnectionOutside(f"a test tried to reach {address!r}; tests talk to this machine only")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        guard(self, address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        guard(self, address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not is_local(socket.AF_INET, (name,)):
            raise ConnectionOutside(f"a test tried to look up {name!r}; tests talk to this machine only")
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield
