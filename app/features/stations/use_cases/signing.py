"""Two people sign the numbers of a station; then its ballots are counted with the others. What is not signed is not counted."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.queries import in_office
from app.features.budgets.queries import Pot
from app.features.committee.queries import Station, paper_is_seen, stations_of
from app.features.committee.use_cases import opened_again, take_over_totals
from app.features.stations.commands import SignNumbers
from app.features.stations.marks import LONGEST
from app.features.stations.models import BatchState, CountState, StationCount
from app.features.stations.queries import Numbers, batches_of, count_of, missing_before_signing, numbers_of, unsigned_stations
from app.features.stations.use_cases.leaving import is_stuck
from app.features.stations.use_cases.shared import Hand, clerk, held_count, hold_for_ballots, paper_pot, station_of
from app.features.stations.use_cases.sums import totals_of
from app.features.voting.use_cases import before_counting, paper_rules
from app.kernel import audit
from app.kernel.errors import Conflict, Forbidden, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

MORE = msg(
    "There are more ballots in the box than were handed out (%(more)s). Look for a batch of another station or pot, or for one "
    "typed twice, before you write down why."
)
FEWER = msg("%(missing)s ballots that were handed out are not in the box. Write down why.")
MORE_LEFT = msg(
    "More people are noted as left without casting than had a ballot, so the numbers cannot be right. "
    "Take back one of those first."
)


def sign_numbers(session: Session, actor: Actor, command: SignNumbers) -> StationCount:
    """Sign the numbers of a station for a pot: the first signature proposes them, a second one by another person closes it.

    Where they do not balance both sign the reason. Raises Refused without one, Conflict while a batch is not reconciled or the
    numbers have changed since they were looked at, Forbidden for whoever signed first.
    """
    place = station_of(session, command.station_id)
    hand = clerk(session, actor, place.process_id, Permission.BUDGET_CERTIFY)
    pot = paper_pot(session, place, command.pot_id)
    hold_for_ballots(session, pot.id)
    session.refresh(pot, ["state"])
    kept = held_count(session, place.id, pot.id)
    if kept.state is CountState.SIGNED:
        raise Conflict(msg("Two people have signed these numbers already."))
    numbers = numbers_of(session, place.id, pot.id)
    if missing := missing_before_signing(session, place, pot, kept.state):
        raise Conflict(missing)
    if is_stuck(session, place.id, pot.id):
        raise Conflict(MORE_LEFT)
    if numbers.difference != command.seen:
        raise Conflict(msg("The numbers have changed. Look at them again before you sign."))
    if proposes(session, place, pot.id):
        return _propose(session, actor, place, kept, numbers, hand, command.reason)
    if kept.first_hand == hand[0]:
        raise Forbidden(msg("You have signed already. A second person must sign, too."))
    kept.state, kept.second_hand, kept.second_name = CountState.SIGNED, hand[0], hand[1]
    session.flush()
    hands: list[Hand] = [(kept.first_hand, kept.first_name), hand] if kept.first_hand else []
    take_over_totals(session, totals_of(session, place, pot, numbers), hands, kept.reason)
    for one in batches_of(session, pot.id, place.id):
        one.state = BatchState.CLOSED
    session.flush()
    audit.record(
        session, actor, "station.signed", kept, process_id=place.process_id, station=place.name,
        difference=numbers.difference, in_box=numbers.in_box, reason=kept.reason, first=str(kept.first_hand),
    )  # fmt: skip
    return kept


def proposes(session: Session, place: Station, pot_id: uuid.UUID) -> bool:
    """Whether the next signature is the first one: nobody has signed, or whoever did is not in office any more."""
    kept = count_of(session, place.id, pot_id)
    return kept is None or kept.state is CountState.OPENED or not _in_office(session, place, kept.first_hand)


def take_back_signature(session: Session, actor: Actor, station_id: uuid.UUID, pot_id: uuid.UUID) -> StationCount:
    """The first signature is taken back, by anybody who may sign: something is to be mended before."""
    place = station_of(session, station_id)
    clerk(session, actor, place.process_id, Permission.BUDGET_CERTIFY)
    hold_for_ballots(session, paper_pot(session, place, pot_id).id)
    kept = held_count(session, place.id, pot_id)
    if kept.state is not CountState.PROPOSED:
        raise Conflict(msg("There is no single signature to take back."))
    audit.record(
        session, actor, "station.signature_taken_back", kept, process_id=place.process_id, station=place.name,
        first=str(kept.first_hand),
    )  # fmt: skip
    kept.state, kept.first_hand, kept.first_name, kept.reason = CountState.OPENED, None, "", ""
    session.flush()
    return kept


def _propose(
    session: Session, actor: Actor, place: Station, kept: StationCount, numbers: Numbers, hand: Hand, reason: str
) -> StationCount:
    words = reason.strip()[:LONGEST]
    if numbers.difference and not words:
        told = MORE.template if numbers.difference < 0 else FEWER.template
        raise Refused(msg(told, more=-numbers.difference, missing=numbers.difference), field="reason")
    kept.state, kept.reason = CountState.PROPOSED, words if numbers.difference else ""
    kept.first_hand, kept.first_name = hand
    session.flush()
    audit.record(
        session, actor, "station.proposed", kept, process_id=place.process_id, station=place.name,
        difference=numbers.difference, reason=kept.reason,
    )  # fmt: skip
    return kept


def _in_office(session: Session, place: Station, person_id: uuid.UUID | None) -> bool:
    wanted = [person_id] if person_id else []
    return any(
        in_office(session, permission, place.process_id, wanted)
        for permission in (Permission.INTAKE, Permission.BUDGET_CERTIFY)
    )


def _require_signed(session: Session, pot: Pot) -> None:
    """Before a pot is counted. Raises Conflict, naming the first station that has not signed."""
    if paper_rules(session, pot) is None or not stations_of(session, pot.process_id):
        return
    if missing := unsigned_stations(session, pot):
        raise Conflict(
            msg("The station “%(station)s” has not signed its numbers, so nothing is counted.", station=missing[0].name)
        )


def _open_again(session: Session, station_id: uuid.UUID, pot: Pot) -> None:
    """Two members have decided that what was signed is wrong: batches can be opened, and two people sign anew."""
    kept = held_count(session, station_id, pot.id)
    if kept.state is not CountState.SIGNED:
        return
    kept.state, kept.reason = CountState.OPENED, ""
    kept.first_hand, kept.first_name, kept.second_hand, kept.second_name = None, "", None, ""
    for one in batches_of(session, pot.id, station_id):
        one.state = BatchState.RECONCILED
    session.flush()


def _is_seen(session: Session, process_id: uuid.UUID) -> bool:
    """Whether a box of a process was opened."""
    which = select(StationCount.id).join(Station, Station.id == StationCount.station_id)
    opened = which.where(Station.process_id == process_id, StationCount.state != CountState.POLLING)
    return session.scalar(opened.limit(1)) is not None


opened_again.append(_open_again)
paper_is_seen.append(_is_seen)
before_counting.insert(0, _require_signed)
