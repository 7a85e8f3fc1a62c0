"""Reports and decisions for tests."""

from typing import Any

from app.extensions import db
from app.features.moderation.models import Decision, Reason, Report, Subject, Verb
from app.features.proposals.models import Comment, Proposal
from tests.factories.tools import add


def _subject(thing: Proposal | Comment) -> dict[str, Any]:
    proposal = thing if isinstance(thing, Proposal) else db.session.get_one(Proposal, thing.proposal_id)
    kind = Subject.PROPOSAL if isinstance(thing, Proposal) else Subject.COMMENT
    return {"subject_type": kind, "subject_id": thing.id, "process_id": proposal.process_id}


def report(thing: Proposal | Comment, **attributes: Any) -> Report:
    """An open report on a proposal or comment, without an account unless `reporter_id` says whose."""
    return add(Report(**{**_subject(thing), "reason": Reason.ADVERTISING, **attributes}))


def hidden(thing: Proposal | Comment, **attributes: Any) -> Decision:
    """The decision by which something was hidden."""
    return add(
        Decision(**{**_subject(thing), "verb": Verb.HIDE, "reason": Reason.INSULT, "state_before": "published", **attributes})
    )
