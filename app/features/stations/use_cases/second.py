"""The second reading, by another person who does not see the first, and what two people decide where they differ."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.accounts.queries import in_office
from app.features.budgets.queries import gives_points
from app.features.committee.queries import Station
from app.features.scans.queries import looked_through
from app.features.stations.commands import TypeBallot
from app.features.stations.marks import UNDO, from_stored, read
from app.features.stations.models import Batch, BatchState, PaperBallot
from app.features.stations.queries import next_to_read, typed_a_part
from app.features.stations.scanned import record_of
from app.features.stations.use_cases.batches import held_batch
from app.features.stations.use_cases.shared import Hand, paper_pot
from app.features.stations.use_cases.wanting import advance
from app.kernel import audit
from app.kernel.errors import Conflict, Forbidden, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def read_again(session: Session, actor: Actor, command: TypeBallot) -> int | None:
    """Type a ballot a second time; `/` takes the last one out again. Returns which one is next, None when all are read.

    Raises Forbidden for whoever typed it first or looked its scans through, Conflict for a third person, for a ballot that is
    not the next one, and for taking out one on which the readings differ.
    """
    found, place, hand = held_batch(session, actor, command.batch_id)
    if found.state not in (BatchState.READING, BatchState.RECONCILED):
        raise Conflict(msg("Nothing of this batch is read a second time now."))
    _own(session, found, place, hand)
    number = next_to_read(session, found.id)
    if command.marks.strip() == UNDO:
        return _undo(session, found, number)
    pot = paper_pot(session, place, found.pot_id)
    stored = read(pot, command.marks).stored()
    ballot = session.get(PaperBallot, (found.id, command.number))
    if ballot is not None and ballot.second == stored:
        return number  # a second click
    if ballot is None or command.number != number:
        raise Conflict(msg("Another ballot is the next one. Look at its number again."))
    ballot.second = stored
    ballot.unsettled = not agree(ballot, points=gives_points(pot))
    session.flush()
    advance(session, found)
    return next_to_read(session, found.id)


def agree(ballot: PaperBallot, *, points: bool) -> bool:
    """Whether both readings say the same, and neither is in doubt."""
    first, second = (from_stored(one, points=points) for one in (ballot.first, ballot.second))
    return first == second and not first.doubtful


def settle(session: Session, actor: Actor, command: TypeBallot) -> PaperBallot:
    """Say what a ballot is on which two readings differ, with the paper in hand. It counts when a second person says the same.

    Whoever says something else begins anew, and so does whoever follows somebody who has left office. Raises Conflict where
    nothing is to be decided.
    """
    found, place, hand = held_batch(session, actor, command.batch_id, Permission.BUDGET_CERTIFY)
    ballot = session.get(PaperBallot, (found.id, command.number))
    if ballot is None:
        raise NotFound
    if not ballot.unsettled:
        raise Conflict(msg("Two people agree on this ballot already."))
    said = read(paper_pot(session, place, found.pot_id), command.marks).stored().rstrip("?")
    if ballot.proposed != said or not _in_office(session, place, ballot.proposed_by):
        ballot.proposed, ballot.proposed_by = said, hand[0]
        session.flush()
        return ballot
    if ballot.proposed_by == hand[0]:
        raise Forbidden(msg("You have said this already. A second person must look at the ballot, too."))
    ballot.settled, ballot.unsettled = said, False
    session.flush()
    audit.record(
        session, actor, "ballot.settled", found, process_id=place.process_id, station=place.name, batch=found.number,
        ballot=ballot.number, first=str(ballot.proposed_by),
    )  # fmt: skip
    advance(session, found)
    return ballot


def _in_office(session: Session, place: Station, person_id: uuid.UUID | None) -> bool:
    if person_id is None:
        return False
    either = (Permission.INTAKE, Permission.BUDGET_CERTIFY)
    return any(in_office(session, permission, place.process_id, [person_id]) for permission in either)


def _undo(session: Session, found: Batch, number: int | None) -> int | None:
    which = [PaperBallot.batch_id == found.id, PaperBallot.second != "", PaperBallot.settled == "", PaperBallot.wanted]
    if number is not None:
        which.append(PaperBallot.number < number)
    last = session.scalar(select(func.max(PaperBallot.number)).where(*which))
    if last is not None and found.state is BatchState.READING:
        ballot = session.get_one(PaperBallot, (found.id, last))
        if ballot.unsettled:  # else whoever reads could look at the first reading, and say the same
            raise Conflict(
                msg(
                    "Two people decide on ballot %(number)s now: the readings differ, or one is in doubt. So yours stays.",
                    number=last,
                )
            )
        ballot.second, ballot.unsettled, ballot.proposed, ballot.proposed_by = "", False, "", None
        session.flush()
        return last
    return number


def _own(session: Session, found: Batch, place: Station, hand: Hand) -> None:
    """Another person than whoever typed, or looked its scans through, reads; one at a time."""
    if typed_a_part(session, hand[0], [found.id]):
        raise Forbidden(msg("You typed this batch. Another person reads it a second time."))
    if looked_through(session, hand[0], [record_of(found.id)]):
        raise Forbidden(msg("You looked through scans of this batch. Another person reads it a second time."))
    known: uuid.UUID | None = found.read_by
    if known in (None, hand[0]) or not in_office(session, Permission.INTAKE, place.process_id, [known]):
        found.read_by, found.read_name = hand
        return
    raise Conflict(
        msg("%(name)s reads this batch. Two people on one batch would get in each other's way.", name=found.read_name)
    )
