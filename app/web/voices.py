"""Whose data this browser may look at: that of whoever is signed in, and of people who are known here in another way.

A room that lets people in without an account, such as with the code of a slip, registers a function that says whose it is.
"""

from collections.abc import Callable
from uuid import UUID

from app.web.access import viewer

Known = Callable[[], UUID | None]
_known: list[Known] = []


def register(known: Known) -> Known:
    """`@voices.register`: ask `known` on each request; it returns the person's id or None. The same again is no second."""
    if known not in _known:
        _known.append(known)
    return known


def whose() -> list[UUID]:
    """Everybody whose data may be looked at here, the person who is signed in first."""
    found = [viewer().person_id, *(known() for known in _known)]
    return list(dict.fromkeys(person_id for person_id in found if person_id is not None))
