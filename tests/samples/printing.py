"""Sample data for paper forms: the pot of the budgets' samples has projects to print."""

from tests.samples.world import World


def build(world: World) -> None:
    """Nothing of its own: forms are made from what is there."""


SAMPLES = {
    "printing_manage.ballot": lambda world: [
        f"/staff/paper/ballots/{world.pot.id}",
        f"/staff/paper/ballots/{world.pot.id}?print=large&in=ar&paper=letter",
    ],
    "printing_manage.ballot_pdf": lambda world: f"/staff/paper/ballots/{world.pot.id}/test.pdf?print=easy&in=de",
    "printing_manage.ballot_picture": lambda world: f"/staff/paper/ballots/{world.pot.id}/1.png",
}
