"""Sample data for finding, reading and discussing proposals; writing them is in `proposals_authoring.py`."""

from app.extensions import db
from app.features.proposals.models import CommentState, PlaceKind, Proposal, ProposalState, Stance
from app.kernel.permissions import Channel
from tests.factories import proposals, spaces
from tests.samples import proposals_authoring
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """A much discussed proposal with a photo, one on paper in Arabic, one about the whole city, one that is withdrawn."""
    world.proposal = proposals.proposal(world.process, title="A bench under the lime tree", category_id=world.category.id)
    proposals.photo(world.proposal)
    world.comment = first = proposals.comment(
        world.proposal, stance=Stance.IN_FAVOUR, text="My mother needs to sit down on the way."
    )
    proposals.comment(world.proposal, parent=first, author=world.person("moderator"), text="We asked the garden department.")
    gone = proposals.comment(world.proposal, state=CommentState.HIDDEN, text="Something rude.")
    proposals.comment(world.proposal, parent=gone, text="Please stay polite.")
    world.own_comment = proposals.comment(world.proposal, author=world.person("resident"), stance=Stance.AGAINST)
    proposals.comment(world.proposal, author=world.person("resident"), state=CommentState.WITHDRAWN)
    proposals.support(world.proposal, world.person("resident"))
    world.on_paper = proposals.proposal(
        world.process,
        title="مقاعد ومظلة في موقف الحافلة",
        language="ar",
        channel=Channel.PAPER,
        author=None,
        author_name="Helmi",
        answer_status="under_evaluation",
    )
    world.everywhere = proposals.proposal(world.process, title="Keep the swimming hall open", at=None, name_hidden=True)
    world.along = proposals.proposal(
        world.process,
        title="A row of trees",
        place_kind=PlaceKind.LINE,
        geojson={"type": "LineString", "coordinates": [[24.944, 60.17], [24.945, 60.171]]},
    )
    world.withdrawn = proposals.proposal(
        world.process, state=ProposalState.WITHDRAWN, author=world.person("resident"), title="I changed my mind"
    )
    world.quiet = spaces.process("A process without phases", slug="asleep", open_for=())
    world.closed = proposals.proposal(world.quiet, title="Too late to support")
    world.empty = spaces.process("Nothing here yet", slug="nothing-yet")
    proposals_authoring.build(world)


def _longer_discussion(world: World) -> None:
    # An earlier step may have ended the session that the proposal came from.
    proposal = db.session.get(Proposal, world.proposal.id)
    comment = proposals.comment(proposal, stance=Stance.NEUTRAL)
    proposals.comment(proposal, parent=comment)


SAMPLES = {
    "proposals.index": lambda world: [
        "/proposals",
        "/proposals?view=map",
        f"/proposals?process={world.process.slug}&category={world.category.code}&answer=none&place=map&sort=newest",
        "/proposals?q=bench",
        "/proposals?q=nothing-like-this",
        "/proposals?process=nothing-yet",
        "/proposals?process=asleep&sort=discussed",
        "/proposals?page=99",
    ],
    "proposals.features": lambda world: ["/proposals/features.geojson", "/proposals/features.geojson?q=bench"],
    "proposals.feed": lambda world: ["/proposals/feed.atom", "/proposals/feed.atom?q=nothing-like-this"],
    "proposals.show": lambda world: [
        f"/proposals/{world.proposal.reference}",
        Visit(f"/proposals/{world.proposal.reference}", viewer="resident"),
        Visit(f"/proposals/{world.proposal.reference}?order=oldest", viewer="moderator"),
        Visit(f"/proposals/{world.proposal.reference}?reply={world.comment.id}", viewer="resident"),
        f"/proposals/{world.on_paper.reference}",
        f"/proposals/{world.everywhere.reference}",
        f"/proposals/{world.along.reference}",
        Visit(f"/proposals/{world.closed.reference}", viewer="resident"),
        Visit(f"/proposals/{world.withdrawn.reference}", viewer="resident"),
    ],
    "proposals.sheet": lambda world: [
        f"/proposals/{world.proposal.reference}/print",
        f"/proposals/{world.on_paper.reference}/print",
    ],
    "proposals_api.proposals": lambda world: ["/api/v1/proposals", "/api/v1/proposals?q=bench&page_size=1"],
    "proposals_api.proposal": lambda world: f"/api/v1/proposals/{world.proposal.reference}",
    "proposals_api.comments": lambda world: f"/api/v1/proposals/{world.proposal.reference}/comments",
    **proposals_authoring.SAMPLES,
}

EXTRAS = (
    lambda world: Visit("/proposals/P-22222", status=404),
    lambda world: Visit(f"/proposals/{world.withdrawn.reference}", viewer="nobody", status=404),
    *proposals_authoring.EXTRAS,
)

GROW = {
    "proposals.index": lambda world: proposals.photo(proposals.proposal(world.process)),
    "proposals.feed": lambda world: proposals.proposal(world.process),
    "proposals.features": lambda world: proposals.proposal(world.process),
    "proposals.show": _longer_discussion,
    "proposals_api.proposals": lambda world: proposals.photo(proposals.proposal(world.process)),
    "proposals_api.comments": _longer_discussion,
    **proposals_authoring.GROW,
}

UNIQUE = {
    "proposal": ("reference",),
    "support": ("proposal_id", "person_id"),
    "follow": ("proposal_id", "person_id"),
    **getattr(proposals_authoring, "UNIQUE", {}),
}
