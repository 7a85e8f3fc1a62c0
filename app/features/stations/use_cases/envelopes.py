"""Outer envelopes: given at a station without a line or by somebody not on the list, or sent by post.

A ballot comes out only after its vote was accepted. Who is not on the list of voters gets theirs back unopened.
"""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.budgets.use_cases import voting_open
from app.features.committee.queries import Station
from app.features.spaces.queries import Action, Process, open_on, process
from app.features.stations.commands import TakeInEnvelope
from app.features.stations.models import CountState, EnvelopeKind, EnvelopeState, OuterEnvelope
from app.features.stations.queries import last_envelope, works_at
from app.features.stations.use_cases.shared import OPENED, Hand, clerk, held_count, paper_pot, station_of
from app.features.voting.use_cases import (
    NotOnTheList,
    OnEnvelope,
    OnPaper,
    accept_on_paper,
    number_on_envelope,
    paper_rules,
)
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Forbidden, NotFound, PhaseClosed, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor

LATE = "late"
USED = "used"
UNLISTED = "unlisted"
MISTAKE = "mistake"
ANNULLED = "annulled"
WHY: dict[str, Message] = {
    LATE: msg("It came too late"),
    USED: msg("This person has voted already, or has no vote here"),
    UNLISTED: msg("This person is not on the list of voters"),
    MISTAKE: msg("Written down by mistake"),
    ANNULLED: msg("The vote on this pot was annulled"),
}
NOT_LISTED = msg(
    "This number with this date of birth is not on the list of voters. Compare both with the envelope. If they are right, tick "
    "“Not on the list of voters”: it is written down and decided later."
)


def take_in_envelope(session: Session, actor: Actor, command: TakeInEnvelope, secret: bytes) -> OuterEnvelope:
    """Write an outer envelope down. It is not opened, and nobody's vote is used up yet.

    One that a station took in is written down when the line is back, also after the vote, until the boxes of that station are
    open: by a clerk who was on its list on the day on which it was handed out. What is written down after the vote is in the
    audit log; during the vote an entry would tell when a voter came.

    Raises Forbidden for other clerks, PhaseClosed for a day on which nobody could vote, Refused for one by post where nobody
    votes by post and for a number that is not on the list, unless the clerk says so; Conflict once the boxes are open.
    """
    voter = command.voter
    place = station_of(session, voter.station_id)
    pot = paper_pot(session, place, voter.pot_id)
    if command.kind not in set(EnvelopeKind):
        raise Refused(msg("Choose one of these."), field="kind")
    kind = EnvelopeKind(command.kind)
    hand = clerk(session, actor, place.process_id)
    given_on = _given_on(session, place, pot, hand, command) if kind is EnvelopeKind.PROVISIONAL else None
    arrived = _arrived(session, pot, command.arrived_at) if kind is EnvelopeKind.POSTAL else None
    written = number_on_envelope(session, actor, OnPaper(pot.id, place.name, voter.number, voter.born), secret)
    before = session.get(OuterEnvelope, command.envelope_id)
    if before is not None:
        return _the_same(before, place, pot, kind, written)
    if written.proof and not command.unlisted:
        raise Refused(NOT_LISTED, field="unlisted")
    _hold_numbers(session, place.process_id)
    kept = held_count(session, place.id, pot.id)
    if kept.state is not CountState.POLLING:
        raise Conflict(OPENED)
    made = OuterEnvelope(
        id=command.envelope_id,
        station_id=place.id,
        pot_id=pot.id,
        kind=kind,
        number=last_envelope(session, place.process_id) + 1,
        voter_key=written.key,
        proof=written.proof,
        given_on=given_on,
        arrived_at=arrived,
        state=EnvelopeState.WAITING,
    )
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        return _the_same(session.get_one(OuterEnvelope, command.envelope_id), place, pot, kind, written)
    if given_on is not None and not voting_open(session, pot):
        audit.record(
            session, actor, "envelope.written_after_the_vote", place, process_id=place.process_id, station=place.name,
            number=made.number, day=given_on.isoformat(),
        )  # fmt: skip
    return made


def strike_out(session: Session, actor: Actor, envelope_id: uuid.UUID) -> OuterEnvelope:
    """Take back what was written down by mistake, while nobody has decided: such as another voter's number.

    The entry keeps its number, which is never given again, and forgets whose it was. Doing it again changes nothing.
    Raises Conflict where it was accepted, or goes back already.
    """
    envelope, place = _held(session, actor, envelope_id)
    if envelope.because == MISTAKE:
        return envelope
    if envelope.state is not EnvelopeState.WAITING:
        raise Conflict(msg("A colleague has just decided this envelope, so its entry stays."))
    envelope.state, envelope.because, envelope.voter_key, envelope.proof = EnvelopeState.RETURNED, MISTAKE, "", ""
    audit.record(
        session, actor, "envelope.struck_out", place, process_id=place.process_id, station=place.name, number=envelope.number
    )
    session.flush()
    return envelope


def _held(session: Session, actor: Actor, envelope_id: uuid.UUID) -> tuple[OuterEnvelope, Station]:
    """The envelope, locked, and its station. Raises NotFound for everybody but clerks of that process."""
    query = select(OuterEnvelope).where(OuterEnvelope.id == envelope_id).with_for_update()
    envelope = session.scalars(query.execution_options(populate_existing=True)).first()
    if envelope is None:
        raise NotFound
    place = station_of(session, envelope.station_id)
    clerk(session, actor, place.process_id)
    return envelope, place


def decide_envelope(session: Session, actor: Actor, envelope_id: uuid.UUID) -> EnvelopeState:
    """Accept an outer envelope, so that it is opened and its ballot goes into the box unread, or send it back unopened.

    Which of the two the constraint decides: nobody votes twice, and nobody who is not on the list of voters. Deciding again
    changes nothing.
    """
    envelope, place = _held(session, actor, envelope_id)
    if envelope.state is not EnvelopeState.WAITING:
        return envelope.state
    pot = paper_pot(session, place, envelope.pot_id)
    envelope.because = _because(session, actor, pot, place, envelope)
    kept = held_count(session, place.id, pot.id)
    if kept.state is not CountState.POLLING:
        raise Conflict(OPENED)
    envelope.proof = ""
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
    if pot.annulled_at is not None:  # whoever gets it back is not told that they have voted
        return ANNULLED
    rules = paper_rules(session, pot)
    deadline = rules.postal_until if rules else None
    if envelope.kind is EnvelopeKind.POSTAL and (deadline is None or (envelope.arrived_at or clock.now()) > deadline):
        return LATE
    try:
        written = OnEnvelope(envelope.voter_key, envelope.proof)
        accept_on_paper(session, actor, pot.id, written, place.name, envelope.given_on)
    except NotFound:
        raise
    except NotOnTheList:
        return UNLISTED
    except Refused:
        return USED
    return ""


def _given_on(session: Session, place: Station, pot: Pot, hand: Hand, command: TakeInEnvelope) -> date:
    """The day on which a station took an envelope in, once it is clear that it could, and that this clerk was there."""
    day, zone = command.given_on, command.voter.zone
    if day is None:
        raise Refused(msg("Write the day on which the station took it in."), field="given")
    if day > clock.today(zone):
        raise Refused(msg("This day has not come yet."), field="given")
    if not works_at(session, place.id, hand[0], day):
        raise Forbidden(msg("You were not on the list of clerks of this station on that day."))
    if pot.state is not PotState.READY or pot.annulled_at is not None:
        raise Conflict(msg("This pot was counted or annulled, so no more ballots are taken."))
    space = process(session, place.process_id)
    if space is None or not open_on(space, Action.VOTE, day, ZoneInfo(zone), clock.now()):
        raise PhaseClosed(msg("Nobody could vote on that day, so no ballot was handed out."), field="given")
    return day


def takes_post(session: Session, pot: Pot) -> bool:
    """Whether ballots of this pot may come by post."""
    rules = paper_rules(session, pot)
    return rules is not None and rules.postal_until is not None


def _arrived(session: Session, pot: Pot, said: datetime | None) -> datetime:
    """When an envelope by post arrived."""
    if not takes_post(session, pot):
        raise Refused(msg("Nobody votes by post here."), field="kind")
    if said is not None and said > clock.now():
        raise Refused(msg("It cannot have arrived later than now."), field="arrived")
    return said or clock.now()


def _hold_numbers(session: Session, process_id: uuid.UUID) -> None:
    """Let one clerk at a time give an envelope of a process its number, at whatever station and for whatever pot.

    The process is held before its pots, as by everybody who holds both (`hold_pots`).
    """
    session.execute(select(Process.id).where(Process.id == process_id).with_for_update(key_share=True))


def _the_same(before: OuterEnvelope, place: Station, pot: Pot, kind: EnvelopeKind, written: OnEnvelope) -> OuterEnvelope:
    """What the same page wrote down. Raises Conflict for another one: somebody went back in the browser and typed it there.

    Whose an accepted one was nobody can tell any more.
    """
    kept = (before.station_id, before.pot_id, before.kind, before.voter_key)
    waits = before.state is EnvelopeState.WAITING
    if kept != (place.id, pot.id, kind, written.key) or (waits and before.proof != written.proof):
        raise Conflict(msg("This page was sent for another envelope. Begin it again."))
    return before  # a second click
