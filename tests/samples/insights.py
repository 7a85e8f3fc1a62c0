"""Sample data for the audit log."""

from app.extensions import db
from app.kernel import audit
from app.kernel.permissions import SYSTEM
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """An entry about a process."""
    another_entry(world)


def another_entry(world: World) -> None:
    audit.record(db.session(), SYSTEM, "process.changed", world.process, process_id=world.process.id, before="a", after="b")
    db.session.flush()


SAMPLES = {
    "audit.log": lambda world: [
        "/staff/audit",
        Visit("/staff/audit", viewer="auditor"),
        Visit("/staff/audit?process=nowhere&about=nothing&day=never&page=x", viewer="auditor"),
        Visit("/staff/audit?about=election", viewer="auditor"),
    ],
    "audit.download": lambda world: Visit("/staff/audit/log.csv", viewer="auditor"),
}
GROW = {"audit.log": another_entry}
