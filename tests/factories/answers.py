"""Official answers for tests."""

from datetime import timedelta
from typing import Any

from app.features.answers.models import (
    AnswerStatus,
    AnswerVersion,
    Implementation,
    ImplementationSource,
    Milestone,
    MilestoneVersion,
    OfficialAnswer,
)
from app.features.proposals.models import Proposal
from app.kernel import clock
from tests.factories.tools import add, number


def answer(proposal: Proposal, **attributes: Any) -> OfficialAnswer:
    """An official answer; the proposal knows its status."""
    found = add(
        OfficialAnswer(
            **{
                "proposal_id": proposal.id,
                "process_id": proposal.process_id,
                "status": AnswerStatus.ACCEPTED,
                "reasons": "We will put the bench there in spring.",
                "language": "en",
                "currency": "EUR",
                "cost": 120_000,
                "department": "Parks and Gardens",
                **attributes,
            }
        )
    )
    add(AnswerVersion(answer_id=found.id, version=found.version, content=_content(found)))
    proposal.answer_status = found.status
    add(proposal)
    return found


def _content(found: OfficialAnswer) -> dict[str, Any]:
    return {
        "status": found.status,
        "reasons": found.reasons,
        "language": found.language,
        "cost": found.cost,
        "currency": found.currency,
        "planned_for": None,
        "department": found.department,
        "published_at": found.published_at.isoformat(),
    }


def implementation(project: Any, process: Any, *, sources: Any = (), **attributes: Any) -> Implementation:
    """What becomes of a project that won; `sources` are proposals."""
    found = add(
        Implementation(
            **{
                "process_id": process.id,
                "pot_id": project.pot_id,
                "project_id": project.id,
                "reference": project.reference,
                "title": project.title,
                "pot_title": {"en": "Money for the parks"},
                "cost": project.cost,
                "currency": "EUR",
                "lon": project.lon,
                "lat": project.lat,
                "won_on": clock.now().date() - timedelta(days=30),
                **attributes,
            }
        )
    )
    for proposal in sources:
        add(ImplementationSource(implementation_id=found.id, proposal_id=proposal.id))
    return found


def milestone(implementation: Implementation, **attributes: Any) -> Milestone:
    """A planned step with its first version."""
    found = add(
        Milestone(
            **{
                "implementation_id": implementation.id,
                "title": {"en": "Ask builders for offers"},
                "planned_for": clock.now().date() + timedelta(days=60),
                "position": number(),
                **attributes,
            }
        )
    )
    add(MilestoneVersion(milestone_id=found.id, version=found.version, content=_step_content(found)))
    return found


def earlier(step: Milestone, **differences: Any) -> MilestoneVersion:
    """The version before the present one, in which `differences` stood."""
    content = _step_content(step) | {"done_on": None} | differences
    return add(MilestoneVersion(milestone_id=step.id, version=step.version - 1, content=content))


def _step_content(found: Milestone) -> dict[str, Any]:
    return {
        "title": found.title,
        "state": found.state,
        "planned_for": found.planned_for.isoformat() if found.planned_for else None,
        "done_on": found.done_on.isoformat() if found.done_on else None,
        "note": found.note,
        "cost": found.cost,
    }
