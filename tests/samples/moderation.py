"""Sample data for the pages of moderation."""

from app.features.proposals.models import CommentState, ProposalState
from tests.factories import moderation, proposals
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """A waiting proposal, a reported one and a reported comment, a hidden one of each."""
    world.pending = proposals.proposal(world.process, state=ProposalState.PENDING, title="A slide for the small ones")
    world.reported = proposals.proposal(world.process, title="Buy my garden chairs")
    moderation.report(world.reported, text="This sells something.")
    world.reported_comment = proposals.comment(world.reported, text="You are all fools.")
    moderation.report(world.reported_comment)
    world.hidden = proposals.proposal(world.process, state=ProposalState.HIDDEN, author=world.person("resident"))
    moderation.hidden(world.hidden, text="Please say it without names.")
    world.hidden_comment = proposals.comment(world.reported, state=CommentState.HIDDEN)
    moderation.hidden(world.hidden_comment)


SAMPLES = {
    "moderation.report": lambda world: f"/proposals/{world.reported.reference}/report",
    "moderation.report_comment": lambda world: f"/proposals/comments/{world.reported_comment.id}/report",
    "moderation_manage.queue_page": lambda world: [
        "/staff/moderation",
        "/staff/moderation?view=hidden",
        f"/staff/moderation?process={world.process.id}",
        "/staff/moderation?page=9",
    ],
}
EXTRAS = (
    lambda world: Visit(f"/proposals/{world.hidden.reference}", viewer="resident"),
    lambda world: Visit(f"/proposals/{world.hidden.reference}/report", viewer="nobody", status=404),
)
GROW = {"moderation_manage.queue_page": lambda world: moderation.report(proposals.proposal(world.process))}
UNIQUE = {"report": ("subject_type", "subject_id", "reporter_id")}
