"""Ballots are typed in batches, by one clerk each, and committed before anybody knows which of them are read again."""

import hashlib
import secrets
import uuid

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.queries import in_office
from app.features.budgets.queries import PotState
from app.features.committee.queries import Station
from app.features.stations.commands import OpenBatch, TypeBallot
from app.features.stations.marks import LONGEST, UNDO, read
from app.features.stations.models import Batch, BatchState, CountState, PaperBallot
from app.features.stations.queries import TAKEN_OVER, count_of, sample_of, typed_in
from app.features.stations.scanned import scanned_in
from app.features.stations.use_cases.shared import Hand, clerk, hold_for_ballots, paper_pot, station_of
from app.features.stations.use_cases.wanting import keep_drawn, reads_all, want
from app.kernel import audit
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

COUNTED = msg("This pot has been counted, so its ballots on paper stay as they are.")
MOST_IN_A_BATCH = 5_000


def open_batch(session: Session, actor: Actor, command: OpenBatch) -> Batch:
    """Begin a batch of ballots from the box of a station. One that is begun after the draw is read a second time as a whole.

    The same page sent again is the same batch. Raises Conflict before its boxes are open, and once it signed.
    """
    place = station_of(session, command.station_id)
    clerk(session, actor, place.process_id)
    pot = paper_pot(session, place, command.pot_id)
    hold_for_ballots(session, pot.id)
    before = session.get(Batch, command.batch_id, populate_existing=True)
    if before is not None:
        if (before.station_id, before.pot_id, before.declared) != (place.id, pot.id, command.declared):
            raise Conflict(msg("This page was sent for another batch. Begin it again."))
        return before  # a second click
    kept = count_of(session, place.id, pot.id)
    if kept is None or kept.state is CountState.POLLING:
        raise Conflict(msg("Open the boxes of this station first."))
    if kept.state is not CountState.OPENED:
        raise Conflict(msg("The numbers of this station are signed, so no ballot is added."))
    if not 1 <= command.declared <= MOST_IN_A_BATCH:
        raise Refused(msg("Write how many ballots lie in this batch: 1 to %(most)s.", most=MOST_IN_A_BATCH), field="declared")
    last = session.scalar(select(func.max(Batch.number)).where(Batch.station_id == place.id, Batch.pot_id == pot.id))
    made = Batch(
        id=command.batch_id,
        station_id=place.id,
        pot_id=pot.id,
        number=(last or 0) + 1,
        declared=command.declared,
        read_whole=sample_of(session, pot.id) is not None,
    )
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("Somebody else began a batch at this moment. Look at the list again.")) from None
    audit.record(
        session, actor, "batch.opened", made, process_id=place.process_id, station=place.name, number=made.number,
        declared=made.declared,
    )  # fmt: skip
    return made


def drop_batch(session: Session, actor: Actor, station_id: uuid.UUID, pot_id: uuid.UUID, batch_id: uuid.UUID) -> None:
    """Remove a batch in which no ballot lies, such as one that was begun by mistake; once more changes nothing.

    Raises Conflict once a ballot of it is typed, for a batch that a colleague types, and once anybody has signed.
    """
    place = station_of(session, station_id)
    hand = clerk(session, actor, place.process_id)
    pot = paper_pot(session, place, pot_id)
    if hold_for_ballots(session, pot.id) is not PotState.READY:
        raise Conflict(COUNTED)
    found = _locked(session, batch_id)
    if found is None:
        return  # a second click
    if (found.station_id, found.pot_id) != (place.id, pot.id):
        raise NotFound
    require_unsigned(session, place, pot.id)
    own_batch(session, actor, found, place, hand)
    if typed_in(session, found.id):
        raise Conflict(msg("Ballots of this batch are typed. Take them out first, if they lie in no batch."))
    audit.record(
        session, actor, "batch.dropped", found, process_id=place.process_id, station=place.name, number=found.number,
        declared=found.declared, reopened_because=found.reopened_because,
    )  # fmt: skip
    session.delete(found)
    session.flush()


def type_ballot(session: Session, actor: Actor, command: TypeBallot) -> int:
    """Type the next ballot of a batch, or `/` to take the last one out again. Returns how many there are then.

    The same page sent again is one ballot. Raises Conflict for a second clerk on one batch, for a ballot that is not the next
    one, and for a batch that is not open; Refused for marks that cannot be read.
    """
    found, place, hand = held_batch(session, actor, command.batch_id)
    own_batch(session, actor, found, place, hand)
    number = typed_in(session, found.id)
    pot = paper_pot(session, place, found.pot_id)
    if command.marks.strip() == UNDO:
        if command.number == number + 1 and number:
            if number <= len(scanned_in(session, pot, found.id)):
                raise Conflict(msg("This ballot came from a scan. Give all scans of this batch back to take it out."))
            session.delete(session.get_one(PaperBallot, (found.id, number)))
            session.flush()
            return number - 1
        return number
    stored = read(pot, command.marks).stored()
    if len(stored) > LONGEST:
        raise Refused(msg("This is longer than any ballot."), field="marks")
    if command.number == number and session.get_one(PaperBallot, (found.id, number)).first == stored:
        return number  # a second click
    if command.number != number + 1:
        raise Conflict(msg("Ballot %(number)s is the next one. Look at the batch again.", number=number + 1))
    if number >= MOST_IN_A_BATCH:
        raise Conflict(msg("A batch has %(most)s ballots at most. Begin another one.", most=MOST_IN_A_BATCH))
    session.add(PaperBallot(batch_id=found.id, number=number + 1, first=stored))
    session.flush()
    return number + 1


def finish_batch(session: Session, actor: Actor, batch_id: uuid.UUID, reason: str = "") -> Batch:
    """All ballots of the batch are typed: what was typed is committed. Raises Conflict when they are not as many as declared
    and no reason is given.
    """
    found, place, hand = held_batch(session, actor, batch_id)
    if found.state is BatchState.ENTERED and found.typed_by == hand[0]:
        return found
    own_batch(session, actor, found, place, hand)
    typed, words = typed_in(session, found.id), reason.strip()[:LONGEST]
    if not typed:
        raise Conflict(msg("No ballot of this batch is typed yet."))
    if typed != found.declared and not words:
        raise Conflict(
            msg(
                "%(typed)s ballots are typed, and %(declared)s were declared. Count the batch again, or write down why.",
                typed=typed,
                declared=found.declared,
            ),
            field="reason",
        )
    found.short_because = words if typed != found.declared else ""
    found.salt = secrets.token_hex(32)
    found.commitment = commitment_of(session, found)
    found.state = BatchState.ENTERED
    session.flush()
    audit.record(
        session, actor, "batch.entered", found, process_id=place.process_id, station=place.name, number=found.number,
        typed=typed, declared=found.declared, commitment=found.commitment, reason=found.short_because,
    )  # fmt: skip
    pot = paper_pot(session, place, found.pot_id)
    if reads_all(pot) or found.read_whole:
        want(session, [found])
    return found


def reopen_batch(session: Session, actor: Actor, batch_id: uuid.UUID, reason: str) -> Batch:
    """Open a batch again, to mend what was typed: its second reading begins anew.

    What was drawn stays drawn, so that nobody can have it drawn until it suits them: after the draw a batch that is opened
    again is read a second time as a whole, and what was found wrong among its drawn ballots still counts. Raises Refused
    without a reason, Conflict once anybody has signed for its station.
    """
    found, place, _hand = held_batch(session, actor, batch_id, Permission.BUDGET_CERTIFY)
    words = reason.strip()[:LONGEST]
    if not words:
        raise Refused(msg("Write down why."), field="reason")
    if found.state is BatchState.OPEN:
        return found
    keep_drawn(session, found, paper_pot(session, place, found.pot_id))
    nothing = {"second": "", "proposed": "", "proposed_by": None, "settled": ""}
    clean = {**nothing, "wanted": False, "drawn": False, "unsettled": False}
    mine = update(PaperBallot).where(PaperBallot.batch_id == found.id).values(clean)
    session.execute(mine.execution_options(synchronize_session="fetch"))
    found.state, found.reopened_because = BatchState.OPEN, words
    found.salt = found.commitment = found.read_name = ""
    found.read_by = None
    found.read_whole = sample_of(session, found.pot_id) is not None
    session.flush()
    audit.record(
        session, actor, "batch.reopened", found, process_id=place.process_id, station=place.name, number=found.number,
        reason=words,
    )  # fmt: skip
    return found


def held_batch(session: Session, actor: Actor, batch_id: uuid.UUID, *also: Permission) -> tuple[Batch, Station, Hand]:
    """A batch, held until the end of this transaction, with its station, and the clerk who asks.

    Raises NotFound for others, Conflict once the pot is counted or anybody has signed the numbers of its station.
    """
    known = session.get(Batch, batch_id)
    if known is None:
        raise NotFound
    place = station_of(session, known.station_id)
    hand = clerk(session, actor, place.process_id, *also)
    if hold_for_ballots(session, known.pot_id) is not PotState.READY:
        raise Conflict(COUNTED)
    require_unsigned(session, place, known.pot_id)
    found = _locked(session, batch_id)
    if found is None:
        raise NotFound  # it was empty, and a colleague has just removed it
    return found, place, hand


def _locked(session: Session, batch_id: uuid.UUID) -> Batch | None:
    query = select(Batch).where(Batch.id == batch_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def require_unsigned(session: Session, place: Station, pot_id: uuid.UUID) -> None:
    """Nothing that anybody has signed changes; whoever signs holds the pot, too. Raises Conflict, saying what to do."""
    kept = count_of(session, place.id, pot_id)
    if kept is not None and kept.state is CountState.PROPOSED:
        raise Conflict(
            msg("%(name)s has signed the numbers of this station. Take that signature back first.", name=kept.first_name)
        )
    if kept is not None and kept.state is CountState.SIGNED:
        raise Conflict(msg("Two people have signed the numbers of this station, so its ballots stay as they are."))


def commitment_of(session: Session, found: Batch) -> str:
    """SHA-256 over the salt and every ballot of a batch as it was typed first, a line each."""
    digest = hashlib.sha256(f"{found.salt}\n".encode())
    rows = select(PaperBallot.number, PaperBallot.first).where(PaperBallot.batch_id == found.id)
    for number, first in session.execute(rows.order_by(PaperBallot.number)):
        digest.update(f"{number} {first}\n".encode())
    return digest.hexdigest()


def own_batch(session: Session, actor: Actor, found: Batch, place: Station, hand: Hand) -> None:
    """One clerk types a batch; whoever has left office is followed by a colleague, and it stays known what they typed."""
    if found.state is not BatchState.OPEN:
        raise Conflict(msg("All ballots of this batch are typed. Open it again to mend something."))
    before = found.typed_by
    if before == hand[0]:
        return
    if before is not None and in_office(session, Permission.INTAKE, place.process_id, [before]):
        raise Conflict(
            msg("%(name)s types this batch. Two people on one batch would type ballots twice.", name=found.typed_name)
        )
    if before is not None and (typed := typed_in(session, found.id)):
        audit.record(
            session, actor, TAKEN_OVER, found, process_id=place.process_id, station=place.name, number=found.number,
            before=str(before), name=found.typed_name, typed=typed,
        )  # fmt: skip
    found.typed_by, found.typed_name = hand
