"""A batch is opened: what its sheets are, from where and which day, and how many there are said to be."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.consents.queries import AgreementState, DataAgreement, agreement
from app.features.intake.commands import OpenBatch
from app.features.intake.models import IntakeBatch, SheetKind
from app.features.intake.rules import DECLARED_MOST, STATION_MOST
from app.features.intake.use_cases.held import note, require_clerk
from app.features.spaces.queries import Action, Process, Publication, action_open, process, why_closed
from app.kernel import clock
from app.kernel.errors import Conflict, Invalid, NotFound, PhaseClosed
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor
from app.kernel.references import new_reference
from app.kernel.texts import clean_line

TRIES = 12


def open_batch(session: Session, actor: Actor, command: OpenBatch) -> IntakeBatch:
    """Open a batch. The same form sent twice opens one.

    Raises Forbidden for everybody but clerks of the process, NotFound for an agreement that nobody is asked about, PhaseClosed
    when proposals were not taken on that day, Invalid with what is wrong or missing.
    """
    clerk = require_clerk(actor, command.process_id)
    if (known := session.get(IntakeBatch, command.batch_id)) is not None:
        return _opened_before(actor, known)
    errors = _errors(command)
    received_at, revision_id = clock.now(), None
    if command.kind is SheetKind.PROPOSAL:
        where = process(session, command.process_id) if command.process_id else None
        if where is None:
            raise NotFound
        if command.at_once and where.publication is Publication.AFTER_APPROVAL:
            errors["at_once"] = msg("In this process moderators look first, so nothing can appear at once.")
        if "day" not in errors:
            received_at = _moment_of(command, where)
    else:
        found = agreement(session, command.agreement_id) if command.agreement_id else None
        asked = _asked(found, command).current
        revision_id = asked.id
        if asked.in_force_at is not None and command.day < asked.in_force_at.astimezone(ZoneInfo(command.zone)).date():
            errors["day"] = msg(
                "On that day the question had another text: the one of now counts since %(day)s. Ask these people again.",
                day=asked.in_force_at,
            )
        # at any hour of that day: what was recorded in its course may be newer, and a yes is not put in its place
        received_at = min(received_at, datetime.combine(command.day, time(0), ZoneInfo(command.zone)).astimezone(UTC))
        if command.at_once:
            errors["at_once"] = msg("Answers about personal data count when the batch is closed.")
    if errors:
        raise Invalid(errors)
    batch = IntakeBatch(
        id=command.batch_id,
        process_id=command.process_id,
        kind=command.kind,
        agreement_id=command.agreement_id if command.kind is SheetKind.CONSENT else None,
        revision_id=revision_id,
        station=clean_line(command.station),
        day=command.day,
        received_at=received_at,
        declared=command.declared,
        at_once=command.at_once,
        opened_by=clerk,
    )
    return _add(session, actor, batch)


def _errors(command: OpenBatch) -> dict[str, Message]:
    errors: dict[str, Message] = {}
    if not 0 < len(clean_line(command.station)) <= STATION_MOST:
        errors["station"] = msg("Write where the sheets were handed in.")
    if command.day > clock.today(command.zone):
        errors["day"] = msg("This day is still to come. Write when the sheets arrived.")
    if not 0 < command.declared <= DECLARED_MOST:
        errors["declared"] = msg(
            "Count the sheets: from 1 to %(most)s. More than that are several batches.", most=DECLARED_MOST
        )
    return errors


def _asked(found: DataAgreement | None, command: OpenBatch) -> DataAgreement:
    if found is None or found.state is not AgreementState.IN_FORCE or not found.asks:
        raise NotFound
    if found.process_id != command.process_id:
        raise NotFound
    return found


def _moment_of(command: OpenBatch, where: Process) -> datetime:
    """A moment of the day at which proposals were taken: at noon, or else late or early on that day. Raises PhaseClosed."""
    zone = ZoneInfo(command.zone)
    moments = [
        min(datetime.combine(command.day, hour, zone).astimezone(UTC), clock.now())
        for hour in (time(12), time(23, 59, 59), time(0))
    ]
    found = next((moment for moment in moments if action_open(where, Action.PROPOSE, moment)), None)
    if found is None:
        raise PhaseClosed(why_closed(where, Action.PROPOSE, moments[0]))
    return found


def _add(session: Session, actor: Actor, batch: IntakeBatch) -> IntakeBatch:
    for _try in range(TRIES):
        batch.reference = new_reference("B")
        try:
            with session.begin_nested():
                session.add(batch)
                session.flush()
        except IntegrityError:  # the reference is taken, or the other click of a double click was faster by a moment
            known = session.get(IntakeBatch, batch.id)
            if known is not None:
                return _opened_before(actor, known)
            continue
        note(session, actor, "intake_batch.opened", batch, batch, declared=batch.declared, station=batch.station)
        session.flush()
        return batch
    raise Conflict(msg("We could not find a free reference. Try again."))


def _opened_before(actor: Actor, known: IntakeBatch) -> IntakeBatch:
    if known.opened_by != actor.person_id:
        raise Conflict(msg("This form was already used. Open the page again."))
    return known
