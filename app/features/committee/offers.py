"""What the pages offer a member to propose, and for what cannot be decided now why not and where it is mended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, withdrawn_from
from app.features.budgets.use_cases import draws_of
from app.features.committee.models import Decision, DecisionKind, DecisionState
from app.features.committee.queries import agreed_stations
from app.features.committee.shown import PROPOSALS
from app.features.committee.use_cases import Mend, NotYet, require_possible
from app.kernel.errors import Refused
from app.web.filters import local_text, translate


@dataclass(frozen=True)
class Obstacle:
    """Why something cannot be decided now; with the address and name of the page on which it is mended, if there is one."""

    why: str
    url: str = ""
    page: str = ""


@dataclass(frozen=True)
class Offer:
    """A decision by name, with what stands in its way."""

    kind: DecisionKind
    words: str
    obstacle: Obstacle | None


def offers(session: Session, process_id: UUID, decisions: Iterable[Decision], pot: Pot | None = None) -> list[Offer]:
    """What can be proposed about a process or one of its pots; `decisions` are those of the process."""
    waiting = {(one.kind, one.pot_id): one.id for one in decisions if one.state is DecisionState.PROPOSED}
    found = []
    for kind in DecisionKind:
        if kind.about_a_pot is (pot is None):
            continue
        other = waiting.get((kind, pot.id if pot else None)) if kind is not DecisionKind.OBJECTION else None
        obstacle = _waits(other) if other else obstacle_to(session, kind, process_id, pot)
        found.append(Offer(kind, translate(PROPOSALS[kind]), obstacle))
    return found


def obstacle_to(session: Session, kind: DecisionKind, process_id: UUID, pot: Pot | None) -> Obstacle | None:
    """What stands in the way of a decision now, whatever is written in it; None where nothing does."""
    try:
        require_possible(session, kind, process_id, pot)
    except NotYet as missing:
        return Obstacle(translate(missing.message), *_page(missing.mend, process_id, pot))
    except Refused as refusal:
        return Obstacle(translate(refusal.message))
    return None


def _waits(decision_id: UUID) -> Obstacle:
    url = url_for("committee_staff.show_one", decision_id=decision_id)
    return Obstacle(_("It waits for a second signature."), url, _("Look at the decision"))


def _page(mend: Mend, process_id: UUID, pot: Pot | None) -> Sequence[str]:
    if mend is Mend.RECONCILIATION:
        return url_for("committee_paper.index", process_id=process_id), _("Reconciliation and ballots on paper")
    if mend is Mend.PUBLICATION:
        return url_for("voting_publication.show", pot_id=pot.id if pot else None), _("Decide what is published")
    return url_for("voting_committee.pot_page", pot_id=pot.id if pot else None), _("Look at the pot and its count")


def to_choose(session: Session, kind: DecisionKind, pot: Pot | None) -> list[tuple[str, str]]:
    """The stations or draws that can be reopened, the projects that can be withdrawn: as forms offer them, (value, label)."""
    if pot is not None and kind is DecisionKind.WITHDRAWAL:
        gone = withdrawn_from(pot)
        return [(one.number, f"{one.number} {local_text(one.title)}") for one in pot.projects if one.number not in gone]
    if pot is not None and kind is DecisionKind.TOTALS_AGAIN:
        return [(str(one.id), one.name) for one in agreed_stations(session, pot)]
    if pot is not None and kind is DecisionKind.DRAW_AGAIN:
        titles = {one.number: f"{one.number} {local_text(one.title)}" for one in pot.projects}
        draws = draws_of(pot).get("draws") or []
        return [(str(place), _in_order([titles.get(one, one) for one in draw])) for place, draw in enumerate(draws)]
    return []


def _in_order(projects: list[str]) -> str:
    """What was drawn, the first one first; each title keeps its own direction."""
    said, *others = [f"\u2068{one}\u2069" for one in projects]
    for one in others:
        said = _("%(first)s, then %(next)s", first=said, next=one)
    return said
