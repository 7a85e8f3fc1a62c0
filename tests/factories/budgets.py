"""Pots and projects for tests, in every state."""

from datetime import timedelta
from typing import Any

from app.features.budgets.models import Feasibility, FeasibilityReview, Pot, PotState, Project, ProjectCategory, ProjectProposal
from app.features.spaces.models import Action
from app.kernel import clock
from app.kernel.references import new_reference
from tests.factories import spaces
from tests.factories.tools import add, number


def pot(process: Any = None, **attributes: Any) -> Pot:
    """A fixed pot of 100,000 euros from which voters may choose three projects; in an open process unless told otherwise."""
    process = process or spaces.process()
    values: dict[str, Any] = {
        "process_id": process.id,
        "title": {"en": f"Money for the district {number()}"},
        "amount": 10_000_000,
        "currency": "EUR",
        "max_projects": 3,
        "options": {"tie_rules": ["listed_first"]},
        "state": PotState.READY,
        **attributes,
    }
    return add(Pot(**values))


def finished_pot(process: Any = None, **attributes: Any) -> Pot:
    """A pot whose vote is over. Give it projects and ballots, then let it be counted."""
    return pot(process or finished_process(), **attributes)


def finished_process(**attributes: Any) -> Any:
    """A process whose vote ended yesterday."""
    process = spaces.process(open_for=None, **attributes)
    now = clock.now()
    spaces.phase(process, "Vote", actions=[Action.VOTE], starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1))
    return process


def project(pot: Pot, *, categories: Any = (), made_from: Any = (), **attributes: Any) -> Project:
    """A project of the pot that costs 1,000 euros and has a place; `categories` and `made_from` are rows."""
    n = number()
    values: dict[str, Any] = {
        "pot_id": pot.id,
        "number": str(n),
        "reference": new_reference("B", 8),
        "title": {"en": f"A fountain {n}"},
        "cost": 100_000,
        "lon": 24.944,
        "lat": 60.17,
        "position": n,
        **attributes,
    }
    found = Project(**values)
    pot.projects.append(found)
    add(found)
    for category in categories:
        found.categories.append(ProjectCategory(project_id=found.id, category_id=category.id))
    for proposal in made_from:
        found.proposals.append(ProjectProposal(project_id=found.id, proposal_id=proposal.id))
    return add(found)


def review(proposal: Any, outcome: Feasibility = Feasibility.FEASIBLE, **attributes: Any) -> FeasibilityReview:
    """A review of the proposal, the first one unless `number` says otherwise."""
    values: dict[str, Any] = {
        "proposal_id": proposal.id,
        "process_id": proposal.process_id,
        "number": 1,
        "outcome": outcome,
        "reason": {"en": "The ground belongs to the city."},
        "cost": 200_000,
        "currency": "EUR",
        **attributes,
    }
    return add(FeasibilityReview(**values))


def certified(pot: Pot, winners: Any, *, voters: int = 10, **record: Any) -> Pot:
    """Certify a hand-made count in which `winners` (projects) won with falling scores and nobody voted for the others."""
    won = [one.number for one in winners]
    others = [one.number for one in pot.projects if one.number not in won]
    left, why = pot.amount, {}
    costs = {one.number: one.cost for one in pot.projects}
    for place, name in enumerate([*won, *others], 1):
        score = max(voters - place + 1, 1) if name in won else 0
        reason = "won" if name in won else "no_votes"
        why[name] = {
            "place": place,
            "score": str(score),
            "votes": score,
            "cost": costs[name],
            "left": left,
            "reason": reason,
            "short_by": 0,
            "needed_score": None if name in won else 1,
            "outranks": None,
            "excluded_by": None,
        }
        left -= costs[name] if name in won else 0
    pot.result = {
        "supported": True,
        "rule": pot.rule,
        "winners": won,
        "cost": pot.amount - left,
        "budget": pot.amount,
        "left": left,
        "voters": voters,
        "blank": 0,
        "channels": {"web": voters - 1, "desk": 1},
        "tie_rules": ["listed_first"],
        "ties": [],
        "why": why,
        **record,
    }
    pot.state = PotState.CERTIFIED
    pot.counted_at = pot.certified_at = clock.now()
    return add(pot)
