"""When a decision can be signed, what totals are plausible, and until when people can object. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.features.committee.models import Decision, DecisionState, PaperEntry
from app.kernel.errors import Conflict, Forbidden, Invalid, Refused
from app.kernel.messages import Message, msg

ANNOUNCED_FOR = timedelta(days=3)
"""How long before the nightly task destroys keys it says so."""
CONTACT_KEPT = timedelta(days=30)
"""How long after the decision the name and contact of somebody who objected without an account are kept, to answer them."""
MOST_NAME, MOST_CONTACT = 120, 200
POINTS = ("cumulative", "scoring", "ordinal")
NUMBERS = ("participations", "ballots", "blank", "invalid")
SUMS = (*NUMBERS, "votes", "points")


def require_open(decision: Decision) -> None:
    """Raise Conflict when a decision is no longer only proposed."""
    words = {
        DecisionState.IN_FORCE: msg("This decision is in force already: two members have signed it."),
        DecisionState.DECLINED: msg("This was declined. Whoever still wants it proposes it again."),
        DecisionState.WITHDRAWN: msg("This was taken back by the member who proposed it."),
    }
    if decision.state in words:
        raise Conflict(words[decision.state])


def require_another(decision: Decision, person_id: UUID) -> None:
    """Raise Forbidden for whoever has signed first."""
    if decision.proposed_by == person_id:
        raise Forbidden(msg("You have signed this already. A different member of the committee must sign second."))


def digest_of(content: Any) -> str:
    """SHA-256 of JSON values in one fixed form."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Limits:
    """What one ballot that is not blank can hold: how many projects, the least and most points of each, and of all together."""

    projects: int
    each: tuple[int, int] | None = None
    points: tuple[int, int] | None = None


RESULT = ("supported", "rule", "winners", "cost", "left", "voters", "blank")
OUTCOME = ("place", "score", "votes", "cost", "reason")
TIE = ("projects", "score", "decided_by", "decisive")
"""What a recount must come to again. Records hold more, and newer programs write more than older ones: no difference."""


def same_result(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two records of a count have the same winners, the same outcome of each project, and the same ties."""
    mine, theirs = one or {}, other or {}
    outcomes = [record.get("why") or {} for record in (mine, theirs)]
    ties = [record.get("ties") or [] for record in (mine, theirs)]
    return (
        _same(RESULT, mine, theirs)
        and outcomes[0].keys() == outcomes[1].keys()
        and all(_same(OUTCOME, outcomes[0][number], outcomes[1][number]) for number in outcomes[0])
        and len(ties[0]) == len(ties[1])
        and all(_same(TIE, *pair) for pair in zip(*ties, strict=True))
    )


def _same(names: Sequence[str], one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[name] == other[name] for name in names if name in one and name in other)


def check_totals(
    numbers: Mapping[str, int], votes: Mapping[str, int], points: Mapping[str, int], vote_type: str, limits: Limits
) -> None:
    """Raise Invalid where totals cannot be those of ballots within the announced limits."""
    errors: dict[str, Message] = {}
    filled = numbers["ballots"] - numbers["blank"]
    if filled < 0:
        errors["blank"] = msg("There are more blank ballots than ballots.")
    for number, given in votes.items():
        if not 0 <= given <= max(filled, 0):
            errors[f"votes_{number}"] = msg("More votes than there are ballots that are not blank: %(most)s.", most=filled)
    total = sum(votes.values())
    if not errors and not filled <= total <= filled * limits.projects:
        errors["ballots"] = msg("So many ballots cannot have %(votes)s votes together. Look at the sheet again.", votes=total)
    if vote_type in POINTS:
        errors |= _points_that_cannot_be(filled, votes, points, limits, sums=not errors)
    if errors:
        raise Invalid(errors)


def _points_that_cannot_be(
    filled: int, votes: Mapping[str, int], points: Mapping[str, int], limits: Limits, *, sums: bool
) -> dict[str, Message]:
    errors: dict[str, Message] = {}
    for number in sorted({*votes, *points}, key=_natural):
        named, given = votes.get(number, 0), points.get(number, 0)
        if given and not named:
            errors[f"points_{number}"] = msg("Points without a ballot that names the project.")
        elif limits.each and not named * limits.each[0] <= given <= named * limits.each[1]:
            errors[f"points_{number}"] = msg(
                "More or fewer points than the votes for this project can give: %(least)s to %(most)s.",
                least=named * limits.each[0],
                most=named * limits.each[1],
            )
    total = sum(points.values())
    if sums and not errors and limits.points and not filled * limits.points[0] <= total <= filled * limits.points[1]:
        errors["ballots"] = msg(
            "So many ballots cannot have %(points)s points together. Look at the sheet again.", points=total
        )
    return errors


def differences(one: PaperEntry, other: PaperEntry) -> list[tuple[str, int, int]]:
    """(field, first entry, second entry) wherever two entries of the same totals differ."""
    found = [(name, getattr(one, name), getattr(other, name)) for name in NUMBERS]
    for kind in ("votes", "points"):
        mine, theirs = getattr(one, kind), getattr(other, kind)
        found += [(f"{kind}_{key}", mine.get(key, 0), theirs.get(key, 0)) for key in sorted(mine | theirs, key=_natural)]
    return [row for row in found if row[1] != row[2]]


def _natural(number: str) -> tuple[int, str]:
    return (int(number), "") if number.isdigit() else (10**9, number)


def agreed(entries: Sequence[PaperEntry]) -> bool:
    """Whether two people typed the same totals."""
    return len(entries) == 2 and not differences(entries[0], entries[1])


def objections_until(certified: Sequence[datetime], days: int) -> datetime | None:
    """Until when people can object: so many days after the last certificate; None while there is none."""
    return max(certified) + timedelta(days=days) if certified else None


def require_reason(text: str, field: str) -> str:
    """The reason, or Refused when there is none."""
    if not text.strip():
        raise Refused(msg("Write down the reason. It becomes part of the protocol."), field=field)
    return text.strip()
