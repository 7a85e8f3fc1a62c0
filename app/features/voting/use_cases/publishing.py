"""The committee decides what of the ballots is published, before it certifies the count."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import before_certifying
from app.features.voting.commands import DecidePublication
from app.features.voting.models import PublicationChoice, Published
from app.features.voting.publication import can_choose, choice_of, few, likeness_of, needs_choice
from app.kernel import audit
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission


def decide_publication(session: Session, actor: Actor, command: DecidePublication) -> PublicationChoice:
    """Keep the decision with its reason and what was measured. Deciding again before certifying replaces it.

    Raises Invalid without a choice or a reason, Conflict before the box is open, once certified, or with too few ballots.
    """
    session.execute(select(Pot.id).where(Pot.id == command.pot_id).with_for_update())
    pot = pot_by_id(session, command.pot_id, fresh=True)
    if pot is None or not actor.may(Permission.BUDGET_CERTIFY, pot.process_id):
        raise NotFound
    if pot.state is PotState.CERTIFIED:
        raise Conflict(msg("This count is certified. It stays as it is."))
    if not can_choose(session, pot):
        raise Conflict(msg("The ballots of this pot are not opened here, so there is nothing to decide yet."))
    if few(session, pot):
        raise Conflict(msg("There are so few ballots that only winners and totals are published."))
    errors: dict[str, Message] = {}
    if command.published not in set(Published):
        errors["published"] = msg("Choose what is published.")
    if not command.reason.strip():
        errors["reason"] = msg("Write why. The reason is published.")
    if errors:
        raise Invalid(errors)
    measured = likeness_of(session, pot)
    choice = choice_of(session, pot.id) or PublicationChoice(pot_id=pot.id)
    choice.published, choice.reason = Published(command.published), command.reason.strip()
    choice.ballots, choice.unique_ballots = measured.ballots, measured.unique
    session.add(choice)
    session.flush()
    audit.record(
        session,
        actor,
        "publication.decided",
        pot,
        process_id=pot.process_id,
        reason=choice.reason,
        published=str(choice.published),
        ballots=measured.ballots,
        unique=measured.unique,
    )
    return choice


UNDECIDED = msg("Decide first whether each ballot is published, or totals only.")


def publication_missing(session: Session, pot: Pot) -> bool:
    """Whether the committee must still decide what is published of a pot."""
    return needs_choice(session, pot) and choice_of(session, pot.id) is None


def _decided(session: Session, pot: Pot) -> None:
    """Raise Conflict while it is open what is published."""
    if publication_missing(session, pot):
        raise Conflict(UNDECIDED)


before_certifying.append(_decided)
