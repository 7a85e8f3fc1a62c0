"""What won is carried out: each winner of a certified pot gets a page that everybody can follow."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.answers.commands import BeginImplementation
from app.features.answers.models import Implementation, ImplementationSource
from app.kernel import audit
from app.kernel.permissions import Actor


def begin_implementations(session: Session, actor: Actor, winners: Iterable[BeginImplementation]) -> list[Implementation]:
    """Begin for each winner what was not begun before; certifying again (a corrected count) begins only what is new.

    `budgets` calls it in the transaction that certifies, so it asks for no permission of its own. Returns the new ones.
    """
    begun = []
    for winner in winners:
        if session.scalar(select(Implementation.id).where(Implementation.project_id == winner.project_id)) is not None:
            continue
        found = _implementation(winner)
        try:
            with session.begin_nested():
                session.add(found)
                session.flush()
        except IntegrityError:
            continue  # the same certificate, given twice at the same moment
        session.add_all(ImplementationSource(implementation_id=found.id, proposal_id=one) for one in winner.proposal_ids)
        audit.record(session, actor, "implementation.begun", found, process_id=found.process_id, project=found.reference)
        begun.append(found)
    session.flush()
    return begun


def _implementation(winner: BeginImplementation) -> Implementation:
    return Implementation(
        process_id=winner.process_id,
        pot_id=winner.pot_id,
        project_id=winner.project_id,
        reference=winner.reference,
        title=winner.title,
        pot_title=winner.pot_title,
        cost=winner.cost,
        currency=winner.currency,
        won_on=winner.won_on,
        lon=winner.lon,
        lat=winner.lat,
    )
