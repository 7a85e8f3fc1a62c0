"""What became of the projects that won: the steps that the city has told, what each cost, and what went wrong."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.developers.demo.moments import Calendar
from app.developers.demo.people import People
from app.features.answers.commands import WriteMilestone
from app.features.answers.models import MilestoneState
from app.features.answers.queries import implementation_of_project
from app.features.answers.use_cases import write_milestone
from app.features.budgets.models import Pot
from app.kernel import clock


def carry_out(session: Session, people: People, calendar: Calendar, pot: Pot, steps: dict[str, list[dict[str, Any]]]) -> None:
    """Write the steps of each winner on their days; `steps` is by project number. Raises KeyError for a winner without any."""
    for project in pot.projects:
        implementation = implementation_of_project(session, project.id)
        if implementation is None:
            continue
        for step in steps[project.number]:
            day, state = calendar.midnight(step["day"]), MilestoneState(step.get("state", MilestoneState.DONE))
            with clock.pinned(day + timedelta(hours=15)):
                write_milestone(
                    session,
                    people.actor("officer"),
                    WriteMilestone(
                        reference=implementation.reference,
                        title=step["title"],
                        state=state,
                        planned_for=calendar.midnight(step["planned"]).date() if "planned" in step else None,
                        done_on=day.date() if state is MilestoneState.DONE else None,
                        note=step.get("note", {}),
                        cost=step["cost"] * 100 if "cost" in step else None,
                    ),
                )
