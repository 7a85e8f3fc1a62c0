"""Sample data for paper and telephone."""

from app.kernel.permissions import Channel
from tests.factories import accounts, consents, proposals
from tests.samples.world import World


def build(world: World) -> None:
    """A proposal that the clerk typed in for somebody."""
    clerk = world.person("clerk")
    world.from_paper = proposals.proposal(
        world.process, author=None, author_name="Hilja", channel=Channel.PAPER, hands_id=clerk.id, title="More benches"
    )
    world.asked_on_paper = consents.agreement(world.process, purpose_term="events")
    world.slip = consents.code(accounts.person(email=None))


SAMPLES = {
    "intake.proposal_pdf": lambda world: [
        f"/forms/{world.process.slug}/proposal.pdf",
        f"/forms/{world.process.slug}/proposal.pdf?print=large&in=ar",
    ],
    "intake.consent_pdf": lambda world: [
        f"/forms/consents/{world.asked_on_paper.code}.pdf",
        f"/forms/consents/{world.asked_on_paper.code}.pdf?print=large&in=ar",
    ],
    "intake_manage.index": lambda world: "/staff/intake",
    "intake_manage.enter": lambda world: f"/staff/intake/{world.process.id}?channel=phone",
    "intake_manage.consents": lambda world: "/staff/intake/consents",
    "intake_manage.consent": lambda world: f"/staff/intake/consents/{world.asked_on_paper.id}",
    "intake_manage.consent_slip": lambda world: f"/staff/intake/consents/slip/{world.slip.id}",
    "intake_manage.slip": lambda world: f"/staff/intake/{world.process.id}/slip/{world.from_paper.id}",
}
GROW = {
    "intake_manage.index": lambda world: proposals.proposal(
        world.process, author=None, channel=Channel.PHONE, hands_id=world.person("clerk").id
    )
}
