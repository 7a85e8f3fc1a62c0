"""A certified result as files: everything needed to check it, money as plain numbers, scores exact."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from app.features.budgets import money
from app.features.budgets.choices import withdrawn_from
from app.features.budgets.models import Pot, Project
from app.features.budgets.rules import few_ballots, votes_apart
from app.kernel.permissions import Channel
from app.kernel.small_numbers import JOINED

COLUMNS = (
    *("place", "number", "reference", "title", "score", "votes", "cost", "currency", "outcome", "left_before", "short_by"),
    *("needed_score", "outranks", "excluded_by", "payers", "paid_in_full", "paid_each", "supporters_had", "lacking"),
    *("further_supporters", "chosen_by_city", "longitude", "latitude"),
)
WAYS = (*(channel.value for channel in Channel), "unknown", JOINED)
"""Every way a ballot can have come in, those not recorded and small numbers put together: the same columns in every file."""
BY_CHANNEL = ("votes_box", "votes_paper", *(f"ballots_{way}" for way in WAYS))
"""Behind the others: the project's votes from the box and on paper, and the pot's ballots by channel."""


def as_json(pot: Pot, projects: Sequence[Project]) -> dict[str, Any]:
    """The result with each project's outcome. Money is written as text in whole units of the currency."""
    result = pot.result or {}
    found: dict[str, Any] = {
        "pot": str(pot.id),
        "title": pot.title,
        "currency": pot.currency,
        "budget": money.plain(pot, pot.amount),
        "vote_type": pot.vote_type,
        "rule": pot.rule,
        "counted": bool(result.get("supported")),
        "imported": bool(result.get("imported")),
        "certified_at": pot.certified_at.isoformat() if pot.certified_at else None,
        "voters": result.get("voters"),
        "channels": result.get("channels", {}),
        "withdrawn": list(withdrawn_from(pot)),
    }
    if result.get("supported"):
        found |= {
            "blank": result["blank"],
            "winners": result["winners"],
            "spent": money.plain(pot, result["cost"]),
            "left": money.plain(pot, result["left"]),
            "with_a_winner": None if few_ballots(pot) else result.get("with_a_winner"),
            "tie_rules": result["tie_rules"],
            "drawn_order": list(pot.options.get("drawn_order", ())),
            "shares": _shares(pot, result.get("shares")),
            "ties": result["ties"],
        }
    else:
        found["missing"] = result.get("missing")
    found["projects"] = [_row(pot, project) | _both_ways(pot, project) for project in _in_order(pot, projects)]
    return found


def result_text(pot: Pot) -> str:
    """The result as a JSON file."""
    return json.dumps(as_json(pot, pot.projects), ensure_ascii=False, indent=1)


def as_csv(pot: Pot, projects: Sequence[Project]) -> str:
    """One row for each project, in the order of places (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = (*COLUMNS, "ballots", *BY_CHANNEL)
    writer.writerow(columns)
    pots_own = _ballots(pot)
    for project in _in_order(pot, projects):
        row = _row(pot, project) | _votes_apart(pot, project) | pots_own
        writer.writerow([_cell(row.get(column)) for column in columns])
    return out.getvalue()


def pots_as_csv(pots: Sequence[Pot]) -> str:
    """The same for several pots, each row with the pot it is of."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = ("pot", "ballots", *COLUMNS, *BY_CHANNEL)
    writer.writerow(columns)
    for pot in pots:
        pots_own = {"pot": next(iter(pot.title.values()), ""), **_ballots(pot)}
        for project in _in_order(pot, pot.projects):
            row = _row(pot, project) | _votes_apart(pot, project) | pots_own
            writer.writerow([_cell(row.get(column)) for column in columns])
    return out.getvalue()


def _ballots(pot: Pot) -> dict[str, int | None]:
    """How many ballots there are, and how they came in; what an imported file calls by a name of its own is not known to us.

    A way that nobody took is nought; where small numbers stand together, a way without a number of its own is among them.
    """
    result = pot.result or {}
    channels: dict[str, int] = result.get("channels", {})
    found: dict[str, int | None] = {"ballots": result.get("voters")}
    for way in WAYS if channels else ():
        found[f"ballots_{way}"] = channels.get(way, None if JOINED in channels else 0)
    if channels:
        more = sum(number for name, number in channels.items() if name not in WAYS)
        found["ballots_unknown"] = (found["ballots_unknown"] or 0) + more if more else found["ballots_unknown"]
    return found


def _votes_apart(pot: Pot, project: Project) -> dict[str, int]:
    """A project's votes from the box beside those on paper, in the columns of a file."""
    both = votes_apart(pot, project.number)
    return dict(zip(("votes_box", "votes_paper"), both, strict=True)) if both else {}


def _both_ways(pot: Pot, project: Project) -> dict[str, int | None]:
    return {"votes_box": None, "votes_paper": None, **_votes_apart(pot, project)}


def _in_order(pot: Pot, projects: Sequence[Project]) -> list[Project]:
    why = (pot.result or {}).get("why", {})
    return sorted(projects, key=lambda one: (why.get(one.number, {}).get("place", 10**9), one.position))


def _row(pot: Pot, project: Project) -> dict[str, Any]:
    why = (pot.result or {}).get("why", {}).get(project.number, {})
    return {
        "place": why.get("place"),
        "number": project.number,
        "reference": project.reference,
        "title": next(iter(project.title.values()), ""),
        "score": why.get("score"),
        "votes": why.get("votes"),
        "cost": money.plain(pot, project.cost),
        "currency": pot.currency,
        "outcome": why.get("reason"),
        "left_before": money.plain(pot, why.get("left")),
        "short_by": money.plain(pot, why.get("short_by") or None),
        "needed_score": why.get("needed_score"),
        "outranks": why.get("outranks"),
        "excluded_by": why.get("excluded_by"),
        **_paid(pot, why.get("paid")),
        "chosen_by_city": project.official_selected,
        "longitude": project.lon,
        "latitude": project.lat,
    }


def _paid(pot: Pot, paid: dict[str, Any] | None) -> dict[str, Any]:
    """Who paid, where supporters pay for their projects themselves."""
    if paid is None or few_ballots(pot):
        return {}
    return {
        "payers": paid["payers"],
        "paid_in_full": paid["in_full"],
        "paid_each": money.plain_part(pot, paid["each"]),
        "supporters_had": money.plain_part(pot, paid["money"]),
        "lacking": money.plain_part(pot, paid["lacking"]),
        "further_supporters": paid["further_supporters"],
    }


def _shares(pot: Pot, shares: dict[str, Any] | None) -> dict[str, Any] | None:
    """The course of Equal Shares, sums in whole units."""
    if shares is None or few_ballots(pot):
        return None
    sums = {name: money.plain_part(pot, shares[name]) for name in ("first_share", "share")}
    return {**shares, **sums, "next_cost": money.plain(pot, shares["next_cost"]) or None}


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t"):
        return f"'{value}"
    return value
