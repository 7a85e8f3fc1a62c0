"""The winners of a certified count are handed on to the room that tells people what becomes of them."""

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from app.features.answers.use_cases import BeginImplementation, Lost, ask_to_stop, begin_implementations
from app.features.budgets.models import Pot
from app.features.spaces.queries import process
from app.kernel import clock
from app.kernel.permissions import Actor


def carry_out_corrected(session: Session, actor: Actor, pot: Pot) -> None:
    """Begin what wins only now, and have stopped what no longer does."""
    begin_carrying_out(session, actor, pot, won_on=clock.now().date())
    won = set((pot.result or {}).get("winners", []))
    ask_to_stop(session, pot.id, {project.id for project in pot.projects if project.number in won}, Lost.CORRECTED)


when_annulled: list[Callable[[Session, Pot], None]] = []
"""What else follows when the vote on a pot does not count: voters may have used a vote there that is good elsewhere, too."""


def stop_annulled(session: Session, pot: Pot) -> None:
    """Have everything stopped that a pot began, once the vote on it does not count."""
    ask_to_stop(session, pot.id, set(), Lost.ANNULLED)
    for follow in when_annulled:
        follow(session, pot)


def begin_carrying_out(session: Session, actor: Actor, pot: Pot, *, won_on: date | None = None) -> None:
    """Begin an implementation for each winner, won when the pot was certified unless said otherwise.

    Nothing is carried out after a rehearsal, or in an election from elsewhere.
    """
    space = process(session, pot.process_id)
    record = pot.result or {}
    if space is None or space.rehearsal_of is not None or space.imported or not record.get("supported"):
        return
    won = set(record["winners"])
    certified = won_on or (pot.certified_at or clock.now()).date()
    winners = [
        BeginImplementation(
            process_id=pot.process_id,
            pot_id=pot.id,
            project_id=project.id,
            reference=project.reference,
            title=project.title,
            pot_title=pot.title,
            cost=project.cost,
            currency=pot.currency,
            won_on=certified,
            lon=project.lon,
            lat=project.lat,
            proposal_ids=tuple(sorted((link.proposal_id for link in project.proposals), key=str)),
        )
        for project in pot.projects
        if project.number in won
    ]
    begin_implementations(session, actor, winners)
