"""What decides whether a ballot is taken, read in one statement: everybody who casts waits for it, and many cast at once.

It is asked after the pot was held: a statement that had to wait for the pot itself would still see the process and the box as
they were before it waited. So either by a statement of its own, or by one that holds the pot too and tells whether anybody
who changes the vote has held it since the statement began to look; then the rest is asked once more.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, String, Table, Text, Uuid, bindparam, case, func, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from app.features.accounts.queries import PRESENCE, PRESENCE_FROM, SHOWN, is_present
from app.features.budgets.queries import (
    HELD,
    HELD_FROM,
    OF_HELD,
    THIS_POT,
    OpenPot,
    held_pot,
    held_pot_in,
    process_of_fixed,
)
from app.features.spaces.queries import RUNNING, RUNNING_FROM, Process, RunningProcess, running_process
from app.features.voting.models import Box, BoxState, CodeState, RollEntry, SlotMode, VoterIdentity, VotingCode, VotingSetup
from app.features.voting.queries.voters import first_of_roll
from app.features.voting.voters.voter import ShownToken, Voter, Way
from app.kernel import clock
from app.kernel.permissions import Actor


class HowPeopleVote(NamedTuple):
    """What a process has set up; as `eligibility.setup_of` says where it has set up nothing."""

    slots: SlotMode = SlotMode.ALL
    by_code: bool = True
    by_card: bool = True
    by_account: bool = True


class KnownBox(NamedTuple):
    """As much of a box as casting needs."""

    state: BoxState
    key: dict[str, Any]


class KnownCode(NamedTuple):
    """The code that somebody came in with."""

    process_id: uuid.UUID
    voter_key: str
    state: CodeState


class Entry(NamedTuple):
    """The entry of the roll that votes: whether it is there, whether it has a date of birth, and where it lives."""

    has_roll: bool
    on_roll: bool
    has_birth: bool
    area_id: uuid.UUID | None


@dataclass(frozen=True)
class AtTheBox:
    """How a process, its box and one voter stand at the moment of casting. `box` is None before the first ballot."""

    space: RunningProcess
    ways: HowPeopleVote
    box: KnownBox | None
    code: KnownCode | None
    entry: Entry
    voter_key: str


def at_the_box(session: Session, process_id: uuid.UUID, who: Voter | Actor | ShownToken) -> AtTheBox | None:
    """What casting asks about a process and a voter; an actor, or whose browser shows a token, votes as the entry that their
    account stands for.

    That entry is held, so that nobody changes it while the account votes. None where the account stands for no entry, or not
    for this one any more, and where whoever shows the token is not signed in (any more).
    """
    query, values = _question(process_id, who)
    return _answer(session.execute(query, values).all(), query, values["now"])


def _question(process_id: uuid.UUID, who: Voter | Actor | ShownToken) -> tuple[Select[Any], dict[str, Any]]:
    values: dict[str, Any] = {"process_id": process_id, "now": clock.now()}
    if isinstance(who, Voter):
        values["voter_key"] = who.key
        if who.way is Way.CODE:
            values["code_id"] = who.code_id
        return _BY_WAY.get(who.way, _BY_KEY), values
    if isinstance(who, ShownToken):
        values["token_hash"] = who.token_hash
        return _BY_TOKEN, values
    values["person_id"] = who.require_signed_in()
    return _BY_PERSON, values


def _answer(rows: Sequence[Sequence[Any]], query: Select[Any], now: datetime) -> AtTheBox | None:
    if not rows:
        return None
    ways, box, (has_roll, entry, voter_key), more = (rows[0][part] for part in _PARTS)
    if query is _BY_TOKEN and not is_present(more, now):
        return None
    return AtTheBox(
        running_process(rows),
        HowPeopleVote() if ways[0] is None else HowPeopleVote(*ways),
        None if box[0] is None else KnownBox(*box),
        KnownCode(*more) if query is _BY_CODE and more[0] is not None else None,
        _entry(bool(has_roll), entry),
        voter_key,
    )


@dataclass(frozen=True)
class Coming:
    """A held pot, who comes to its box, and what casting asks about both; `now` is None where that has not been asked yet."""

    held: OpenPot
    who: Voter | Actor | ShownToken
    now: AtTheBox | None


def coming(session: Session, pot_id: uuid.UUID, whose: Callable[[uuid.UUID], Voter | Actor | ShownToken]) -> Coming | None:
    """Hold a fixed pot and ask for whoever comes to its box, in one statement where its process is known; None for drafts.

    `whose` says who comes, for a process.
    """
    process_id = process_of_fixed(pot_id)
    who = None if process_id is None else whose(process_id)
    if process_id is not None and isinstance(who, Voter | ShownToken):
        query, values = _question(process_id, who)
        rows: Sequence[Sequence[Any]] = session.execute(_HOLDING[query], {**values, "pot_id": pot_id}).all()
        held = held_pot_in(session, pot_id, rows[0][-len(HELD) :]) if rows else None
        if held is not None:
            return Coming(held, who, _answer([row[: -len(HELD)] for row in rows], query, values["now"]))
    held = held_pot(session, pot_id)
    return None if held is None else Coming(held, who or whose(held.process_id), None)


def _entry(has_roll: bool, found: str | None) -> Entry:
    """What `_asking` says of the entry, taken apart."""
    if found is None:
        return Entry(has_roll, on_roll=False, has_birth=False, area_id=None)
    born, _comma, area = found.partition(",")
    return Entry(has_roll, on_roll=True, has_birth=bool(born), area_id=uuid.UUID(area) if area else None)


_tables = (model.__table__ for model in (Process, VotingSetup, Box, VotingCode, RollEntry, VoterIdentity))
_process, _setup, _box, _code, _roll, _identity = (cast("Table", table) for table in _tables)
_PROCESS_ID, _CODE_ID = (bindparam(name, type_=Uuid()) for name in ("process_id", "code_id"))
_AT = len(RUNNING)
_PARTS = (slice(_AT, _AT + 4), slice(_AT + 4, _AT + 6), slice(_AT + 6, _AT + 9), slice(_AT + 9, None))
"""After what says how the process runs: what it has set up, its box, the entry, and what only some ways ask."""


def _asking(voter_key: ColumnElement[str]) -> Select[Any]:
    """The statement for an entry. Everybody who casts waits for it, so it asks as few tables as will do.

    What the roll says is asked by itself, so that an entry that was waited for is looked up as it is after the wait, and once:
    "born" or nothing, a comma, the area or nothing; NULL for whoever is not on it.
    """
    here = _roll.c.process_id == _PROCESS_ID
    said = case((_roll.c.birth_hash != "", "born"), else_="") + "," + func.coalesce(cast_to(_roll.c.area_id, Text()), "")
    entry = select(said).where(here, _roll.c.voter_key == voter_key).correlate(_identity)
    return (
        select(
            *RUNNING,
            *(_setup.c.slots, _setup.c.by_code, _setup.c.by_card, _setup.c.by_account),
            *(_box.c.state, _box.c.key),
            first_of_roll(_PROCESS_ID).is_not(None),
            entry.scalar_subquery(),
            voter_key,
        )
        .select_from(_TABLES)
        .where(_process.c.id == _PROCESS_ID)
    )


_TABLES = RUNNING_FROM.outerjoin(_setup, _setup.c.process_id == _process.c.id).outerjoin(
    _box, _box.c.process_id == _process.c.id
)


def _of_a_code() -> Select[Any]:
    """The statement for whoever came in with a code."""
    mine = _asking(_KEY).add_columns(_code.c.process_id, _code.c.voter_key, _code.c.state)
    return mine.select_from(_TABLES.outerjoin(_code, _code.c.id == _CODE_ID))


def _of_an_account(*whose: ColumnElement[bool]) -> Select[Any]:
    mine = _asking(_identity.c.voter_key).where(_identity.c.process_id == _process.c.id, *whose)
    return mine.with_for_update(read=True, of=_identity)


def _of_a_browser() -> Select[Any]:
    """The statement for whoever shows a token: it asks in the same moment whether that still counts."""
    mine = _of_an_account(_identity.c.person_id == PRESENCE[0], SHOWN)
    return mine.add_columns(*PRESENCE).select_from(PRESENCE_FROM)


_KEY = bindparam("voter_key", type_=String())
_BY_PERSON = _of_an_account(_identity.c.person_id == bindparam("person_id", type_=Uuid()))
_BY_TOKEN = _of_a_browser()
_BY_KEY = _asking(_KEY)
_BY_CODE = _of_a_code()
_BY_WAY = {
    Way.CODE: _BY_CODE,
    Way.ACCOUNT: _of_an_account(_identity.c.voter_key == _KEY),
}


def _holding(query: Select[Any]) -> Select[Any]:
    """The same, and the pot is held in the same moment; an account's entry too, as always."""
    locked = (OF_HELD,) if query in (_BY_KEY, _BY_CODE) else (OF_HELD, _identity)
    both = query.add_columns(*HELD).select_from(HELD_FROM).where(THIS_POT, HELD[2] == _process.c.id)
    return both.with_for_update(read=True, of=locked)


_HOLDING = {query: _holding(query) for query in (_BY_TOKEN, _BY_KEY, _BY_CODE, _BY_WAY[Way.ACCOUNT])}
