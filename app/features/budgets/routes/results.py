"""What became of a pot: who won and why, published when the count is certified."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from app.features.budgets import announcing, explained, money, outcomes
from app.features.budgets.listing import one_page
from app.features.budgets.queries import Pot, PotState
from app.features.budgets.routes import bp
from app.features.budgets.routes.shared import (
    last_voting_day,
    map_of,
    names_in,
    shown_projects,
    source_of,
    steps,
    visible,
)
from app.features.budgets.shown import (
    ShownProject,
)
from app.kernel.paging import page_number
from app.web.access import public

MOST_BARS = 30
SIZE = 25


@bp.get("/<uuid:pot_id>/result")
@public
def result(pot_id: UUID) -> str:
    """Who won and why. Before the count is certified: when the result comes, and no count."""
    pot, shown = visible(pot_id)
    if pot.state is not PotState.CERTIFIED or not pot.result:
        return render_template("budgets/result_later.html", shown=shown, pot=pot, ends=last_voting_day(shown))
    projects = shown_projects(pot, shown)
    record = pot.result
    supported = bool(record.get("supported"))
    all_on_map = request.args.get("map") == "all"
    rows = _rows(pot, projects) if supported else _official_rows(pot, projects)
    which = request.args.get("show", "")
    which = which if which in ("won", "lost") else ""
    listed = [row for row in rows if not which or row["won"] is (which == "won")]
    page = one_page(listed, page_number(request.args.get("page")), SIZE)
    where = {"pot_id": str(pot.id), **({"show": which} if which else {})}
    return render_template(
        "budgets/result.html",
        shown=shown,
        pot=pot,
        record=record,
        supported=supported,
        rows=page.items,
        page=page,
        pages=steps(page, "page", where, ".result"),
        which=which,
        won=sum(row["won"] for row in rows),
        total=len(rows),
        bars=_bars(rows),
        score_head=outcomes.score_head(pot),
        channels=_channels(record),
        ties=_ties(record, {one.number: one.title for one in projects}),
        rule=announcing.rule_steps(pot),
        tie_rules=outcomes.tie_words(record.get("tie_rules", [])),
        why_not=outcomes.not_counted(record),
        official=_official(pot, projects),
        has_official=bool(pot.options.get("has_official")),
        satisfied=explained.satisfied(pot),
        shares_steps=explained.shares_steps(pot),
        payments=explained.payments(pot, projects),
        spent=money.show(pot, record.get("cost")),
        left=money.show(pot, record.get("left")),
        located=any(one.located for one in projects),
        all_on_map=all_on_map,
        located_winners=sum(row["won"] and row["one"].located for row in rows),
        located_total=sum(one.located for one in projects),
        map_spec=map_of(pot, shown, projects, _map_address(pot, all_on_map or not supported), group_within=34),
        names_in=names_in(projects),
        source=source_of(pot),
    )


def _rows(pot: Pot, projects: Sequence[ShownProject]) -> list[dict[str, Any]]:
    """One row for each project, in the order of places."""
    record = pot.result or {}
    titles = {one.number: one.title for one in projects}
    rows = []
    for one in projects:
        why = record["why"].get(one.number)
        if why is not None:
            rows.append(
                {
                    "one": one,
                    "place": why["place"],
                    "score": outcomes.score_number(why["score"]),
                    "score_words": outcomes.score_words(pot, why["score"]),
                    "ways": outcomes.ways_words(pot, one.number),
                    "won": why["reason"] == "won",
                    "outcome": outcomes.outcome(pot, one.number, why, titles),
                    "official": one.project.official_selected,
                }
            )
    return sorted(rows, key=lambda row: row["place"])


def _official_rows(pot: Pot, projects: Sequence[ShownProject]) -> list[dict[str, Any]]:
    """What the published file says of each project, where nothing is counted."""
    rows = []
    for one in projects:
        score = one.project.extra.get("score") or one.project.extra.get("votes")
        rows.append(
            {
                "one": one,
                "place": None,
                "score": outcomes.score_number(str(score)) if score is not None else None,
                "won": bool(one.project.official_selected),
                "outcome": None,
                "official": one.project.official_selected,
            }
        )
    return sorted(rows, key=lambda row: (not row["won"], -(row["score"] or 0), row["one"].project.position))


def _bars(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first places as bars. Winners have a word, not only a colour."""
    return [
        {
            "label": row["one"].title,
            "value": row["score"],
            "text": f"{row['score_words']} · {row['outcome'].label}",
            "url": row["one"].url,
            "tone": "good" if row["won"] else "quiet",
        }
        for row in rows[: _how_many_bars(rows)]
        if row["outcome"]
    ]


def _channels(record: dict[str, Any]) -> list[dict[str, Any]]:
    total = sum(record.get("channels", {}).values())
    return [
        {"name": outcomes.channel_name(name), "number": number, "share": number / total if total else 0}
        for name, number in sorted(record.get("channels", {}).items(), key=lambda pair: -pair[1])
    ]


def _ties(record: dict[str, Any], titles: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "projects": [titles.get(number, number) for number in tie["projects"]],
            "score": outcomes.score_number(tie["score"]),
            "how": outcomes.tie_words(tie["decided_by"]) if tie["decided_by"] else "",
            "decisive": tie["decisive"],
        }
        for tie in record.get("ties", [])
    ]


def _official(pot: Pot, projects: Sequence[ShownProject]) -> dict[str, Any] | None:
    """Our winners beside the city's; None where the file does not say them or we do not count."""
    record = pot.result or {}
    if not pot.options.get("has_official") or not record.get("supported"):
        return None
    ours = set(record["winners"])
    theirs = {one.number for one in projects if one.project.official_selected}
    return {
        "same": ours == theirs,
        "number": len(theirs),
        "only_ours": [one for one in projects if one.number in ours - theirs],
        "only_theirs": [one for one in projects if one.number in theirs - ours],
    }


def _how_many_bars(rows: Sequence[dict[str, Any]]) -> int:
    """To just behind the first project that did not win, so that the border is seen."""
    first = next((number for number, row in enumerate(rows) if not row["won"]), len(rows))
    return min(max(first + 5, 10), MOST_BARS)


def _map_address(pot: Pot, everything: bool) -> str:
    """The winners alone, so that they are seen, or every project."""
    return url_for(".features", pot_id=pot.id, view="result", show=None if everything else "won")
