"""The committee decides what of the ballots is published, before it certifies the count."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import before_certifying
from app.features.voting.commands import DecidePublication
from app.features.voting.models import PublicationChoice, Published
from app.features.voting.publication import can_choose, choice_of, few, likeness_of, needs_choice, read_as
from app.features.voting.use_cases.hands import second_hand
from app.kernel import audit
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission


def decide_publication(session: Session, actor: Actor, command: DecidePublication) -> PublicationChoice:
    """Propose what is published, with its reason and what was measured: the first signature. Another member confirms it.

    Deciding again before certifying replaces it, and needs another signature. Raises Invalid without a choice or a reason,
    Conflict before the box is open, once certified, or with too few ballots.
    """
    pot = _locked(session, actor, command.pot_id)
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
    choice.first_hand, choice.second_hand, choice.confirmed = actor.require_signed_in(), None, False
    session.add(choice)
    session.flush()
    _record(session, actor, pot, choice, "publication.decided", unique=measured.unique)
    return choice


def confirm_publication(session: Session, actor: Actor, pot_id: uuid.UUID, seen: str) -> PublicationChoice:
    """The second hand: what was proposed to be published holds from now on. `seen`: what the confirming member read.

    Raises NotFound without the committee's role, Forbidden for whoever proposed it, Conflict when nothing waits, when something
    else is proposed meanwhile, or when the proposer left the committee.
    """
    pot = _locked(session, actor, pot_id)
    choice = choice_of(session, pot.id)
    if choice is None or choice.confirmed:
        raise Conflict(msg("Nothing waits here for a second signature."))
    if seen != read_as(choice):
        raise Conflict(msg("What was proposed has changed since. Look again before you sign."))
    choice.second_hand = second_hand(session, actor, pot.process_id, choice.first_hand)
    choice.confirmed = True
    session.flush()
    _record(session, actor, pot, choice, "publication.signed", proposed_by=str(choice.first_hand))
    return choice


def _locked(session: Session, actor: Actor, pot_id: uuid.UUID) -> Pot:
    session.execute(select(Pot.id).where(Pot.id == pot_id).with_for_update())
    pot = pot_by_id(session, pot_id, fresh=True)
    if pot is None or not actor.may(Permission.BUDGET_CERTIFY, pot.process_id):
        raise NotFound
    if pot.state is PotState.CERTIFIED:
        raise Conflict(msg("This count is certified. It stays as it is."))
    return pot


def _record(session: Session, actor: Actor, pot: Pot, choice: PublicationChoice, action: str, **details: Any) -> None:
    about = {"published": str(choice.published), "ballots": choice.ballots, **details}
    audit.record(session, actor, action, pot, process_id=pot.process_id, reason=choice.reason, **about)


UNDECIDED = msg("Decide first whether each ballot is published, or totals only. It takes two members of the committee.")


def publication_missing(session: Session, pot: Pot) -> bool:
    """Whether the committee must still decide what is published of a pot."""
    choice = choice_of(session, pot.id)
    return needs_choice(session, pot) and (choice is None or not choice.confirmed)


def _decided(session: Session, pot: Pot) -> None:
    """Raise Conflict while it is open what is published."""
    if publication_missing(session, pot):
        raise Conflict(UNDECIDED)


before_certifying.append(_decided)
