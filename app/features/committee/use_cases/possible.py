"""What the committee can decide now; and where something stands in the way, what it is and on which page it is mended.

Nothing is counted here, so the page that offers decisions can ask for all of them.
"""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState, pots_of, require_valid
from app.features.budgets.use_cases import (
    before_certifying,
    draws_of,
    require_finished_count,
    require_withdrawable,
    ties_to_draw,
)
from app.features.committee.balances import unsettled
from app.features.committee.models import DecisionKind
from app.features.committee.queries import agreed_stations, paper_was_typed
from app.features.committee.use_cases.ending import require_destroyable
from app.features.committee.use_cases.objecting import anybody_waits
from app.features.spaces.queries import Action, action_open, process
from app.features.voting.queries import BoxState, box_of
from app.features.voting.use_cases import (
    UNDECIDED,
    paper_rules,
    publication_missing,
    require_agreed,
    require_disputed,
    require_readable,
)
from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.messages import Message, msg

UNSETTLED = msg(
    "The numbers of this pot do not agree yet: totals of a station are missing, or a difference has no written reason. "
    "Look at the reconciliation."
)

CERTIFIED_PAPER = msg(
    "This pot is certified, so its ballots on paper lie in no batch any more. No station can sign its numbers again."
)
KNOWN = msg(
    "Ballots on paper have been looked at, so people know a part of the count. "
    "From then on nobody may cast a ballot: the time of the vote cannot be changed any more."
)


class Mend(StrEnum):
    """The page on which something is mended."""

    RECONCILIATION = "reconciliation"
    PUBLICATION = "publication"
    POT = "pot"


class NotYet(Conflict):
    """Something is missing that can be mended on a page."""

    def __init__(self, message: Message, mend: Mend) -> None:
        super().__init__(message)
        self.mend = mend


def require_possible(session: Session, kind: DecisionKind, process_id: uuid.UUID, pot: Pot | None = None) -> None:
    """Raise Conflict (NotYet where it can be mended) for what cannot be decided now, whatever is written in it.

    `pot`: for decisions about one. Signing refuses nothing that is not refused here before.
    """
    if pot is not None:
        require_valid(pot)
        _about_a_pot(session, kind, pot)
    elif kind is DecisionKind.DESTRUCTION:
        require_destroyable(session, process_id)
    elif kind is DecisionKind.OPENING_ANEW:
        require_disputed(session, process_id)
    elif kind is DecisionKind.OBJECTION:
        if not anybody_waits(session, process_id):
            raise Conflict(msg("No objection waits for a decision."))
    else:
        _about_the_time(session, kind, process_id)


def _about_the_time(session: Session, kind: DecisionKind, process_id: uuid.UUID) -> None:
    space = process(session, process_id)
    if kind is DecisionKind.INTERRUPTION:
        if space is None or not action_open(space, Action.VOTE, clock.now()):
            raise Conflict(msg("The vote does not run now, so there is nothing to interrupt."))
        return
    _require_open_box(session, process_id)
    if kind is DecisionKind.RESUMPTION and (space is None or space.interrupted_at is None):
        raise Conflict(msg("The vote is not interrupted."))
    if kind is DecisionKind.EXTENSION and not ends_of_vote(session, process_id):
        raise Conflict(msg("There is no vote in this process."))
    if paper_was_typed(session, process_id):
        raise Conflict(KNOWN)


def _about_a_pot(session: Session, kind: DecisionKind, pot: Pot) -> None:
    if kind is DecisionKind.ANNULMENT and pot.state is PotState.DRAFT:
        raise Conflict(msg("The ballot is not fixed yet, so there is no vote to annul."))
    if kind in (DecisionKind.RECOUNT, DecisionKind.CORRECTION):
        _countable_again(session, kind, pot)
    if kind is DecisionKind.CERTIFICATION:
        _certifiable(session, pot)
    if kind is DecisionKind.TOTALS_AGAIN and not agreed_stations(session, pot):
        raise NotYet(msg("There is no station on whose totals for this pot two people agree."), Mend.RECONCILIATION)
    if kind is DecisionKind.TOTALS_AGAIN and pot.state is PotState.CERTIFIED and paper_rules(session, pot) is not None:
        raise Conflict(CERTIFIED_PAPER)
    if kind is DecisionKind.DRAW_AGAIN and not draws_of(pot).get("draws"):
        raise Conflict(msg("No draw has been confirmed for this pot."))
    if kind is DecisionKind.WITHDRAWAL:
        _withdrawable(session, pot)


def _withdrawable(session: Session, pot: Pot) -> None:
    """While nobody can know who would win: what is opened without network leaves the house when the box is closed."""
    if _is_closing(session, pot.process_id):
        raise Conflict(
            msg(
                "The box is closed, so somebody may know how people voted: no project can be withdrawn any more. "
                "If it wins and cannot be built, it is stopped on its page, with the reason."
            )
        )
    require_withdrawable(session, pot)
    if paper_was_typed(session, pot.process_id):
        raise Conflict(
            msg("Ballots on paper have been looked at, so people know a part of the count: no project can be withdrawn.")
        )


def _countable_again(session: Session, kind: DecisionKind, pot: Pot) -> None:
    if kind is DecisionKind.RECOUNT and pot.state not in (PotState.COUNTED, PotState.CERTIFIED):
        raise NotYet(msg("This pot has not been counted yet."), Mend.POT)
    if kind is DecisionKind.CORRECTION and pot.state is not PotState.CERTIFIED:
        raise Conflict(msg("Nothing is certified here, so there is nothing to correct. Count again instead."))
    require_readable(session, pot)
    if kind is DecisionKind.CORRECTION:
        require_agreed(session, pot)
    if unsettled(session, pot):
        raise NotYet(UNSETTLED, Mend.RECONCILIATION)
    if kind is DecisionKind.CORRECTION and ties_to_draw(pot):
        raise NotYet(msg("A draw decides who wins and has not been held yet. Enter the draw first."), Mend.POT)


def _certifiable(session: Session, pot: Pot) -> None:
    if pot.state is PotState.CERTIFIED:
        raise Conflict(msg("Only a finished count can be certified, and only once."))
    if pot.state is not PotState.COUNTED:
        raise NotYet(msg("Only a finished count can be certified, and only once."), Mend.POT)
    try:
        require_finished_count(pot.result)
    except Conflict as unfinished:
        raise NotYet(unfinished.message, Mend.POT) from None
    if unsettled(session, pot):
        raise NotYet(UNSETTLED, Mend.RECONCILIATION)
    if publication_missing(session, pot):
        raise NotYet(UNDECIDED, Mend.PUBLICATION)
    for require in before_certifying:
        require(session, pot)


def ends_of_vote(session: Session, process_id: uuid.UUID) -> list[datetime]:
    """The ends of all phases in which people vote."""
    space = process(session, process_id)
    return [phase.ends_at for phase in space.phases if Action.VOTE in phase.actions] if space else []


def _is_closing(session: Session, process_id: uuid.UUID) -> bool:
    """Whether the box is closed, or being closed at this moment."""
    box = box_of(session, process_id)
    return box is not None and (box.state is not BoxState.OPEN or box.closing.get("step") == "sealing")


def _require_open_box(session: Session, process_id: uuid.UUID) -> None:
    if _is_closing(session, process_id):
        raise Conflict(msg("The box is closed, so the time of the vote cannot be changed any more."))
    if any(pot.state in (PotState.COUNTED, PotState.CERTIFIED) for pot in pots_of(session, process_id)):
        raise Conflict(msg("The vote has been counted, so its time cannot be changed any more."))
