"""Projects that were withdrawn while people voted, as pages show them: the ballot, and those of pot, result and project."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from app.features.budgets.choices import withdrawn_from
from app.features.budgets.models import Pot
from app.kernel.texts import Texts
from app.web import slots


@dataclass(frozen=True)
class Gone:
    """A withdrawn project: since when, and why in the words of the committee."""

    number: str
    title: Texts
    at: datetime
    reason: Texts


def gone_from(pot: Pot) -> dict[str, Gone]:
    """What was withdrawn from a pot, by number in the order of the ballot. Its projects must be loaded where there is any."""
    told = withdrawn_from(pot)
    titles = {one.number: one.title for one in pot.projects} if told else {}
    return {
        number: Gone(number, titles[number], datetime.fromisoformat(one["at"]), one["reason"]) for number, one in told.items()
    }


def _notice(pot: Pot) -> Markup:
    """On the pages of a pot, its result and its ballot: which projects were withdrawn, and why."""
    gone = gone_from(pot)
    return slots.partial("budgets/_withdrawn.html", gone=list(gone.values())) if gone else Markup("")


slots.register("pot.notices", 7, _notice)
slots.register("ballot.notices", 10, _notice)
