"""Whether a signed-in browser still counts, for a statement that asks it together with much else.

Every request asks `queries.known_session` who reads. Where thousands cast a ballot in the same hour, one statement more for
each of them is felt, so the statement that decides about a ballot brings these columns itself.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import String, Table, bindparam, or_, select

from app.features.accounts.models import Person, RoleAssignment, SignInSession
from app.features.accounts.rules import is_over, may_sign_in


class Presence(NamedTuple):
    """As much of a signed-in browser and its person as decides whether they are signed in."""

    person_id: uuid.UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    email: str | None
    blocked_at: datetime | None
    erased_at: datetime | None
    is_staff: bool


_browser, _person, _role = (cast("Table", model.__table__) for model in (SignInSession, Person, RoleAssignment))
PRESENCE = (
    _browser.c.person_id,
    _browser.c.created_at,
    _browser.c.last_seen_at,
    _browser.c.expires_at,
    _browser.c.ended_at,
    _person.c.email,
    _person.c.blocked_at,
    _person.c.erased_at,
    or_(_person.c.is_administrator, select(_role.c.id).where(_role.c.person_id == _person.c.id).exists()),
)
"""Columns of such a statement, for `is_present`. It is given `token_hash`."""

PRESENCE_FROM = _browser.join(_person, _person.c.id == _browser.c.person_id)
"""Where they come from."""

SHOWN = _browser.c.token_hash == bindparam("token_hash", type_=String())
"""The browser that shows this token."""


def is_present(row: Sequence[Any], now: datetime) -> bool:
    """Whether the browser in these columns is signed in at this moment, by the same rules as everywhere."""
    presence = Presence(*row)
    return may_sign_in(presence) and not is_over(presence, staff=presence.is_staff, now=now)
