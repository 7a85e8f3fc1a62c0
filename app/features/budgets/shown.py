"""Pots and projects as pages show them: worked out once, so that templates only print."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from babel import Locale
from flask import current_app, url_for
from flask_babel import gettext as _

from app.features.budgets import money
from app.features.budgets.choices import WITHDRAWN
from app.features.budgets.models import Pot, PotState, Project
from app.features.spaces.queries import Action, Category, Process, action_open
from app.kernel import clock
from app.kernel.automated import decides
from app.kernel.messages import Message, msg
from app.kernel.texts import Texts, pick
from app.web.filters import local_text, show_beginning, show_ending, translate
from app.web.locale import current_locale


class PotStage(StrEnum):
    """Where a vote stands for residents."""

    DRAFT = "draft"
    COMING = "coming"
    OPEN = "open"
    COUNTING = "counting"
    FINISHED = "finished"


def stage_of(pot: Pot, process: Process, now: datetime) -> PotStage:
    """Draft, coming, open, being counted, finished."""
    if pot.state is PotState.DRAFT:
        return PotStage.DRAFT
    if pot.state is PotState.CERTIFIED:
        return PotStage.FINISHED
    if pot.annulled_at is not None:
        return PotStage.COUNTING
    if pot.state is PotState.READY and action_open(process, Action.VOTE, now):
        return PotStage.OPEN
    ends = voting_time(process)[1]
    if pot.state is PotState.READY and (ends is None or ends > now):
        return PotStage.COMING
    return PotStage.COUNTING


def voting_time(process: Process) -> tuple[datetime | None, datetime | None]:
    """When the vote of a process begins and when it is over."""
    phases = [phase for phase in process.phases if Action.VOTE in phase.actions]
    return (
        min((phase.starts_at for phase in phases), default=None),
        max((phase.ends_at for phase in phases), default=None),
    )


@dataclass(frozen=True)
class ShownPot:
    """A pot for a page."""

    pot: Pot
    process: Process
    stage: PotStage
    title: str
    language: str
    amount: str
    when: str
    state: tuple[str, str, str]
    projects: int = 0
    own_area: Texts | None = None

    @property
    def url(self) -> str:
        """Its page; the result once there is one."""
        return url_for("budgets.show", pot_id=self.pot.id)

    @property
    def result_url(self) -> str:
        """The page of the result."""
        return url_for("budgets.result", pot_id=self.pot.id)

    @property
    def area(self) -> str:
        """Where its money is spent: its own area, or that of the whole process."""
        return local_text(self.own_area or self.process.area.name)

    @property
    def choosable(self) -> int:
        """How many projects can be chosen: not those that were withdrawn while people vote."""
        return self.projects - len(self.pot.options.get(WITHDRAWN) or ())

    @property
    def whole(self) -> bool:
        """Whether it is for the whole area of the process."""
        return self.own_area is None


_STATES = {
    PotStage.DRAFT: (msg("Draft"), "pencil", "warning"),
    PotStage.COMING: (msg("Coming"), "calendar-clock", "neutral"),
    PotStage.OPEN: (msg("Open now"), "circle-dot", "brand"),
    PotStage.COUNTING: (msg("Being counted"), "hourglass", "neutral"),
    PotStage.FINISHED: (msg("Finished"), "circle-check", "good"),
}


def show_pot(pot: Pot, process: Process, projects: int = 0, area: Texts | None = None) -> ShownPot:
    """Work out what pages say about a pot. `area` is the name of its own area, where that is not the one of the process."""
    stage = stage_of(pot, process, clock.now())
    title, language = pick(pot.title, current_locale(), _fallbacks())
    label, icon, tone = _state(pot, process, stage)
    return ShownPot(
        pot, process, stage, title, language, money.show(pot, pot.amount), _when(process, stage),
        (translate(label), icon, tone), projects, area if pot.area_id != process.area_id else None,
    )  # fmt: skip


def _state(pot: Pot, process: Process, stage: PotStage) -> tuple[Message, str, str]:
    """The word for a stage, unless the committee has decided something that matters more."""
    if pot.annulled_at is not None:
        return msg("Annulled"), "ban", "warning"
    if stage is PotStage.COMING and process.interrupted_at is not None:
        return msg("Interrupted"), "alert-triangle", "warning"
    return _STATES[stage]


def _when(process: Process, stage: PotStage) -> str:
    begins, ends = voting_time(process)
    if begins is None or ends is None:
        return _("the dates will follow")
    first, last = show_beginning(begins), show_ending(ends)
    if stage is PotStage.OPEN:
        return _("until %(day)s", day=last)
    if stage in (PotStage.COMING, PotStage.DRAFT):
        return _("%(first)s to %(last)s", first=first, last=last)
    return _("ended on %(day)s", day=last)


@dataclass(frozen=True)
class PotGroup:
    """Pots that stand together, below a heading if there is one to tell them apart from others."""

    heading: str
    pots: tuple[ShownPot, ...]


def by_area(pots: Sequence[ShownPot]) -> list[PotGroup]:
    """The pots of one process: those for its whole area first, then each other area with its own, in their order."""
    whole = tuple(one for one in pots if one.whole)
    rest: dict[str, list[ShownPot]] = {}
    for one in pots:
        if not one.whole:
            rest.setdefault(one.area, []).append(one)
    if not rest:
        return [PotGroup("", whole)]
    first = [PotGroup(_("For the whole area: %(area)s", area=whole[0].area), whole)] if whole else []
    return first + [PotGroup(area, tuple(found)) for area, found in rest.items()]


def by_process(pots: Sequence[ShownPot]) -> list[PotGroup]:
    """Pots of several processes: a process with more than one pot has a heading, its whole area comes first."""
    found: dict[UUID, list[ShownPot]] = {}
    for one in pots:
        found.setdefault(one.process.id, []).append(one)
    return [
        PotGroup(
            local_text(mine[0].process.title) if len(mine) > 1 and len(found) > 1 else "",
            tuple(sorted(mine, key=lambda one: not one.whole)),
        )
        for mine in found.values()
    ]


@dataclass(frozen=True)
class ShownCategory:
    """A category of a project, with the language that its name is in."""

    code: str
    name: str
    language: str


@dataclass(frozen=True)
class ShownProject:
    """A project for lists and maps."""

    project: Project
    title: str
    language: str
    cost: str
    place: str
    categories: tuple["ShownCategory", ...]
    url: str
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """What stands on the ballot."""
        return self.project.number

    @property
    def withdrawn(self) -> bool:
        """Whether it was withdrawn while people voted."""
        return self.number in (self.project.pot.options.get(WITHDRAWN) or ())

    @property
    def located(self) -> bool:
        """Whether it is on the map."""
        return self.project.lon is not None


@dataclass(frozen=True)
class Names:
    """The names that projects of one pot need."""

    categories: dict[UUID, Category]
    areas: dict[UUID, Texts]
    common_area: UUID | None

    def place(self, project: Project) -> str:
        """Where a project is, in words: its area, or what the published file says. The area of the whole pot says nothing."""
        if project.area_id and project.area_id != self.common_area:
            return local_text(self.areas.get(project.area_id))
        columns = project.extra.get("columns", {}) if project.extra else {}
        return next((columns[key] for key in ("neighborhood", "district", "subunit", "location") if columns.get(key)), "")


def show_project(project: Project, names: Names) -> ShownProject:
    """Work out what lists say about a project. Its pot must be loaded."""
    title, language = pick(project.title, current_locale(), _fallbacks())
    found = [names.categories[link.category_id] for link in project.categories if link.category_id in names.categories]
    found.sort(key=lambda category: category.position)
    return ShownProject(
        project=project,
        title=title,
        language=language,
        cost=money.show(project.pot, project.cost),
        place=names.place(project),
        categories=tuple(ShownCategory(one.code, *pick(one.name, current_locale(), _fallbacks())) for one in found),
        url=url_for("budgets.project", pot_id=project.pot_id, name=project.reference),
    )


@decides("projects_order")
def fair_key(project: Project, day: date) -> bytes:
    """The order of the day: drawn by lot, the same for everyone until midnight."""
    return hashlib.sha256(f"{day.isoformat()}:{project.id}".encode()).digest()


def language_name(code: str) -> str:
    """A language in the reader's words; empty when the page is in it."""
    here = "en" if current_locale() == "en_XA" else current_locale()
    return "" if code == here else Locale.parse(code).get_display_name(here) or code


def _fallbacks() -> tuple[str, str]:
    return current_app.config["SETTINGS"].default_language, "en"
