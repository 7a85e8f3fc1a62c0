"""The seam to other rooms: they take accepted pages as first entries, and give them back."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.scans.models import PageState, ScanPage
from app.features.scans.queries.reviews import ReviewedPage, as_reviewed
from app.features.scans.rules import BALLOT
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

_LONGEST = 80


def take_pages(session: Session, actor: Actor, page_ids: Sequence[uuid.UUID], by: str) -> list[ReviewedPage]:
    """Mark accepted pages as taken by another record, such as `intake:<id>`, and return what was accepted on each.

    All or none: raises NotFound where one is not in a process in which the actor takes in paper, and Conflict where one is not
    accepted any more or belongs to another record. Taking the same pages for the same record again changes nothing.
    """
    if not by or len(by) > _LONGEST:
        raise ValueError("say in 1 to 80 characters which record takes the pages")
    wanted = sorted(set(page_ids))
    found = session.scalars(
        select(ScanPage)
        .where(ScanPage.id.in_(wanted))
        .order_by(ScanPage.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(found) != len(wanted) or not all(actor.may(Permission.INTAKE, one.process_id) for one in found):
        raise NotFound
    for page in found:
        if page.state is not PageState.REVIEWED or page.taken_by not in (None, by):
            raise Conflict(msg("One of these pages is in another batch already, or is looked through anew. Nothing was taken."))
        if page.taken_by is None:
            page.taken_by, page.taken_at, page.version = by, clock.now(), page.version + 1
            _note(session, actor, "scan_page.taken_up", page, by)
    session.flush()
    return [as_reviewed(page, page.readings.get("asked_on")) for page in found]


def give_back_pages(session: Session, actor: Actor, by: str) -> int:
    """Free all pages that a record had taken, because it is void or is made anew. Returns how many. Raises NotFound."""
    found = session.scalars(select(ScanPage).where(ScanPage.taken_by == by).order_by(ScanPage.id).with_for_update()).all()
    if not all(actor.may(Permission.INTAKE, one.process_id) for one in found):
        raise NotFound
    for page in found:
        page.taken_by, page.taken_at, page.version = None, None, page.version + 1
        _note(session, actor, "scan_page.given_back", page, by)
    session.flush()
    return len(found)


def _note(session: Session, actor: Actor, action: str, page: ScanPage, by: str) -> None:
    """Of ballots whoever takes them notes how many: the log stays, and which page lay in which batch is to be forgotten."""
    if page.form_kind != BALLOT:
        audit.record(session, actor, action, page, process_id=page.process_id, by=by)
