"""Outer envelopes: given at a station without a line, or sent by post. A ballot comes out only after its vote was accepted."""

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.budgets.use_cases import voting_open
from app.features.committee.queries import Station
from app.features.stations.commands import TakeInEnvelope
from app.features.stations.models import CountState, EnvelopeKind, EnvelopeState, OuterEnvelope
from app.features.stations.use_cases.shared import OPENED, clerk, clerk_on_shift, held_count, paper_pot, station_of
from app.features.voting.use_cases import OnPaper, accept_on_paper, paper_rules, voter_on_list
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, PhaseClosed, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor

LATE = "late"
USED = "used"
WHY: dict[str, Message] = {
    LATE: msg("It came too late"),
    USED: msg("This person has voted already, or has no vote here"),
}


def take_in_envelope(session: Session, actor: Actor, command: TakeInEnvelope, secret: bytes) -> OuterEnvelope:
    """Write an outer envelope down. It is not opened, and nobody's vote is used up yet.

    Raises Forbidden for clerks who are not on the list today where it is given at a station, PhaseClosed there outside the
    vote, Refused for one by post where nobody votes by post, Conflict once the boxes of its station are open.
    """
    voter = command.voter
    place = station_of(session, voter.station_id)
    pot = paper_pot(session, place, voter.pot_id)
    if command.kind not in set(EnvelopeKind):
        raise Refused(msg("Choose one of these."), field="kind")
    kind = EnvelopeKind(command.kind)
    if kind is EnvelopeKind.POSTAL:
        clerk(session, actor, place.process_id)
    else:
        clerk_on_shift(session, actor, place, voter.zone)
    before = session.get(OuterEnvelope, command.envelope_id)
    if before is not None:
        return _the_same(before, place, pot)
    arrived = _arrived(session, pot, kind, command.arrived_at)
    key = voter_on_list(session, actor, OnPaper(pot.id, place.name, voter.number, voter.born), secret)
    kept = held_count(session, place.id, pot.id)
    if kept.state is not CountState.POLLING:
        raise Conflict(OPENED)
    last = session.scalar(select(func.max(OuterEnvelope.number)).where(OuterEnvelope.pot_id == pot.id)) or 0
    made = OuterEnvelope(
        id=command.envelope_id,
        station_id=place.id,
        pot_id=pot.id,
        kind=kind,
        number=last + 1,
        voter_key=key,
        arrived_at=arrived,
        state=EnvelopeState.WAITING,
    )
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        return _the_same(session.get_one(OuterEnvelope, command.envelope_id), place, pot)
    return made


def decide_envelope(session: Session, actor: Actor, envelope_id: uuid.UUID) -> EnvelopeState:
    """Accept an outer envelope, so that it is opened and its ballot goes into the box unread, or send it back unopened.

    Which of the two the constraint decides: nobody votes twice. Deciding again changes nothing.
    """
    query = select(OuterEnvelope).where(OuterEnvelope.id == envelope_id).with_for_update()
    envelope = session.scalars(query.execution_options(populate_existing=True)).first()
    if envelope is None:
        raise NotFound
    place = station_of(session, envelope.station_id)
    clerk(session, actor, place.process_id)
    if envelope.state is not EnvelopeState.WAITING:
        return envelope.state
    pot = paper_pot(session, place, envelope.pot_id)
    envelope.because = _because(session, actor, pot, place, envelope)
    kept = held_count(session, place.id, pot.id)
    if kept.state is not CountState.POLLING:
        raise Conflict(OPENED)
    if envelope.because:
        envelope.state = EnvelopeState.RETURNED
        audit.record(
            session, actor, "envelope.returned", place, process_id=place.process_id, station=place.name,
            number=envelope.number, because=envelope.because,
        )  # fmt: skip
    else:
        envelope.state, envelope.voter_key = EnvelopeState.ACCEPTED, ""
        kept.accepted += 1
    session.flush()
    return envelope.state


def _because(session: Session, actor: Actor, pot: Pot, place: Station, envelope: OuterEnvelope) -> str:
    """Why an envelope goes back; empty once its vote is used up by it."""
    rules = paper_rules(session, pot)
    deadline = rules.postal_until if rules else None
    if envelope.kind is EnvelopeKind.POSTAL and (deadline is None or (envelope.arrived_at or clock.now()) > deadline):
        return LATE
    try:
        accept_on_paper(session, actor, pot.id, envelope.voter_key, place.name)
    except NotFound:
        raise
    except Refused:
        return USED
    return ""


def _arrived(session: Session, pot: Pot, kind: EnvelopeKind, said: datetime | None) -> datetime | None:
    """When an envelope by post arrived; None for others."""
    rules = paper_rules(session, pot)
    if kind is EnvelopeKind.PROVISIONAL:
        if not voting_open(session, pot):
            raise PhaseClosed(msg("The vote is not open, so no ballot is handed out or taken back."))
        return None
    if rules is None or rules.postal_until is None:
        raise Refused(msg("Nobody votes by post here."), field="kind")
    if said is not None and said > clock.now():
        raise Refused(msg("It cannot have arrived later than now."), field="arrived_at")
    return said or clock.now()


def _the_same(before: OuterEnvelope, place: Station, pot: Pot) -> OuterEnvelope:
    if (before.station_id, before.pot_id) != (place.id, pot.id):
        raise Conflict(msg("This page was sent for another envelope. Begin it again."))
    return before  # a second click
