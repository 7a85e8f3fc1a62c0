"""What becomes of reports and decisions: they stay for those they are about, without the name of whoever wrote them."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists

from app.features.moderation.models import Decision, Report, Subject
from app.kernel.erasing import anonymous, needed, nothing_of_people
from app.kernel.messages import msg

anonymous(
    "reports",
    msg("What you reported to the moderators"),
    Report.reporter_id,
    kept=(Report.text,),
    why=msg("The report and what you wrote in it stay with the decision about it. That it was you is no longer said."),
)
anonymous(
    "decisions",
    msg("Decisions you took as a moderator"),
    Decision.moderator_id,
    kept=(Decision.text,),
    why=msg("Authors can appeal against them, so they stay. Your name goes."),
)
nothing_of_people(
    "the record that is reported or decided on, never a person",
    "report.subject_id",
    "decision.subject_id",
    "decision.together_id",
)


def _judged(kind: Subject) -> Any:
    def condition(model: Any) -> ColumnElement[bool]:
        reported = exists().where(and_(Report.subject_type == kind, Report.subject_id == model.id))
        decided = exists().where(and_(Decision.subject_type == kind, Decision.subject_id == model.id))
        return reported | decided

    return condition


needed("proposal", "moderation", _judged(Subject.PROPOSAL))
needed("comment", "moderation", _judged(Subject.COMMENT))
