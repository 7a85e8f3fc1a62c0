"""What the pages of this room share."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import current_app, url_for
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets import finding
from app.features.budgets.queries import Pot, visible_pot
from app.features.budgets.shown import (
    Names,
    PotStage,
    ShownPot,
    ShownProject,
    language_name,
    show_pot,
    show_project,
    voting_time,
)
from app.features.maps.queries import MapSpec
from app.features.spaces import queries as spaces
from app.kernel.errors import NotFound
from app.kernel.messages import Message
from app.kernel.paging import Page
from app.kernel.texts import pick
from app.web.access import viewer
from app.web.filters import show_ending, translate
from app.web.locale import current_locale


def visible(pot_id: UUID) -> tuple[Pot, ShownPot]:
    """The pot if the reader may see it, with its process, phases and categories. Raises NotFound."""
    pot = visible_pot(db.session(), viewer(), pot_id)
    process = spaces.process(db.session(), pot.process_id)
    if process is None:
        raise NotFound
    areas = finding.names_of_areas(db.session(), {pot.area_id}) if pot.area_id else {}
    return pot, show_pot(pot, process, len(pot.projects), areas.get(pot.area_id) if pot.area_id else None)


def names_for(pot: Pot, shown: ShownPot) -> Names:
    """The names that the projects of a pot need."""
    ids = {one.area_id for one in pot.projects if one.area_id}
    common = pot.area_id or shown.process.area_id
    return Names(
        {category.id: category for category in shown.process.categories}, finding.names_of_areas(db.session(), ids), common
    )


def shown_projects(pot: Pot, shown: ShownPot) -> list[ShownProject]:
    """The projects of a pot for lists, in the order of the ballot."""
    names = names_for(pot, shown)
    return [show_project(one, names) for one in pot.projects]


def steps(page: Page[Any], name: str, args: dict[str, Any], endpoint: str = ".index") -> dict[str, Any]:
    """Addresses of the pages before and after, and where we are."""

    def url(number: int | None) -> str | None:
        if number is None:
            return None
        return url_for(endpoint, **args, **_number(name, number))

    first = (page.number - 1) * page.size + 1
    words = _("%(first)s to %(last)s of %(total)s", first=first, last=first + len(page.items) - 1, total=page.total)
    return {
        "previous_url": url(page.previous),
        "next_url": url(page.next),
        "position": words if page.pages > 1 else None,
        "pages": [{"number": n, "url": url(n), "current": n == page.number} for n in range(1, page.pages + 1)]
        if 1 < page.pages <= 7
        else [],
    }


def last_voting_day(shown: ShownPot) -> str:
    """The last day of the vote in words; empty while there are no dates."""
    ends = voting_time(shown.process)[1]
    return show_ending(ends)


def names_in(projects: Sequence[ShownProject]) -> str:
    """The language of the projects' names where the page is in another one; said once, not in every row."""
    languages = {one.language for one in projects}
    return language_name(next(iter(languages))) if len(languages) == 1 else ""


def in_one_language(texts: dict[str, str]) -> dict[str, str] | None:
    """A text with the language that it is in; None where there is none."""
    text, language = pick(texts, current_locale(), (current_app.config["SETTINGS"].default_language, "en"))
    return {"text": text, "language": language} if text else None


def map_of(
    pot: Pot, shown: ShownPot, projects: Sequence[ShownProject], url: str, group_within: int | None = None
) -> MapSpec | None:
    """The map of the projects inside the outline of their process; None where nothing has a place."""
    area = shown.process.area
    if not spaces.has_place(area) or not any(one.located for one in projects):
        return None
    return MapSpec(
        map_id="projects_map",
        bounds=(area.west, area.south, area.east, area.north),
        border_url=url_for("spaces.outline", slug=shown.process.slug) if shown.stage is not PotStage.DRAFT else None,
        features_url=url,
        list_id="projects",
        group_within=group_within,
        size="tall",
    )


def source_of(pot: Pot) -> dict[str, Any] | None:
    """Where an imported election comes from: everything META says, and what was odd about the file."""
    if not pot.options.get("imported"):
        return None
    entry = finding.import_of(db.session(), pot.id)
    if entry is None:
        return None
    notices = [
        {
            "field": one["field"],
            "text": translate(Message(one["text"], one["params"])),
            "count": one["count"],
            "lines": ", ".join(map(str, one["lines"])) + (", …" if one["count"] > len(one["lines"]) and one["lines"] else ""),
        }
        for one in entry.summary.get("notices", ())
    ]
    return {"file": entry.file_name, "meta": pot.options.get("meta", []), "notices": notices, "digest": entry.content_digest}


def _number(name: str, number: int) -> dict[str, Any]:
    return {name: number} if number > 1 else {}
