"""What signing in leaves behind is forgotten when it is of no more use."""

from datetime import timedelta

from sqlalchemy import func, select

from app.extensions import db as database
from app.features.accounts.models import AttemptCounter, SignInLink, SignInSession
from app.features.erasure import nightly
from app.kernel import clock as kernel_clock
from tests.factories import accounts
from tests.factories.tools import add


def rows(table) -> int:
    return database.session.scalar(select(func.count()).select_from(table)) or 0


def test_old_links_sessions_and_attempts_are_removed_and_new_ones_stay(app, db, clock) -> None:
    person = accounts.person()
    for days in (1, 40, 200):
        at = clock.now - timedelta(days=days)
        accounts.link(person=person, expires_at=at)
        row, _token = accounts.open_session(database.session(), person)
        row.created_at = row.last_seen_at = at
        row.ended_at = at
        add(AttemptCounter(key=f"{days}" * 20, failures=1, last_at=at))
    database.session.commit()
    nightly.run(frozenset({"links", "sign_ins", "attempts"}))
    assert (rows(SignInLink), rows(SignInSession), rows(AttemptCounter)) == (1, 1, 1)
    assert kernel_clock.now() == clock.now
