"""What is fixed before the vote, as one text that everybody can check: its SHA-256 is published with it. Pure."""

import hashlib
import json
from typing import Any

from babel.numbers import get_currency_precision

from app.features.budgets.models import Pot, Project

FORMAT = "plaza-ballot-1"


def ballot_file(pot: Pot) -> bytes:
    """Money, kind of ballot, limits, rule with all it depends on, and every project: canonical JSON.

    Keys are sorted, nothing stands between the signs, text is UTF-8. The same ballot always gives the same bytes.
    """
    return json.dumps(_content(pot), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def ballot_digest(pot: Pot) -> str:
    """SHA-256 over the ballot file: what is frozen before the vote."""
    return hashlib.sha256(ballot_file(pot)).hexdigest()


def _content(pot: Pot) -> dict[str, Any]:
    options = pot.options
    return {
        "format": FORMAT,
        "pot": str(pot.id),
        "process": str(pot.process_id),
        "area": _text(pot.area_id),
        "title": pot.title,
        "description": pot.description,
        "amount": pot.amount,
        "currency": pot.currency,
        "decimals": int(options.get("decimals", get_currency_precision(pot.currency))),
        "vote_type": pot.vote_type,
        "limits": {
            "by_cost": pot.limit_by_cost,
            **_cap(pot),
            "min_projects": pot.min_projects,
            "max_projects": pot.max_projects,
            "max_points": pot.max_points,
            "max_points_per_project": options.get("max_points_per_project"),
            "max_length": options.get("max_length"),
        },
        "rule": pot.rule,
        "minimum": {
            "score": options.get("min_project_score_threshold"),
            "percent_of_ballots": options.get("threshold_share"),
            "above": bool(options.get("threshold_above")),
        },
        "stop_when_exhaustive": bool(options.get("stop_when_exhaustive")),
        "tie_rules": options.get("tie_rules") or [],
        "voters": options.get("voters"),
        "conflicts": options.get("conflicts"),
        "conflict_names": options.get("conflict_names"),
        "projects": [_project(one) for one in sorted(pot.projects, key=lambda one: (one.position, one.id))],
    }


def _cap(pot: Pot) -> dict[str, int]:
    """The cap of a ballot by cost where it is another sum than the money; the bytes of older ballots stay as they are."""
    cap = pot.options.get("max_sum_cost")
    return {} if cap is None or not pot.limit_by_cost else {"max_sum_cost": int(cap)}


def _project(one: Project) -> dict[str, Any]:
    return {
        "number": one.number,
        "reference": one.reference,
        "title": one.title,
        "description": one.description,
        "cost": one.cost,
        "area": _text(one.area_id),
        "lon": one.lon,
        "lat": one.lat,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
