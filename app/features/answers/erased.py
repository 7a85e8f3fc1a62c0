"""What becomes of what this room keeps about a person: what they follow goes, what they wrote in office stays."""

from sqlalchemy import exists

from app.features.answers.models import (
    AnswerVersion,
    ImplementationFollow,
    ImplementationSource,
    MilestoneVersion,
    OfficialAnswer,
)
from app.kernel.erasing import anonymous, goes, needed, nothing_of_people
from app.kernel.messages import msg

OFFICE = msg("You wrote them for the city, and people rely on them. Your name goes.")
goes("implementations_followed", msg("Winners whose implementation you follow"), ImplementationFollow.person_id)
anonymous(
    "answers",
    msg("Official answers you wrote in office"),
    OfficialAnswer.officer_id,
    kept=(OfficialAnswer.reasons, OfficialAnswer.department),
    why=OFFICE,
)
anonymous(
    "answer_versions",
    msg("Earlier versions of official answers you wrote in office"),
    AnswerVersion.officer_id,
    kept=(AnswerVersion.content,),
    why=OFFICE,
)
anonymous(
    "milestones",
    msg("Steps of implementations you wrote in office"),
    MilestoneVersion.officer_id,
    kept=(MilestoneVersion.content,),
    why=OFFICE,
)
nothing_of_people(
    "the city's own words about winners",
    "implementation.title",
    "implementation.pot_title",
    "milestone.title",
    "milestone.note",
)


needed("proposal", "official_answer", lambda proposal: exists().where(OfficialAnswer.proposal_id == proposal.id))
needed("proposal", "implementation_source", lambda proposal: exists().where(ImplementationSource.proposal_id == proposal.id))
