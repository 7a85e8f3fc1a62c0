"""What becomes of what this room keeps about a person: reviews they wrote in office stay without their name."""

from sqlalchemy import exists

from app.features.budgets.models import FeasibilityReview, ProjectProposal
from app.kernel.erasing import anonymous, needed, nothing_of_people
from app.kernel.messages import msg

anonymous(
    "feasibility_reviews",
    msg("Reviews of proposals you wrote in office"),
    FeasibilityReview.reviewer_id,
    kept=(FeasibilityReview.reason,),
    why=msg("You wrote them for the city, and the ballot rests on them. Your name goes."),
)
nothing_of_people(
    "the city's own words about pots and projects, and the rule",
    "pot.title",
    "pot.description",
    "pot.options",
    "pot.result",
    "project.title",
    "project.description",
    "project.extra",
    "project.number",
)
nothing_of_people(
    "published results of other elections, without voters", "election_import.meta", "election_import.summary",
    "election_import.file_name", "election_import.note",
)  # fmt: skip
needed("proposal", "project_proposal", lambda proposal: exists().where(ProjectProposal.proposal_id == proposal.id))
needed("proposal", "feasibility_review", lambda proposal: exists().where(FeasibilityReview.proposal_id == proposal.id))
