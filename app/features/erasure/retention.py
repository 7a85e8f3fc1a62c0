"""What this room removes by itself: unused accounts, requests nobody confirmed, what is left of old erasures."""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.extensions import celery
from app.features.erasure.models import Erasure, ErasureState, RetentionRun
from app.features.erasure.rules import SECOND_HAND_WITHIN
from app.features.erasure.use_cases.at_desk import forget_lapsed
from app.features.erasure.use_cases.keeping import (
    UNUSED,
    WARNED_BEFORE,
    count_over,
    count_told,
    erase_over,
    erase_unused,
)
from app.kernel import clock
from app.kernel.erasure_ledger import ledger
from app.kernel.messages import msg
from app.kernel.retention import Rule, declare, rows


def _lapsed(session: Session, before: datetime) -> int:
    which = and_(Erasure.state == ErasureState.ASKED, Erasure.asked_at < before)
    return session.scalar(select(func.count()).select_from(Erasure).where(which)) or 0


def _older_than_backups(before: datetime) -> datetime:
    """Never later than the oldest backup, whatever is set."""
    kept = celery.flask_app.config["SETTINGS"].backups_kept_days
    return min(before, clock.now() - timedelta(days=kept + 1))


declare(
    Rule(
        "accounts",
        msg("Accounts that nobody uses, with all that belongs to them"),
        msg("after they were last used"),
        msg("What nobody needs we do not keep. An e-mail says so a month before; signing in once keeps the account."),
        730,
        count_told,
        erase_unused,
        fewest_days=WARNED_BEFORE + 60,
        notice=UNUSED,
    )
)
declare(
    Rule(
        "answers_without_account",
        msg(
            "People who answered on paper or at a desk and have no account, with their answers and the pictures of their sheets"
        ),
        msg("after the last of their answers has ended or was given, once none of them is a yes that counts"),
        msg("What nobody needs we do not keep. They left no address, so nobody can be told before."),
        730,
        count_over,
        erase_over,
        fewest_days=90,
    )
)
declare(
    Rule(
        "requests",
        msg("Requests to erase everything that nobody has confirmed"),
        msg("after they were made"),
        msg("The link in the e-mail does not work any more by then, and a second clerk had a week."),
        SECOND_HAND_WITHIN.days,
        _lapsed,
        lambda session, before, _most: forget_lapsed(session, before),
        fewest_days=SECOND_HAND_WITHIN.days,
    )
)
declare(
    Rule(
        "ledger",
        msg("Lines in the list by which erased people are found in a restored backup"),
        msg("after the erasure"),
        msg("They have to be there for longer than every backup, and then no more."),
        90,
        lambda _session, before: ledger.older_than(_older_than_backups(before)),
        lambda _session, before, _most: ledger.forget_before(_older_than_backups(before)),
        fewest_days=1,
    )
)
rows(
    "erasures",
    msg("Notes that somebody was erased: numbers, without a name"),
    Erasure,
    lambda before: and_(Erasure.person_id.is_(None), func.coalesce(Erasure.done_at, Erasure.asked_at) < before),
    since=msg("after the erasure"),
    why=msg("So that it can be shown that it was done."),
    days=1095,
)
rows(
    "runs",
    msg("Notes on what was removed each night"),
    RetentionRun,
    lambda before: RetentionRun.at < before,
    since=msg("after that night"),
    why=msg("So that staff can see that it works."),
    days=400,
    public=False,
)
