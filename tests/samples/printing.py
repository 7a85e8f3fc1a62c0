"""Sample data for paper forms: the pot of the budgets' samples has projects to print."""

from app.features.printing.models import RunState
from app.features.printing.queries import Kind
from tests.factories import printing, scans
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """Print runs of the proposal form in every state; everything else is made from what is there."""
    layout = scans.layout_of(Kind.PROPOSAL, world.process, numbered=True)
    world.print_runs = [printing.run(world.process, layout, state=state) for state in RunState]
    world.ready_run = printing.run(world.process, layout, state=RunState.READY, test=True, issued_to="Library", files=True)


SAMPLES = {
    "printing_manage.ballot": lambda world: [
        f"/staff/paper/ballots/{world.pot.id}",
        f"/staff/paper/ballots/{world.pot.id}?print=large&in=ar&paper=letter",
    ],
    "printing_manage.ballot_pdf": lambda world: f"/staff/paper/ballots/{world.pot.id}/test.pdf?print=easy&in=de",
    "printing_manage.ballot_picture": lambda world: f"/staff/paper/ballots/{world.pot.id}/1.png",
    "printing_manage.runs": lambda world: [
        f"/staff/paper/runs/{world.process.id}?still=1",
        Visit(f"/staff/paper/runs/{world.process.id}?still=1", viewer="clerk"),
    ],
    "printing_manage.run": lambda world: [
        Visit(f"/staff/paper/run/{one.id}?still=1", viewer="clerk") for one in (*world.print_runs, world.ready_run)
    ],
    "printing_manage.archive": lambda world: Visit(f"/staff/paper/run/{world.ready_run.id}.zip", viewer="clerk"),
    "printing_manage.only_file": lambda world: Visit(f"/staff/paper/run/{world.ready_run.id}.pdf", viewer="clerk"),
}
GROW = {
    "printing_manage.runs": lambda world: printing.run(
        world.process, scans.layout_of(Kind.PROPOSAL, world.process, numbered=True), state=RunState.DELETED
    )
}
UNIQUE = {"printed_form": ("revision",), "printed_copy": ("serial",)}
