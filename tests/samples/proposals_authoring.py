"""Sample data for the pages on which proposals are written; `tests/samples/proposals.py` takes it in."""

from app.extensions import files
from app.features.proposals.models import ProposalState
from app.features.spaces.models import Participation
from app.kernel.permissions import Channel
from tests.factories import proposals, spaces
from tests.samples.world import Visit, World
from tests.support.pictures import jpeg

ME = "resident"


def build(world: World) -> None:
    """Drafts of the resident, proposals of theirs in every state, one of somebody without an account, a photo."""
    me = world.person(ME)
    world.open_process = spaces.process(
        "Paths for everybody", area=world.area, slug="paths", participation=Participation.ANYBODY
    )
    world.quiet_process = spaces.process("Quiet", area=world.area, slug="quiet", open_for=())
    world.own_draft = proposals.draft(world.process, author=me, category_id=world.category.id)
    world.empty_draft = proposals.draft(world.process, author=me, title="", text="", at=None, place_kind=None)
    world.late_draft = proposals.draft(world.quiet_process, author=me)
    world.thrown_away = proposals.draft(world.process, author=me, state=ProposalState.WITHDRAWN, withdrawn_from="draft")
    world.photo = proposals.photo(
        world.own_draft, key=files.write(jpeg(), ".jpg"), thumbnail_key=files.write(jpeg(64, 64), ".jpg")
    )
    world.own = {
        state: proposals.proposal(world.process, author=me, category_id=world.category.id, state=state)
        for state in ProposalState
        if state is not ProposalState.DRAFT
    }
    world.own[ProposalState.WITHDRAWN].withdrawn_from = "published"
    world.guest_proposal, world.guest_token = proposals.guest_proposal(world.open_process, author_name="Gustav Guest")
    _paper, world.paper_token = proposals.guest_proposal(world.process, channel=Channel.PAPER, category_id=world.category.id)


def mine(*pages: str) -> list[Visit]:
    """Pages that belong to the resident."""
    return [Visit(page, viewer=ME) for page in pages]


SAMPLES = {
    "proposals_authoring.new": lambda world: [
        "/proposals/new",
        "/proposals/new?process=parks",
        "/proposals/new?process=paths",
        "/proposals/new?process=quiet",
        *mine("/proposals/new?process=parks", "/proposals/new"),
    ],
    "proposals_authoring.edit": lambda world: mine(
        f"/proposals/{world.own_draft.id}/edit", f"/proposals/{world.empty_draft.id}/edit?check=1"
    ),
    "proposals_authoring.review": lambda world: mine(
        f"/proposals/{world.own_draft.id}/review", f"/proposals/{world.late_draft.id}/review"
    ),
    "proposals_authoring.slip": lambda world: mine(f"/proposals/{world.own[ProposalState.PUBLISHED].id}/slip"),
    "proposals_authoring.sent": lambda world: mine(
        f"/proposals/{world.own[ProposalState.PUBLISHED].id}/sent", f"/proposals/{world.own[ProposalState.PENDING].id}/sent"
    ),
    "proposals_authoring.drafts": lambda world: [
        "/proposals/drafts",
        *mine("/proposals/drafts", f"/proposals/drafts?gone={world.thrown_away.id}", "/proposals/drafts?gone=nonsense"),
    ],
    "proposals_authoring.mine": lambda world: mine(*(f"/proposals/{one.id}/mine" for one in world.own.values())),
    "proposals_authoring.withdraw": lambda world: mine(f"/proposals/{world.own[ProposalState.PUBLISHED].id}/withdraw"),
    "proposals_authoring.follow_up": lambda world: f"/proposals/follow/{world.guest_token}",
    "proposals_authoring.follow_withdraw": lambda world: f"/proposals/follow/{world.guest_token}/withdraw",
    "proposals_authoring.follow_claim": lambda world: mine(f"/proposals/follow/{world.paper_token}/claim"),
    "proposals_authoring.photo": lambda world: mine(
        f"/proposals/photos/{world.photo.id}/full", f"/proposals/photos/{world.photo.id}/small"
    ),
}

EXTRAS = (
    lambda world: Visit(f"/proposals/{world.own_draft.id}/edit", status=404),
    lambda world: Visit("/proposals/follow/there-is-no-such-link-anywhere", status=404),
)

GROW = {
    "proposals_authoring.drafts": lambda world: proposals.draft(world.process, author=world.person(ME)),
    "proposals_authoring.new": lambda world: proposals.draft(world.process, author=world.person(ME)),
}
