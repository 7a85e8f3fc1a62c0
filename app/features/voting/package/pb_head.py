"""META and PROJECTS of the file of ballots, as the collection that the format comes from wants them."""

from babel.core import get_global
from flask import current_app
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, decimals_of, gives_points
from app.features.counting.numbers import money_text, parse_score
from app.features.counting.use_cases import PbHead, PbProject, new_head
from app.features.spaces.queries import Action, process


def head_of(session: Session, pot: Pot, ballots: int, blank: int) -> PbHead:
    """The head of the file of an opened and counted pot. `ballots` are the rows; blank ballots may have none there."""
    space = process(session, pot.process_id)
    votes = [phase for phase in space.phases if Action.VOTE in phase.actions] if space else []
    meta: dict[str, str | int] = {
        "description": _any(pot.title),
        "country": _country(),
        "unit": _any(space.area.name) if space else "",
        "instance": str(max((phase.ends_at for phase in votes), default=pot.created_at).year),
        "num_projects": len(pot.projects),
        "num_votes": ballots,
        "budget": _plain(pot, pot.amount),
        "vote_type": pot.vote_type,
        "rule": pot.rule,
        "currency": pot.currency,
    }
    if votes:
        meta["date_begin"] = min(phase.starts_at for phase in votes).strftime("%d.%m.%Y")
        meta["date_end"] = max(phase.ends_at for phase in votes).strftime("%d.%m.%Y")
    if pot.max_projects is not None and pot.vote_type != "choose-1":
        meta["max_length"] = pot.max_projects
    if pot.limit_by_cost:
        meta["max_sum_cost"] = _plain(pot, pot.amount)
    if pot.max_points is not None:
        meta["max_sum_points"] = pot.max_points
    if (each := pot.options.get("max_points_per_project")) is not None:
        meta["max_points"] = each
    if (least := pot.options.get("min_project_score_threshold")) is not None:
        meta["min_project_score_threshold"] = str(least)
    if blank:
        meta["comment"] = f"#1: {blank} blank ballots were counted as voters; they have no row here"
    with_points = gives_points(pot)
    columns = ("project_id", "cost", "votes", *(("score",) if with_points else ()), "name", "selected")
    vote_columns = ("voter_id", "vote", *(("points",) if with_points else ()))
    return new_head(meta, _projects(pot), project_columns=columns, vote_columns=vote_columns, decimals=decimals_of(pot))


def _projects(pot: Pot) -> list[PbProject]:
    result = pot.result or {}
    why, won = result.get("why", {}), set(result.get("winners", ()))
    return [
        PbProject(
            project.number,
            project.cost,
            votes=why[project.number]["votes"],
            score=parse_score(why[project.number]["score"]),
            name=" ".join(_any(project.title).split()),
            selected=int(project.number in won),
        )
        for project in pot.projects
    ]


def _country() -> str:
    """The country of the city's time zone, as a code of two letters; the installation says no more about where it is."""
    return str(get_global("zone_territories").get(current_app.config["SETTINGS"].timezone, "Worldwide"))


def _any(texts: dict[str, str]) -> str:
    return next((text for text in texts.values() if text), "")


def _plain(pot: Pot, amount: int) -> str:
    return money_text(amount, decimals_of(pot))
