"""Somebody tells the moderators that something breaks the rules."""

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.moderation import rules
from app.features.moderation.commands import WriteReport
from app.features.moderation.models import Report, ReportState, Subject
from app.features.moderation.queries import reportable_comment
from app.features.proposals.queries import visible_proposal
from app.kernel.automated import decides
from app.kernel.errors import Invalid
from app.kernel.messages import msg
from app.kernel.permissions import Actor


@decides("limits")
def write_report(session: Session, actor: Actor, command: WriteReport) -> Report | None:
    """Put a notice into the moderators' queue. Anybody may; a second one of the same person changes nothing.

    Returns None where nothing new was stored (a repetition, or more anonymous notices than help). Raises NotFound for
    what the reporter cannot see.
    """
    if command.subject_type is Subject.PROPOSAL:
        proposal = visible_proposal(session, actor, command.subject_id)
    else:
        proposal = visible_proposal(session, actor, reportable_comment(session, command.subject_id).proposal_id)
    if command.reason in rules.NEEDS_WORDS and not command.text.strip():
        raise Invalid({"text": msg("Say in a few words what is wrong.")})
    if actor.person_id is None and _anonymous_reports(session, command) >= rules.MOST_ANONYMOUS_REPORTS:
        return None
    report = Report(
        subject_type=command.subject_type,
        subject_id=command.subject_id,
        process_id=proposal.process_id,
        reporter_id=actor.person_id,
        reason=command.reason,
        text=command.text,
    )
    try:
        with session.begin_nested():
            session.add(report)
            session.flush()
    except IntegrityError:
        return None
    return report


def _anonymous_reports(session: Session, command: WriteReport) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(Report)
            .where(
                Report.subject_type == command.subject_type,
                Report.subject_id == command.subject_id,
                Report.reporter_id.is_(None),
                Report.state == ReportState.OPEN,
            )
        )
        or 0
    )
