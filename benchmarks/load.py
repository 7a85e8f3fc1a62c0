"""Requests from many connections at once, from one thread that does as little as it can: what is measured is the server."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.electorate import Electorate, Voter

HOST = "127.0.0.1"


@dataclass
class Taken:
    """How long answers took, in seconds, and how long all of it together."""

    each: list[float] = field(default_factory=list)
    whole: float = 0.0

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.each) / self.whole

    def quantile(self, part: float) -> float:
        """The time that so large a part of the answers did not exceed."""
        return sorted(self.each)[math.ceil(part * len(self.each)) - 1]


@dataclass(frozen=True)
class Answer:
    """The status line's number and the raw head."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> list[str]:
        """Every value of a header."""
        lines = self.head.split(b"\r\n")[1:]
        return [line[len(name) + 1 :].strip().decode() for line in lines if line.lower().startswith(name.lower() + b":")]


class Line(asyncio.Protocol):
    """One kept-alive connection; one request after the other."""

    def __init__(self) -> None:
        self._buffer = b""
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to the server."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _error: Exception | None) -> None:
        """Whoever waits is told."""
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        """Collect until the whole answer is here."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self._waiting is None:
            return
        head = self._buffer[:end]
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        body, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
        self._waiting.set_result(Answer(int(head[9:12]), head, body))

    async def ask(self, request: bytes) -> Answer:
        """Send, wait for the answer."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def request(method: str, path: str, cookies: str = "", form: Sequence[tuple[str, str]] | None = None) -> bytes:
    """A request as bytes."""
    body = urlencode(form).encode() if form is not None else b""
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html,*/*\r\n"
    head += f"Cookie: {cookies}\r\n" if cookies else ""
    head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n" if form is not None else ""
    return head.encode() + b"\r\n" + body


def casting(found: Electorate, voter: Voter, envelope: str, choices: Sequence[str]) -> bytes:
    """The request that casts a ballot: signed in, with the form's token, the choices and the envelope."""
    form = [("csrf_token", voter.form_token), *(("choice", one) for one in choices), ("envelope", envelope)]
    return request("POST", f"/voting/{found.pot_id}/review", f"plaza={voter.cookie}", form)


async def open_lines(port: int, number: int) -> list[Line]:
    """So many connections."""
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Line, HOST, port))[1] for _ in range(number)]


def as_fast_as_they_go(port: int, connections: int, requests: Sequence[bytes], good: Callable[[Answer], bool]) -> Taken:
    """Send all requests over so many connections, each one as soon as its connection is free. Raises when an answer is bad."""

    async def work() -> Taken:
        lines, left, taken = await open_lines(port, connections), iter(requests), Taken()

        async def one(line: Line) -> None:
            for each in left:
                started = time.perf_counter()
                answer = await line.ask(each)
                taken.each.append(time.perf_counter() - started)
                expect(answer, good)

        started = time.perf_counter()
        await asyncio.gather(*(one(line) for line in lines))
        taken.whole = time.perf_counter() - started
        for line in lines:
            line.close()
        return taken

    return asyncio.run(work())


def all_at_home(port: int, people: Sequence[Callable[[Line], Awaitable[list[float]]]]) -> Taken:
    """Every one has a connection of their own and does what they do; the times that they report."""

    async def work() -> Taken:
        lines = await open_lines(port, len(people))
        started = time.perf_counter()
        each = await asyncio.gather(*(one(line) for one, line in zip(people, lines, strict=True)))
        for line in lines:
            line.close()
        return Taken([took for some in each for took in some], time.perf_counter() - started)

    return asyncio.run(work())


def expect(answer: Answer, good: Callable[[Answer], bool]) -> None:
    """Raise RuntimeError with the beginning of an answer that is not good."""
    if not good(answer):
        raise RuntimeError(f"nothing to measure: {answer.status} {answer.header(b'Location')} {answer.body[:300]!r}")
