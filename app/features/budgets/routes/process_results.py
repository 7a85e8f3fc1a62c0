"""What came of a whole process: every pot and area on one page, from the certified counts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.budgets import downloads, finding, money, outcomes
from app.features.budgets.queries import Pot, PotState
from app.features.budgets.routes import bp
from app.features.budgets.routes.reading import feature, geojson, winners_of
from app.features.budgets.shown import Names, ShownPot, ShownProject, show_pot, show_project
from app.features.maps.queries import MapSpec
from app.features.spaces import queries as spaces
from app.kernel.errors import NotFound
from app.web import slots
from app.web.access import public, viewer
from app.web.filters import local_text

MOST_BARS = 8
WHOLE = "whole"


@dataclass(frozen=True)
class PotResult:
    """A certified pot on the page: its projects by place, and its sums in words."""

    shown: ShownPot
    won: list[ShownProject]
    others: list[ShownProject]
    bars: list[dict[str, Any]]
    spent: str
    ballots: int
    counted: bool
    score_head: str


@dataclass
class AreaRow:
    """What was won in one area: how many of how many projects, and what they cost."""

    name: str
    won: int = 0
    projects: int = 0
    cost: int = 0


def _results(process: spaces.Process) -> tuple[list[PotResult], list[ShownPot]]:
    """The certified pots of a process, and those whose count is still to come."""
    pots = finding.with_results(db.session(), process.id)
    ids = {one.area_id for pot in pots for one in pot.projects if one.area_id}
    names = Names({one.id: one for one in process.categories}, finding.names_of_areas(db.session(), ids), process.area_id)
    certified, later = [], []
    for pot in pots:
        shown = show_pot(pot, process, len(pot.projects))
        if pot.state is PotState.CERTIFIED and pot.result:
            certified.append(_result(pot, shown, [show_project(one, names) for one in pot.projects]))
        else:
            later.append(shown)
    return certified, later


def _result(pot: Pot, shown: ShownPot, projects: list[ShownProject]) -> PotResult:
    record = pot.result or {}
    why = record.get("why", {})
    projects.sort(key=lambda one: (why.get(one.number, {}).get("place", 10**9), one.project.position))
    winners = winners_of(pot) or set()
    return PotResult(
        shown=shown,
        won=[one for one in projects if one.number in winners],
        others=[one for one in projects if one.number not in winners],
        bars=[_bar(pot, one, why[one.number], won=one.number in winners) for one in projects if one.number in why][:MOST_BARS],
        spent=money.show(pot, record.get("cost", sum(one.project.cost for one in projects if one.number in winners))),
        ballots=record.get("voters") or 0,
        counted=bool(record.get("supported")),
        score_head=outcomes.score_head(pot),
    )


def _bar(pot: Pot, one: ShownProject, why: dict[str, Any], *, won: bool) -> dict[str, Any]:
    word = _("Won") if won else _("Not funded")
    return {
        "label": one.title,
        "value": outcomes.score_number(why["score"]),
        "text": f"{outcomes.score_words(pot, why['score'])} · {word}",
        "url": one.url,
        "tone": "good" if won else "quiet",
    }


def _areas(process: spaces.Process, results: Sequence[PotResult]) -> list[AreaRow]:
    """What was won where; projects without an area of their own count for the whole area. Empty with one area alone."""
    rows: dict[Any, AreaRow] = {}
    for result in results:
        common = result.shown.pot.area_id
        for one in (*result.won, *result.others):
            key = one.project.area_id or common or WHOLE
            row = rows.setdefault(key, AreaRow(""))
            row.projects += 1
            if one in result.won:
                row.won, row.cost = row.won + 1, row.cost + one.project.cost
    names = finding.names_of_areas(db.session(), [key for key in rows if key != WHOLE])
    for key, row in rows.items():
        row.name = local_text(process.area.name) if key == WHOLE else local_text(names.get(key))
    return sorted(rows.values(), key=lambda row: (-row.cost, row.name)) if len(rows) > 1 else []


def _channels(results: Sequence[PotResult]) -> list[dict[str, Any]]:
    sums: dict[str, int] = {}
    for result in results:
        for name, number in (result.shown.pot.result or {}).get("channels", {}).items():
            sums[name] = sums.get(name, 0) + number
    total = sum(sums.values())
    return [
        {"name": outcomes.channel_name(name), "number": number, "share": number / total if total else 0}
        for name, number in sorted(sums.items(), key=lambda pair: -pair[1])
    ]


@bp.get("/of/<slug>/result")
@public
def process_result(slug: str) -> str:
    """Money, winners and turnout of all pots and areas of a process; pots that are not certified yet are named, not counted."""
    process = spaces.visible_process(db.session(), viewer(), slug)
    results, later = _results(process)
    pots = [one.shown.pot for one in results]
    alike = len({(pot.currency, money.decimals_of(pot)) for pot in pots}) == 1
    spent = sum((pot.result or {}).get("cost") or 0 for pot in pots)
    return render_template(
        "budgets/process_result.html",
        process=process,
        results=results,
        later=later,
        areas=[(row, money.show(pots[0], row.cost)) for row in _areas(process, results)] if alike else [],
        channels=_channels(results),
        ballots=sum(one.ballots for one in results),
        won=sum(len(one.won) for one in results),
        total=sum(len(one.won) + len(one.others) for one in results),
        money_total=money.show(pots[0], sum(pot.amount for pot in pots)) if alike else None,
        money_spent=money.show(pots[0], spent) if alike else None,
        map_spec=_map(process, results),
    )


def _map(process: spaces.Process, results: Sequence[PotResult]) -> MapSpec | None:
    area = process.area
    located = any(one.located for result in results for one in (*result.won, *result.others))
    if not located or not spaces.has_place(area):
        return None
    return MapSpec(
        map_id="process_result",
        bounds=(area.west, area.south, area.east, area.north),
        border_url=url_for("spaces.outline", slug=process.slug),
        features_url=url_for(".process_result_features", slug=process.slug),
        group_within=34,
        size="tall",
    )


@bp.get("/of/<slug>/result.geojson")
@public
def process_result_features(slug: str) -> Response:
    """The located projects of every certified pot, winners marked, for the map of the results."""
    process = spaces.visible_process(db.session(), viewer(), slug)
    results, _later = _results(process)
    found = [
        feature(one, {winner.number for winner in result.won})
        for result in results
        for one in (*result.won, *result.others)
        if one.located
    ]
    return geojson(found, private=process.state is spaces.ProcessState.DRAFT)


@bp.get("/of/<slug>/result.csv")
@public
def process_result_csv(slug: str) -> Response:
    """Every project of every certified pot with its outcome, for spreadsheets."""
    process = spaces.visible_process(db.session(), viewer(), slug)
    pots = [pot for pot in finding.with_results(db.session(), process.id) if pot.state is PotState.CERTIFIED and pot.result]
    if not pots:
        raise NotFound
    body = "\ufeff" + downloads.pots_as_csv(pots)
    response = Response(body, mimetype="text/csv")
    prefix = "rehearsal-" if process.rehearsal_of else ""
    response.headers["Content-Disposition"] = f'attachment; filename="{prefix}results-{process.slug}.csv"'
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache" if process.rehearsal_of else "public, no-cache"
    response.make_conditional(request)
    return response


def _link(process: spaces.Process) -> Markup:
    """On the page of a process, once a pot is certified: the way to all its results."""
    if not finding.has_certified(db.session(), process.id):
        return Markup("")
    return slots.partial("budgets/_process_result_link.html", url=url_for("budgets.process_result", slug=process.slug))


slots.register("process.actions", 9, _link)
