"""A message to another organisation's server: signed, so that they know it is ours, and sent so that it reaches nobody else's.

Signatures follow the Standard Webhooks specification 1.0 (https://www.standardwebhooks.com): the headers `webhook-id`,
`webhook-timestamp` (seconds) and `webhook-signature`, which is `v1,` and the Base64 HMAC-SHA-256 of `id.timestamp.body`. While
a secret is being changed there is one signature with each, separated by a blank.

Addresses are typed by staff, so a request must not become a way into our own network (CWE-918): only `https`, no address that
is not public, connected to by the very number that was looked at, no redirects, little time, few bytes. Hosts that the
configuration names (`PLAZA_WEBHOOK_HOSTS`) may be private and spoken to without TLS.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import secrets
import socket
import ssl
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.messages import msg

PREFIX = "whsec_"
SECRET_BYTES = 32
TIMEOUT = 10.0
"""Seconds to wait for the other side at each step."""
LONGEST = 30.0
"""Seconds that one message may take as a whole."""
MOST_BYTES = 16_384
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(Refused):
    """An address that we do not send to."""


class NotDelivered(Exception):
    """The other side was not reached, or did not answer with success. Its name says enough for a log: no address is in it.

    `problem` is the status that the other side answered with, `not_reached` or `not_allowed`.
    """

    def __init__(self, problem: str = "") -> None:
        super().__init__(problem)
        self.problem = problem


class NotReached(NotDelivered):
    """There was no answer at all."""


@dataclass(frozen=True)
class Reply:
    """What the other side answered: its status, and the beginning of the body."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether it took the message: any 2xx."""
        return 200 <= self.status < 300


def new_secret() -> str:
    """A secret to share with a recipient, in the form that libraries for Standard Webhooks take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of one message with one secret."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(message_id: str, timestamp: int, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The headers of a message, signed with each of `keys`."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Plaza",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, message_id, timestamp, body) for key in keys),
    }


@dataclass(frozen=True)
class Target:
    """An address that may be sent to: scheme, host and port apart from the path."""

    secure: bool
    host: str
    port: int
    path: str
    trusted: bool


def target(url: str, trusted: Collection[str] = ()) -> Target:
    """What `url` names. Raises NotAllowed for what is no address of ours to send to; `trusted` are hosts, or `host:port`."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in ("http", "https") or not url.isascii() or not url.isprintable() or " " in url:
        raise NotAllowed(msg("Write a whole address that begins with https://"))
    if parts.username or parts.password or parts.fragment:
        raise NotAllowed(msg("Leave names, passwords and # out of the address."))
    secure = parts.scheme == "https"
    port = port or (443 if secure else 80)
    known = host in trusted or f"{host}:{port}" in trusted
    if not secure and not known:
        raise NotAllowed(msg("Write a whole address that begins with https://"))
    if not known and _is_number(host) and not is_public(host):
        raise NotAllowed(msg("This address is inside a private network. We send only to public ones."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port, path, known)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(number: str) -> bool:
    """Whether an IP address belongs to the public internet, also when it hides one of version 4 in one of version 6."""
    found = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        hidden = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            hidden = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if hidden is not None:
            found = hidden
    return found.is_global and not found.is_multicast


def send(url: str, body: bytes, head: dict[str, str], trusted: Collection[str] = ()) -> Reply:
    """Post `body`. Raises NotAllowed for addresses we do not send to, NotReached when there is no answer in time."""
    to = target(url, trusted)
    try:
        connection = _Pinned(to, _number_of(to))
        watch = threading.Timer(LONGEST, connection.give_up)  # a server that sends a byte now and then holds nobody up
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", to.path, body, head)
            answer = connection.getresponse()
            return Reply(answer.status, answer.read(MOST_BYTES))
        finally:
            watch.cancel()
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise NotReached(type(error).__name__) from error


@dataclass(frozen=True)
class Parcel:
    """A message as it leaves: signed, for one address."""

    url: str
    body: bytes
    headers: dict[str, str]


def parcel(url: str, message_id: str, body: bytes, keys: Sequence[str]) -> Parcel:
    """Sign a message now, with each of `keys`. The other side knows a repetition by `message_id`."""
    return Parcel(url, body, headers(message_id, int(clock.now().timestamp()), body, keys))


def hand_over(session: Session, sent: Parcel, trusted: Collection[str] = ()) -> bytes:
    """End the transaction, then send: no lock waits for another machine. Returns what the other side answered.

    Raises NotDelivered unless it took the message.
    """
    session.commit()
    try:
        reply = send(sent.url, sent.body, sent.headers, trusted)
    except NotReached as error:
        raise NotDelivered("not_reached") from error
    except NotAllowed as error:
        raise NotDelivered("not_allowed") from error
    if not reply.is_success:
        raise NotDelivered(str(reply.status))
    return reply.body


def _number_of(to: Target) -> str:
    """The IP address to connect to. All addresses of a name have to be public: a name that has both is up to something."""
    found = socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
    numbers = [str(entry[4][0]) for entry in found]
    if not to.trusted and not all(is_public(number) for number in numbers):
        raise NotAllowed(msg("This address is inside a private network. We send only to public ones."))
    return numbers[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to one IP address under the name that was asked for: nobody can move the name in between."""

    def __init__(self, to: Target, number: str) -> None:
        super().__init__(to.host, to.port, timeout=TIMEOUT)
        self._number = number
        self._context = ssl.create_default_context() if to.secure else None

    def connect(self) -> None:
        self.sock = socket.create_connection((self._number, self.port), TIMEOUT)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)

    def give_up(self) -> None:
        """End it from another thread."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:  # it has ended by itself
                return
