"""What came out of a box is brought: first to be counted, then by somebody else to be compared.

An opening that differs from the first is evidence, so it is kept, and nothing is counted or certified until two members of the
committee have all openings discarded (the committee's room) and the box is opened anew.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app.features.accounts.queries import people_names, staff_with
from app.features.budgets.queries import Choices, Pot, PotState, check_choices
from app.features.budgets.use_cases import before_certifying, discard_count
from app.features.notifications.use_cases import notify
from app.features.spaces.queries import process
from app.features.voting import mails
from app.features.voting.models import Ballot, Box, BoxState, Custody, PublicationChoice
from app.features.voting.queries import box_of, is_opened, pots_in_box
from app.features.voting.use_cases.boxes import box_to_change
from app.features.voting.use_cases.opened_file import (
    CHANGED,
    OpenedLines,
    is_about_our_board,
    read_statement,
    say_the_same,
)
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

_AT_ONCE = 5000


@dataclass(frozen=True)
class Opening:
    """One opening of a box as pages and the protocol tell it: what was signed, and whose account brought it when.

    `by` is what the opener typed; `brought_by` is empty where an earlier version took it in. `same`: whether it found what the
    first one found.
    """

    by: str
    day: str
    ballots_sha256: str
    signature: str
    brought_by: str
    brought_at: str
    same: bool


DISPUTED = msg(
    "The box was opened more than once, and the openings differ. "
    "Nothing is counted or certified until the committee has had it opened anew."
)


def import_opened(session: Session, actor: Actor, process_id: uuid.UUID, lines: Iterable[bytes]) -> Box:
    """Take in what came out of the box; the second time, compare what an auditor found by opening it again.

    The two are brought by two accounts. One that differs from the first is kept beside it, whoever brings it and whenever: the
    box is disputed then. Raises Refused, changing nothing, when the file was not signed with the key of this box or was changed
    afterwards; and the first time when it was not made from this board, or holds what cannot have come out of this box: an
    invalid ballot, a receipt of another board.
    """
    box = box_to_change(session, actor, process_id)
    not_now = Conflict(msg("The box is not closed yet, or was opened and confirmed already."))
    if box.state is BoxState.OPEN:
        raise not_now
    iterator = iter(lines)
    statement = read_statement(box, next(iterator, b""))
    opened = OpenedLines(statement, iterator)
    ours = is_about_our_board(session, box, statement)
    if box.state is BoxState.CLOSED:
        if not ours:
            raise Refused(CHANGED)
        _first(session, actor, box, opened)
    elif box.state is BoxState.DISPUTED or not ours or not say_the_same(box.statements[0], statement):
        _differs(session, actor, box, opened)
    elif box.state is BoxState.CONFIRMED:
        raise not_now
    else:
        _confirms(session, actor, box, opened)
    return box


def _first(session: Session, actor: Actor, box: Box, opened: OpenedLines) -> None:
    box.salts = _taken_in(session, box, opened)
    box.opened_by, box.state = actor.person_id, BoxState.OPENED
    _keep(session, actor, box, opened.statement, "box.opened")


def _confirms(session: Session, actor: Actor, box: Box, opened: OpenedLines) -> None:
    if box.opened_by == actor.person_id:
        raise Refused(msg("You brought the first opening. Another member must bring the second one."))
    if box.statements[0]["by"] == opened.statement["by"]:
        raise Refused(msg("This was opened by the same person. Somebody else must open the box a second time."))
    opened.check()
    box.state = BoxState.CONFIRMED
    _keep(session, actor, box, opened.statement, "box.confirmed")


def _differs(session: Session, actor: Actor, box: Box, opened: OpenedLines) -> None:
    """Keep it as evidence. Whether its ballots are valid does not matter: none is taken in."""
    if any(one["signature"] == opened.statement["signature"] for one in box.statements):
        raise Refused(msg("This very opening has been brought already."))
    opened.check()
    before, box.state = box.state, BoxState.DISPUTED
    _keep(session, actor, box, opened.statement, "box.disputed", first_sha256=box.statements[0]["ballots_sha256"])
    if before is not BoxState.DISPUTED:
        _tell(session, box)


def _tell(session: Session, box: Box) -> None:
    """Write to everybody of the committee and to its auditors, once for each dispute; a rehearsal alarms nobody."""
    space = process(session, box.process_id)
    if space is None or space.rehearsal_of is not None:
        return
    params = {"process": space.title, "brought_by": box.brought[-1]["name"], "path": f"/staff/box/{box.process_id}"}
    for somebody in staff_with(session, Permission.BUDGET_INSPECT, box.process_id):
        notify(session, mails.DISPUTED, person_id=somebody.id, params=params)


def _keep(session: Session, actor: Actor, box: Box, statement: dict[str, Any], action: str, **more: Any) -> None:
    name = people_names(session, [actor.person_id]).get(actor.person_id, "") if actor.person_id else ""
    person = str(actor.person_id) if actor.person_id else None
    box.statements = [*box.statements, statement]
    box.brought = [*box.brought, {"person": person, "name": name, "at": clock.now().isoformat()}]
    session.flush()
    found = {"by": statement["by"], "ballots_sha256": statement["ballots_sha256"], **more}
    audit.record(session, actor, action, box, process_id=box.process_id, **found)


def _taken_in(session: Session, box: Box, opened: OpenedLines) -> dict[str, str]:
    """Keep the ballots; returns the salt of each pot. What is in a pot that was annulled keeps the others from nothing."""
    pots = {str(pot.id): pot for pot in pots_in_box(session, box)}
    session.execute(delete(Ballot).where(Ballot.pot_id.in_([pot.id for pot in pots.values()])))
    rows: list[dict[str, Any]] = []
    for name, number, ballot in opened.ballots():
        pot = pots[name]
        if pot.annulled_at is None:
            _require_valid_ballot(pot, ballot)
        choices, points = ",".join(ballot.numbers), ",".join(map(str, ballot.points or ()))
        for _ in range(number):
            rows.append({"id": uuid.uuid4(), "pot_id": pot.id, "choices": choices, "points": points})
            if len(rows) == _AT_ONCE:
                _write(session, rows)
    _write(session, rows)
    return opened.salts


def _require_valid_ballot(pot: Pot, ballot: Choices) -> None:
    """Raise Refused for what nobody can have cast in this pot; the words name the ballot, which belongs to nobody."""
    try:
        check_choices(pot, ballot)
    except Refused as refused:
        raise Refused(
            msg(
                "The opened file holds a ballot that is not valid in this vote: %(choices)s (%(why)s) Nothing was taken in. "
                "Do not count: find out first how it came into the box.",
                choices=", ".join(ballot.numbers),
                why=refused.message,
            )
        ) from None


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(Ballot), rows)
        rows.clear()


def openings_of(box: Box) -> list[Opening]:
    """The openings that count, in the order in which they were brought."""
    return _told(box.statements, box.brought)


def discarded_openings(discarded: dict[str, Any]) -> list[Opening]:
    """Those of one decision that discarded them (`Box.discarded`)."""
    return _told(discarded["statements"], discarded["brought"])


def _told(statements: list[dict[str, Any]], brought: list[dict[str, Any]]) -> list[Opening]:
    unknown = [{"name": "", "at": ""}] * (len(statements) - len(brought))
    return [
        Opening(
            one["by"],
            one["day"],
            one["ballots_sha256"],
            one["signature"],
            account["name"],
            account["at"],
            say_the_same(statements[0], one),
        )
        for one, account in zip(statements, [*unknown, *brought], strict=True)
    ]


def require_disputed(session: Session, process_id: uuid.UUID) -> Box:
    """The box. Raises Conflict while no two openings of it differ."""
    box = box_of(session, process_id)
    if box is None or box.state is not BoxState.DISPUTED:
        raise Conflict(msg("No two openings of the box differ, so it is not opened anew."))
    return box


def discard_openings(
    session: Session, actor: Actor, process_id: uuid.UUID, decision_id: uuid.UUID, signed_by: Collection[object]
) -> int:
    """Close a disputed box again for a decision that two members have signed. Returns how many openings were discarded.

    They stay in the box to be read. Counts that are not certified are forgotten with the ballots they were made from. The
    ballots of a certified pot stay until new ones take their place: what is public is not taken away without a word.
    """
    box = box_to_change(session, actor, process_id)
    require_disputed(session, process_id)
    pots = pots_in_box(session, box)
    for pot in pots:
        if pot.annulled_at is None:
            discard_count(session, actor, pot, signed_by)
    certified = {pot.id for pot in pots if pot.state is PotState.CERTIFIED}
    others = [pot.id for pot in pots if pot.id not in certified]
    session.execute(delete(Ballot).where(Ballot.pot_id.in_(others)))
    session.execute(delete(PublicationChoice).where(PublicationChoice.pot_id.in_(others)))
    number = len(box.statements)
    kept = {"statements": box.statements, "brought": box.brought}
    box.discarded = [*box.discarded, {"decision": str(decision_id), "at": clock.now().isoformat(), **kept}]
    box.statements, box.brought, box.opened_by, box.state = [], [], None, BoxState.CLOSED
    box.salts = {name: salt for name, salt in box.salts.items() if uuid.UUID(name) in certified}
    box.closing = {name: one for name, one in box.closing.items() if name != "counting"}
    session.flush()
    audit.record(session, actor, "box.openings_discarded", box, process_id=process_id, openings=number)
    return number


def require_undisputed(session: Session, pot: Pot) -> None:
    """Raise Conflict while openings of the box differ: what is in it is not known."""
    box = box_of(session, pot.process_id)
    if box is not None and box.state is BoxState.DISPUTED:
        raise Conflict(DISPUTED)


def require_agreed(session: Session, pot: Pot) -> None:
    """Raise Conflict also while only one person has opened a box to which the committee holds the key."""
    require_undisputed(session, pot)
    box = box_of(session, pot.process_id)
    if box is not None and box.custody is Custody.COMMITTEE and box.state is BoxState.OPENED:
        raise Conflict(
            msg(
                "The box was opened once. Before a result is certified, somebody else opens it again "
                "and finds the same ballots."
            )
        )


def require_readable(session: Session, pot: Pot) -> None:
    """Raise Conflict while there is nothing that could be counted: the box is closed, or its openings differ."""
    require_undisputed(session, pot)
    if not is_opened(session, pot):
        raise Conflict(msg("The box has not been opened yet, so there is nothing to count."))


before_certifying.append(require_agreed)
