"""Work by the clock on many things of which none may stop the others."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

log = logging.getLogger(__name__)
T = TypeVar("T")


class SomeFailed(RuntimeError):
    """Everything was tried, and some of it failed; each failure is in the log."""


def one_by_one(what: str, ids: Iterable[UUID], work: Callable[[UUID], T]) -> list[T]:
    """Do `work` for each id, whatever happens to the ones before. Returns what came out where it went well.

    Each failure is logged with `what` and its id. Raises SomeFailed at the end when there was one, so that whoever watches the
    worker sees that something is wrong.
    """
    done, failed = [], []
    for one in ids:
        try:
            done.append(work(one))
        except Exception as error:  # whatever is wrong with one must not stop the others
            log.exception("%s failed for %s", what, one)
            failed.append(error)
    if failed:
        raise SomeFailed(f"{what} failed for {len(failed)} of {len(done) + len(failed)}") from failed[0]
    return done
