"""What is removed by itself, after how long, and why: declared by each room, so that the page that tells people is the program.

Each rule counts by the condition by which it removes, at any moment: so the page can say today what will go tomorrow night.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, inspect, select, tuple_
from sqlalchemy.orm import Session

from app.kernel.messages import Message

Count = Callable[[Session, datetime], int]
Run = Callable[[Session, datetime, int], int]


@dataclass(frozen=True)
class Notice:
    """People who are told before their data goes: how many days before, how many would be told, and telling them."""

    days: int
    count: Count
    run: Run


@dataclass(frozen=True)
class Rule:
    """One kind of thing that goes. `what`, `why` and `since` (from when the days are counted) are for everybody to read.

    `count(session, before)` says how many are older than `before`, `run(session, before, most)` removes at most so many of them
    and returns how many those were; the caller commits and comes back until there are fewer than `most`.
    """

    name: str
    what: Message
    since: Message
    why: Message
    days: int
    count: Count
    run: Run
    public: bool = True
    fewest_days: int = 0
    notice: Notice | None = None


_rules: dict[str, Rule] = {}
_days: dict[str, int | None] = {}
NEVER = "never"


def declare(rule: Rule) -> Rule:
    """Add a rule; the same name again replaces it."""
    _rules[rule.name] = rule
    return rule


def rows(
    name: str,
    what: Message,
    model: Any,
    condition: Callable[[datetime], ColumnElement[bool]],
    *,
    since: Message,
    why: Message,
    days: int,
    public: bool = True,
    fewest_days: int = 0,
) -> Rule:
    """A rule that deletes rows of one table."""

    def count(session: Session, before: datetime) -> int:
        return session.scalar(select(func.count()).select_from(model).where(condition(before))) or 0

    def run(session: Session, before: datetime, most: int) -> int:
        keys = list(inspect(model).primary_key)
        chosen = select(*keys).where(condition(before)).limit(most)
        which = keys[0].in_(chosen) if len(keys) == 1 else tuple_(*keys).in_(chosen)
        statement = delete(model).where(which)
        return int(session.execute(statement, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]

    return declare(Rule(name, what, since, why, days, count, run, public, fewest_days))


def rules() -> list[Rule]:
    """All of them, by name."""
    return [_rules[name] for name in sorted(_rules)]


def set_days(given: Mapping[str, str]) -> None:
    """How many days this installation keeps things, by rule; `never` keeps for ever. Others keep their default.

    Raises ValueError for a rule that there is none of, for what is no number, and for less than what others rely on.
    """
    found: dict[str, int | None] = {}
    for name, text in given.items():
        rule = _rules.get(name)
        if rule is None:
            raise ValueError(f"there is no rule {name!r}; there are {', '.join(sorted(_rules))}")
        if text != NEVER and not text.isdecimal():
            raise ValueError(f"{name}={text!r} must be a number of days, or {NEVER}")
        found[name] = None if text == NEVER else int(text)
        if text != NEVER and int(text) < rule.fewest_days:
            raise ValueError(f"{name}={text} is too short: at least {rule.fewest_days} days")
    _days.clear()
    _days.update(found)


def days_of(rule: Rule) -> int | None:
    """How many days this installation keeps it; None for ever."""
    return _days.get(rule.name, rule.days)


def cut_off(rule: Rule, moment: datetime) -> datetime | None:
    """What is older than this goes in a run at `moment`; None when nothing does."""
    days = days_of(rule)
    return None if days is None else moment - timedelta(days=days)
