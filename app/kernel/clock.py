"""What time it is, in one place, so that tests can say otherwise. Always UTC; pages show the city's zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_pinned: ContextVar[datetime | None] = ContextVar("pinned_clock", default=None)
_pinned_everywhere: list[datetime] = []


def now() -> datetime:
    """The present moment in UTC."""
    if (pinned := _pinned.get()) is not None:
        return pinned
    return _pinned_everywhere[-1] if _pinned_everywhere else datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar day in the city's time zone; daily orders and deadlines follow it."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def pinned(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` for this thread (tests, demonstration data)."""
    token = _pinned.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pinned.reset(token)


@contextmanager
def pinned_everywhere(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` for every thread of this process (tests with a server in a thread)."""
    _pinned_everywhere.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pinned_everywhere.pop()


def shift(**delta: float) -> datetime:
    """Now plus a `timedelta(**delta)`."""
    return now() + timedelta(**delta)
