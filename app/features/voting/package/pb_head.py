"""META and PROJECTS of the file of ballots, as the collection that the format comes from wants them.

What the format has no words for stands in the comment, for people and for `flask counting count` (see `counting/pb/beside.py`).
"""

from babel.core import get_global
from flask import current_app
from sqlalchemy.orm import Session

from app.features.budgets.queries import (
    Pot,
    Project,
    decimals_of,
    gives_points,
    least_projects,
    most_cost,
    most_points_each,
    most_projects,
)
from app.features.counting.use_cases import PbHead, PbProject, new_head
from app.features.spaces.queries import Action, process
from app.features.voting.package.pb_layout import Layout

_NO_COUNTRIES = frozenset(("001", "ZZ", "XK"))
"""What time zones name beside countries with a code of their own."""


def head_of(session: Session, pot: Pot, layout: Layout) -> PbHead:
    """The head of the file of an opened and counted pot."""
    space = process(session, pot.process_id)
    votes = [phase for phase in space.phases if Action.VOTE in phase.actions] if space else []
    meta: dict[str, str | int] = {
        "description": _any(pot.title),
        "country": _country(),
        "unit": _any(space.area.name) if space else "",
        "instance": str(max((phase.ends_at for phase in votes), default=pot.created_at).year),
        "num_projects": len(layout.projects),
        "num_votes": sum(layout.rows.values()),
        "budget": layout.money(pot.amount),
        "vote_type": pot.vote_type,
        "rule": layout.rule,
        "currency": pot.currency,
        "comment": " ".join(f"#{number}: {text}" for number, text in enumerate(layout.comments(), 1)),
    }
    if votes:
        meta["date_begin"] = min(phase.starts_at for phase in votes).strftime("%d.%m.%Y")
        meta["date_end"] = max(phase.ends_at for phase in votes).strftime("%d.%m.%Y")
    meta |= _limits(pot, layout)
    if layout.least is not None:
        meta["min_project_score_threshold"] = layout.least
    if layout.written.fully_funded:
        meta["fully_funded"] = 1
    counted = bool((pot.result or {}).get("supported"))
    points = ("score",) if layout.with_points else ()
    columns = ("project_id", "cost", "votes", *points, "name", *(("selected",) if counted else ()))
    projects = [_row(one, layout) for one in layout.projects]
    return new_head(meta, projects, project_columns=columns, vote_columns=layout.vote_columns, decimals=decimals_of(pot))


def _limits(pot: Pot, layout: Layout) -> dict[str, str | int]:
    """What ballots kept to, as far as the rows still do where projects are left out."""
    found: dict[str, str | int] = {}
    if pot.max_projects is not None and pot.vote_type != "choose-1" and layout.projects:
        found["max_length"] = min(most_projects(pot), len(layout.projects))
    if pot.vote_type != "choose-1" and least_projects(pot) > 1 and not layout.lacks_votes:
        found["min_length"] = least_projects(pot)
    if (cap := most_cost(pot)) is not None:
        found["max_sum_cost"] = layout.money(cap)
    if gives_points(pot):
        given = max((sum(points or ()) for _, points in layout.rows), default=1)
        found["max_sum_points"] = given if pot.max_points is None else pot.max_points
        if pot.options.get("max_points_per_project") is not None and (each := most_points_each(pot)) is not None:
            found["max_points"] = each
    return found


def _row(project: Project, layout: Layout) -> PbProject:
    return PbProject(
        project.number,
        project.cost,
        votes=layout.tally.votes(project.number),
        score=layout.tally.score(project.number),
        name=" ".join(_any(project.title).split()),
        selected=int(project.number in layout.winners),
    )


def _country() -> str:
    """The country of the city's time zone, as a code of two letters; the installation says no more about where it is."""
    country = str(get_global("zone_territories").get(current_app.config["SETTINGS"].timezone, "Worldwide"))
    return "Worldwide" if country in _NO_COUNTRIES else country


def _any(texts: dict[str, str]) -> str:
    return next((text for text in texts.values() if text), "")
