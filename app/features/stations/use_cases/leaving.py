"""Somebody leaves a station with their ballot and does not cast it; or did not leave after all, and it is taken back."""

import uuid

from sqlalchemy.orm import Session

from app.features.stations.commands import LeftWithout
from app.features.stations.models import CountState, IssueState, StationCount
from app.features.stations.queries import count_of, issues_by_state, numbers_of
from app.features.stations.use_cases.batches import require_unsigned
from app.features.stations.use_cases.shared import OPENED, clerk, clerk_on_shift, held_count, paper_pot, station_of
from app.kernel import audit
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.permissions import Actor


def note_left(session: Session, actor: Actor, command: LeftWithout) -> StationCount:
    """Somebody left with a ballot and did not cast it: their participation stands, and one ballot is not in the box."""
    place = station_of(session, command.station_id)
    clerk_on_shift(session, actor, place, command.zone)
    pot = paper_pot(session, place, command.pot_id)
    kept = held_count(session, place.id, pot.id)
    if kept.state is not CountState.POLLING:
        raise Conflict(OPENED)
    if kept.left_without == command.known + 1:
        return kept  # a second click
    _require_known(kept, command)
    if kept.left_without >= _out(session, place.id, pot.id):
        raise Conflict(msg("More people cannot have left than have a ballot."))
    kept.left_without += 1
    session.flush()
    audit.record(
        session, actor, "paper.left_without", kept, process_id=place.process_id, station=place.name, number=kept.left_without
    )
    return kept


def take_back_left(session: Session, actor: Actor, command: LeftWithout) -> StationCount:
    """One who was noted as left did not leave, came back, or was noted by mistake. It stays in the record that this was done.

    Once the boxes are open this mends one thing only: numbers from which fewer than no ballots would follow, which nobody can
    sign. Raises Conflict where none is noted or somebody has signed; while people vote Forbidden for clerks who are not on the
    list today.
    """
    place = station_of(session, command.station_id)
    clerk(session, actor, place.process_id)
    pot = paper_pot(session, place, command.pot_id)
    kept = held_count(session, place.id, pot.id)
    if kept.state is CountState.POLLING:
        clerk_on_shift(session, actor, place, command.zone)
    if kept.left_without == command.known - 1:
        return kept  # a second click
    require_unsigned(session, place, pot.id)
    if kept.state is not CountState.POLLING and not is_stuck(session, place.id, pot.id):
        raise Conflict(OPENED)
    _require_known(kept, command)
    if not kept.left_without:
        raise Conflict(msg("Nobody is noted as left without casting."))
    kept.left_without -= 1
    session.flush()
    audit.record(
        session, actor, "paper.left_taken_back", kept, process_id=place.process_id, station=place.name,
        number=kept.left_without,
    )  # fmt: skip
    return kept


def is_stuck(session: Session, station_id: uuid.UUID, pot_id: uuid.UUID) -> bool:
    """Whether, the boxes being open, more were noted as left than had a ballot."""
    numbers = numbers_of(session, station_id, pot_id)
    return numbers.state is not CountState.POLLING and numbers.expected < 0 < numbers.left_without


def require_one_in_hand(session: Session, station_id: uuid.UUID, pot_id: uuid.UUID) -> None:
    """Before a ballot is handed back: not every ballot that is out was noted as left. Raises Conflict, saying what to do."""
    kept = count_of(session, station_id, pot_id)
    if kept is not None and kept.left_without and kept.left_without >= _out(session, station_id, pot_id):
        raise Conflict(
            msg(
                "All ballots that are out are noted as left without casting. If this is one of them, take that back first, "
                "under “Left without casting”."
            ),
            field="stub",
        )


def _out(session: Session, station_id: uuid.UUID, pot_id: uuid.UUID) -> int:
    """How many have a ballot that was not taken back."""
    by_state = issues_by_state(session, station_id, pot_id)
    return by_state[IssueState.ISSUED] + by_state[IssueState.RETURNING]


def _require_known(kept: StationCount, command: LeftWithout) -> None:
    if kept.left_without != command.known:
        raise Conflict(msg("Somebody else has just changed this number: there are %(now)s now.", now=kept.left_without))
