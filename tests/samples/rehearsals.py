"""Sample data for the pages of rehearsals: one that runs, and a process without a pot."""

from app.extensions import db
from app.features.budgets.models import PotState
from app.features.rehearsals.commands import BeginRehearsal, CastTestBallots
from app.features.rehearsals.use_cases import begin_rehearsal, cast_test_ballots
from app.features.voting.keys.keyring import Keyring
from app.kernel.permissions import SYSTEM
from tests.factories import budgets, rehearsals, spaces
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """A process that is rehearsed now, with some test ballots, and was rehearsed before."""
    keyring = Keyring(world.app.config["SETTINGS"].keys)
    world.tried_process = spaces.process("Tried out before", area=world.area)
    world.tried_pot = budgets.pot(world.tried_process, state=PotState.DRAFT, title={"en": "Trees", "ar": "أشجار"})
    for _ in range(3):
        budgets.project(world.tried_pot)
    rehearsals.over(world.tried_process)
    command = BeginRehearsal(world.tried_process.id, 12, {"en": "Rehearsal", "ar": "تجربة"})
    world.rehearsed = begin_rehearsal(db.session(), SYSTEM, command, keyring)
    cast_test_ballots(db.session(), SYSTEM, CastTestBallots(world.rehearsed.id, 8), keyring)
    world.rehearsed_pot = rehearsals.pot_of(world.rehearsed)
    world.ended = rehearsals.ended(spaces.process("Ended rehearsal", area=world.area), keyring)


SAMPLES = {
    "rehearsals.begin": lambda world: [
        f"/staff/rehearsals/{world.process.id}",
        f"/staff/rehearsals/{world.tried_process.id}",
        f"/staff/rehearsals/{world.nothing_won.id}",
    ],
    "rehearsals.show": lambda world: [
        f"/staff/rehearsals/run/{world.rehearsed.id}",
        f"/staff/rehearsals/run/{world.ended.id}",
    ],
    "rehearsals.remove": lambda world: f"/staff/rehearsals/run/{world.rehearsed.id}/throw-away",
}
EXTRAS = (
    lambda world: Visit(f"/budgets/{world.rehearsed_pot.id}", viewer="administrator"),
    lambda world: Visit(f"/budgets/{world.rehearsed_pot.id}", status=404),
    lambda world: Visit(f"/processes/{world.rehearsed.slug}", viewer="administrator"),
    lambda world: Visit(f"/processes/{world.rehearsed.slug}", viewer="resident", status=404),
    lambda world: Visit(f"/staff/budgets/{world.tried_pot.id}/fix", viewer="administrator"),
)
GROW = {
    "rehearsals.begin": lambda world: rehearsals.over(world.tried_process),
    "rehearsals.show": lambda world: rehearsals.over(world.tried_process),
}
UNIQUE = {"rehearsal": ("copy_id",), "process": ("rehearsal_of",)}
