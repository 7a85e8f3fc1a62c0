"""Processes as pages show them: words in the reader's language, days in the city's zone, actions with their reasons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from babel import Locale
from flask import current_app, has_request_context, request, url_for
from flask_babel import format_time, gettext, ngettext
from markupsafe import Markup

from app.extensions import db
from app.features.spaces import queries, rules
from app.features.spaces.forms.texts import language_name
from app.features.spaces.models import Action, Participation, Phase, Process, ProcessState
from app.kernel import clock
from app.kernel.texts import pick
from app.web.access import viewer
from app.web.filters import (
    city_zone,
    ends_with_its_day,
    last_day,
    local,
    local_text,
    paragraphs,
    show_beginning,
    show_ending,
    translate,
)
from app.web.forms import city_languages
from app.web.locale import current_locale

MINUTE = timedelta(minutes=1)


def time_left(ends_at: datetime, now: datetime) -> str:
    """How long something is still open, in words."""
    days = (last_day(ends_at) - now.astimezone(city_zone()).date()).days
    if days <= 0:
        if ends_with_its_day(ends_at):
            return gettext("Ends today at midnight")
        return gettext("Ends today at %(time)s", time=format_time(ends_at, "short"))
    if days == 1:
        return gettext("Ends tomorrow")
    return ngettext("%(num)s day left", "%(num)s days left", days)


def page_url(endpoint: str, **values: Any) -> str | None:
    """The address of a page of another room, or None where that room is not open."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


@dataclass(frozen=True)
class ShownAction:
    """One thing people can do in a process, or why they cannot do it now."""

    label: str
    icon: str
    is_open: bool
    url: str | None
    note: str
    is_vote: bool = False
    is_over: bool = False


@dataclass
class ShownProcess:
    """A process for a page; everything is worked out once."""

    process: Process
    now: datetime
    url: str = ""
    title: Markup = field(default_factory=Markup)
    plain_title: str = ""
    summary: Markup = field(default_factory=Markup)
    stage: rules.Stage = rules.Stage.COMING
    phase: Phase | None = None
    phase_title: Markup = field(default_factory=Markup)
    when: str = ""
    left: str = ""
    phases: list[dict[str, Any]] = field(default_factory=list)
    actions: list[ShownAction] = field(default_factory=list)

    @property
    def ready_actions(self) -> list[ShownAction]:
        """What can be done now, voting first because it ends for good; one entry for each page that it leads to."""
        ready = sorted((each for each in self.actions if each.is_open and each.url), key=lambda each: not each.is_vote)
        return [each for index, each in enumerate(ready) if each.url not in {earlier.url for earlier in ready[:index]}]

    @property
    def main_action(self) -> ShownAction | None:
        """What to offer first."""
        return next(iter(self.ready_actions), None)

    @property
    def sentence(self) -> str:
        """`when`, where it stands alone."""
        return self.when[:1].upper() + self.when[1:]

    @property
    def only_in(self) -> str:
        """Name of the language that the title fell back to; empty when it is in the reader's."""
        language = pick(self.process.title, current_locale(), city_languages())[1]
        return "" if language == current_locale() else language_name(language)

    @property
    def description(self) -> Markup:
        """The long text as paragraphs, in the language it is written in; empty when there is none."""
        text, language = pick(self.process.description, current_locale(), city_languages())
        if not text:
            return Markup("")
        direction = Locale.parse(language).text_direction
        return Markup('<div class="flow" lang="{}" dir="{}">{}</div>').format(language, direction, paragraphs(text))

    @property
    def area(self) -> str:
        """Name of the area."""
        return local_text(self.process.area.name)

    @property
    def is_draft(self) -> bool:
        """Seen by administrators only."""
        return self.process.state is ProcessState.DRAFT

    @property
    def is_archived(self) -> bool:
        """Read, never changed."""
        return self.process.state is ProcessState.ARCHIVED


def show_process(process: Process, now: datetime | None = None) -> ShownProcess:
    """Work out what a page says about `process` at this moment."""
    now = now or clock.now()
    phase = queries.phase_now(process, now) if process.state is not ProcessState.ARCHIVED else None
    shown = ShownProcess(
        process,
        now,
        url=url_for("spaces.show", slug=process.slug),
        title=local(process.title),
        plain_title=local_text(process.title),
        summary=local(process.summary),
        stage=rules.stage(process, now),
        phase=phase,
        phase_title=local(phase.title, mark=False) if phase else Markup(""),
        phases=timeline(process.phases, now),
        actions=shown_actions(process, now),
    )
    shown.when, shown.left = _when(shown)
    return shown


def _when(shown: ShownProcess) -> tuple[str, str]:
    """Until when, or from when, and how long that is."""
    process, now = shown.process, shown.now
    if shown.phase:
        return gettext("until %(day)s", day=show_ending(shown.phase.ends_at)), time_left(shown.phase.ends_at, now)
    if shown.stage is rules.Stage.FINISHED:
        if not process.phases:
            return gettext("finished"), ""
        return gettext("finished on %(day)s", day=show_ending(max(p.ends_at for p in process.phases))), ""
    if coming := queries.next_phase(process, now):
        return gettext("begins on %(day)s", day=show_beginning(coming.starts_at)), ""
    return gettext("the dates will follow"), ""


def timeline(phases: Iterable[Phase], now: datetime) -> list[dict[str, Any]]:
    """Phases as the component `phase_timeline` takes them."""
    return [
        {
            "title": local(phase.title),
            "starts": phase.starts_at.astimezone(city_zone()).date(),
            "ends": last_day(phase.ends_at),
            "status": "current" if rules.is_now(phase, now) else "past" if phase.ends_at <= now else "future",
            "note": time_left(phase.ends_at, now) if rules.is_now(phase, now) else None,
        }
        for phase in phases
    ]


def action_label(action: Action) -> str:
    """What the button of an action says."""
    return {
        Action.PROPOSE: gettext("Make a proposal"),
        Action.SUPPORT: gettext("Support proposals"),
        Action.COMMENT: gettext("Comment on proposals"),
        Action.VOTE: gettext("Vote on the budget"),
    }[action]


ICONS = {
    Action.PROPOSE: "map-pin",
    Action.SUPPORT: "heart-handshake",
    Action.COMMENT: "message-circle",
    Action.VOTE: "vote",
}
PAGES = {
    Action.PROPOSE: "proposals_authoring.new",
    Action.SUPPORT: "proposals.index",
    Action.COMMENT: "proposals.index",
    Action.VOTE: "budgets.index",
}


def shown_actions(process: Process, now: datetime) -> list[ShownAction]:
    """The actions that some phase of the process opens: what is open first, then what is coming, then what is over."""
    offered = [action for action in Action if any(action in phase.actions for phase in process.phases)]
    lacks = _lacks()
    shown = [_shown_action(process, action, now, lacks(process, action)) for action in offered]
    return sorted(shown, key=lambda each: (not each.is_open, each.is_over, not each.is_vote))


def _lacks() -> Callable[[Process, Action], bool]:
    """What is not there yet, asked once for each page however many processes it lists."""
    if not has_request_context():
        return queries.not_ready(db.session())
    if "plaza.not_ready" not in request.environ:
        request.environ["plaza.not_ready"] = queries.not_ready(db.session())
    found: Callable[[Process, Action], bool] = request.environ["plaza.not_ready"]
    return found


def _shown_action(process: Process, action: Action, now: datetime, is_missing: bool) -> ShownAction:
    ends_at = queries.open_until(process, action, now)
    if ends_at is None:
        note = translate(queries.why_closed(process, action, now))
        over = not any(action in phase.actions and phase.starts_at > now for phase in process.phases)
        return ShownAction(action_label(action), ICONS[action], False, None, note, action is Action.VOTE, over)
    if is_missing:
        note = gettext("There is nothing to vote on yet.")
        return ShownAction(action_label(action), ICONS[action], False, None, note, action is Action.VOTE)
    note = gettext("Open until %(day)s.", day=show_ending(ends_at))
    if hint := _account_hint(process, action):
        note = f"{note} {hint}"
    url = page_url(PAGES[action], process=process.slug)
    return ShownAction(action_label(action), ICONS[action], True, url, note, action is Action.VOTE)


def _account_hint(process: Process, action: Action) -> str:
    """Whether an account is needed: said before the click."""
    if viewer().is_signed_in:
        return ""
    if action is Action.PROPOSE and process.participation is Participation.ANYBODY:
        return gettext("You do not need an account.")
    return gettext("You sign in first.")
