"""How far a long count has come, for whoever watches. What is counted does not depend on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[int], object]
"""Called with the number of steps taken so far."""

_watcher: ContextVar[Watcher | None] = ContextVar("counting_watcher", default=None)


@contextmanager
def watched(by: Watcher | None) -> Iterator[None]:
    """Tell `by` of every step that is counted inside."""
    token = _watcher.set(by)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(steps: int) -> None:
    """Say how many steps have been taken."""
    if (watcher := _watcher.get()) is not None:
        watcher(steps)
