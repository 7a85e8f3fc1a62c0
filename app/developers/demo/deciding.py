"""What staff do about proposals: the moderator's decisions, the reports before them, the city's answers."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.developers.demo.people import resident
from app.developers.demo.stage import Stage
from app.features.answers.commands import PublishAnswer
from app.features.answers.models import AnswerStatus
from app.features.answers.use_cases import publish_answer
from app.features.moderation.commands import Decide, WriteReport
from app.features.moderation.models import Reason, Subject, Verb
from app.features.moderation.use_cases import decide, write_report
from app.features.proposals.models import Comment, Proposal, ProposalState
from app.kernel import clock
from app.kernel.permissions import ANONYMOUS


def moderate(stage: Stage, proposal: Proposal, entry: dict[str, Any], chance: random.Random, wrote_at: datetime) -> None:
    """Approve what waits, unless the entry leaves it in the queue; hide what the entry says, with its reason."""
    session, actor = stage.session, stage.people.actor("moderator")
    if proposal.state is ProposalState.PENDING and entry.get("state") != "pending":
        read_at = min(wrote_at + timedelta(minutes=chance.randint(25, 1_400)), stage.last)
        with clock.pinned(read_at):
            decide(session, actor, Decide(Subject.PROPOSAL, proposal.id, Verb.APPROVE))
    if "hidden" in entry:
        reason, text = entry["hidden"]
        with clock.pinned(min(wrote_at + timedelta(days=2), stage.last)):
            decide(session, actor, Decide(Subject.PROPOSAL, proposal.id, Verb.HIDE, Reason(reason), text))


def reports(stage: Stage, proposal: Proposal, entry: dict[str, Any], chance: random.Random) -> None:
    """Notices to the moderators: `[reason, text]`; without an account when the text is empty. They wait in the queue."""
    for reason, text in entry.get("reports", ()):
        person = stage.people.somebody("fi", chance)
        actor = resident(person) if text else ANONYMOUS
        with clock.pinned(stage.last - timedelta(hours=chance.randint(3, 60))):
            write_report(stage.session, actor, WriteReport(Subject.PROPOSAL, proposal.id, Reason(reason), text))


def report_comment(stage: Stage, comment: Comment, reason: str, chance: random.Random, *, hide: bool) -> None:
    """Somebody reports a comment; the moderator hides it, or it waits in the queue."""
    person = stage.people.somebody("en", chance, [comment.author_id] if comment.author_id else [])
    with clock.pinned(stage.last - timedelta(hours=30)):
        write_report(stage.session, resident(person), WriteReport(Subject.COMMENT, comment.id, Reason(reason)))
    if hide:
        with clock.pinned(stage.last - timedelta(hours=20)):
            decide(
                stage.session, stage.people.actor("moderator"), Decide(Subject.COMMENT, comment.id, Verb.HIDE, Reason(reason))
            )


def answer(stage: Stage, proposal: Proposal, versions: Sequence[dict[str, Any]]) -> None:
    """Publish the city's answer, and each later version of it, on the days the entry says."""
    for seen, words in enumerate(versions):
        moment = stage.calendar.midnight(-words["ago"]) + timedelta(hours=10, minutes=len(words["reasons"]) % 60)
        with clock.pinned(min(moment, stage.calendar.now - timedelta(minutes=3))):
            publish_answer(
                stage.session,
                stage.people.actor("officer"),
                PublishAnswer(
                    proposal_id=proposal.id,
                    status=AnswerStatus(words["status"]),
                    reasons=words["reasons"],
                    department=words["by"],
                    language=words["lang"],
                    currency="EUR",
                    cost=words["cost"] * 100 if "cost" in words else None,
                    planned_for=stage.calendar.midnight(words["planned"]).date() if "planned" in words else None,
                    seen_version=seen,
                ),
            )
