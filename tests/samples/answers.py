"""Sample data for the pages of official answers, and of what becomes of the winners."""

from datetime import timedelta
from typing import Any

from app.extensions import db
from app.features.answers.models import MilestoneState
from app.kernel import clock
from tests.factories import answers, budgets, proposals, spaces
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """A proposal without an answer, one with."""
    world.unanswered = proposals.proposal(world.process, title="Shade at the tram stop")
    world.answered = proposals.proposal(world.process, title="A tap for drinking water")
    answers.answer(world.answered)
    world.nothing_won = spaces.process("Nothing to vote on", area=world.area)
    world.carried = _carried(world)
    world.carried_step = world.carried.milestones[0]
    answers.implementation(budgets.project(budgets.pot(world.process)), world.process, lon=None, lat=None)


def _carried(world: World) -> Any:
    source = world.carried_source = proposals.proposal(world.process, title="A tap by the swings")
    project = budgets.project(budgets.pot(world.process), title={"en": "A tap", "ar": "صنبور ماء"})
    found = answers.implementation(project, world.process, sources=[source])
    today = clock.now().date()
    done = {"state": MilestoneState.DONE, "done_on": today, "cost": 20_000, "version": 2}
    step = answers.milestone(found, title={"en": "Draw the plan"}, **done)
    answers.earlier(step, state=MilestoneState.PLANNED)
    answers.milestone(found, state=MilestoneState.DELAYED, note={"en": "The ground is frozen."})
    answers.milestone(found, title={"en": "Not needed"}, removed_at=clock.now() - timedelta(days=1))
    db.session.expire(found)
    return found


SAMPLES = {
    "answers_manage.queue_page": lambda world: [
        "/staff/answers",
        "/staff/answers?view=answered",
        f"/staff/answers?process={world.process.id}",
    ],
    "answers_manage.answer_page": lambda world: [
        f"/staff/answers/{world.unanswered.reference}",
        f"/staff/answers/{world.answered.reference}",
    ],
    "answers_manage.promise": lambda world: f"/staff/answers/promise/{world.process.id}",
    "implementations.show": lambda world: f"/implementations/{world.carried.reference}",
    "implementations.in_process": lambda world: [
        f"/implementations/in/{world.process.slug}",
        f"/implementations/in/{world.nothing_won.slug}",
    ],
    "implementations.features": lambda world: f"/implementations/in/{world.process.slug}/features.geojson",
    "implementations_manage.index": lambda world: "/staff/implementations",
    "implementations_manage.show": lambda world: f"/staff/implementations/{world.carried.reference}",
    "implementations_manage.new_step": lambda world: f"/staff/implementations/{world.carried.reference}/steps/new",
    "implementations_manage.change_step": lambda world: (
        f"/staff/implementations/{world.carried.reference}/steps/{world.carried_step.id}"
    ),
}
EXTRAS = (
    lambda world: Visit(f"/proposals/{world.answered.reference}", viewer="officer"),
    lambda world: Visit(f"/proposals/{world.carried_source.reference}"),
    lambda world: Visit(f"/implementations/{world.carried.reference}", viewer="officer"),
    lambda world: Visit("/implementations/B-NOTHING", status=404),
)


def _another_winner(world: World) -> None:
    project = budgets.project(budgets.pot(world.process))
    answers.milestone(answers.implementation(project, world.process))


GROW = {
    "answers_manage.queue_page": lambda world: proposals.proposal(world.process),
    "implementations.show": lambda world: answers.milestone(world.carried),
    "implementations.in_process": _another_winner,
    "implementations.features": _another_winner,
    "implementations_manage.index": _another_winner,
    "implementations_manage.show": lambda world: answers.milestone(world.carried),
}
UNIQUE = {
    "official_answer": ("proposal_id",),
    "answer_version": ("answer_id", "version"),
    "implementation": ("project_id",),
    "milestone_version": ("milestone_id", "version"),
}
