"""Rules of retention run one by one, in short transactions; what is wrong with one stops no other."""

import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from app.extensions import db
from app.features.erasure.rules import AT_ONCE
from app.features.erasure.use_cases.keeping import Forecast, forecast, note_run
from app.kernel import clock, retention
from app.kernel.one_by_one import SomeFailed
from app.kernel.retention import Rule

log = logging.getLogger(__name__)


def would() -> list[Forecast]:
    """What a run would do now, rule by rule; nothing is changed."""
    with db.transaction() as session:
        found = [forecast(session, rule, clock.now()) for rule in retention.rules()]
        session.rollback()
    return found


def run(names: frozenset[str] | None = None) -> dict[str, tuple[int, int]]:
    """Remove what each rule says (or those in `names`), and tell people whom a rule tells first.

    Returns by rule how many were removed and how many people told. Raises SomeFailed at the end when a rule could not be
    followed; the others were, and each failure is in the log and on the staff's page.
    """
    done: dict[str, tuple[int, int]] = {}
    failed = []
    for rule in retention.rules():
        if names is not None and rule.name not in names:
            continue
        try:
            done[rule.name] = _follow(rule)
        except Exception as error:  # whatever is wrong with one rule must not stop the others
            log.exception("retention rule %s failed", rule.name)
            failed.append(error)
            with db.transaction() as session:
                note_run(session, rule.name, error=type(error).__name__)
    if failed:
        raise SomeFailed(f"{len(failed)} of {len(done) + len(failed)} rules of retention failed") from failed[0]
    return done


def _follow(rule: Rule) -> tuple[int, int]:
    before = retention.cut_off(rule, clock.now())
    if before is None:
        return 0, 0
    told = removed = 0
    if notice := rule.notice:
        soon = before + timedelta(days=notice.days)
        told = _until_done(lambda session: notice.run(session, soon, AT_ONCE))
    removed = _until_done(lambda session: rule.run(session, before, AT_ONCE))
    with db.transaction() as session:
        note_run(session, rule.name, removed=removed, announced=told)
    return removed, told


def _until_done(step: Callable[[Session], int]) -> int:
    total = 0
    while True:
        with db.transaction() as session:
            number = step(session)
        total += number
        if number < AT_ONCE:
            return total
