"""Sample data for the audit log, and for how people took part."""

from app.extensions import db
from app.kernel import audit
from app.kernel.permissions import SYSTEM, Channel
from tests.factories import proposals
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """An entry about a process."""
    another_entry(world)


def another_entry(world: World) -> None:
    audit.record(db.session(), SYSTEM, "process.changed", world.process, process_id=world.process.id, before="a", after="b")
    db.session.flush()


def another_way(world: World) -> None:
    """A proposal on paper with a support at a kiosk and a comment by telephone."""
    found = proposals.proposal(world.process, channel=Channel.PAPER)
    proposals.support(found, channel=Channel.KIOSK)
    proposals.comment(found, channel=Channel.PHONE)


SAMPLES = {
    "insights.participation": lambda world: [
        f"/insights/{world.process.slug}",
        Visit(f"/insights/{world.process.slug}", viewer="administrator"),
    ],
    "insights_api.participation": lambda world: f"/api/v1/participation/{world.process.slug}",
    "audit.log": lambda world: [
        "/staff/audit",
        Visit("/staff/audit", viewer="auditor"),
        Visit("/staff/audit?process=nowhere&about=nothing&day=never&page=x", viewer="auditor"),
        Visit("/staff/audit?about=election", viewer="auditor"),
    ],
    "audit.download": lambda world: Visit("/staff/audit/log.csv", viewer="auditor"),
}
GROW = {
    "audit.log": another_entry,
    "insights.participation": another_way,
    "insights_api.participation": another_way,
}
