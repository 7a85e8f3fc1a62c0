"""An erasure goes on: one step is one short transaction, and the row says which part it is at.

Whoever dies between two steps leaves nothing half done: the next one takes up at the same part, and doing a part again changes
nothing. The ledger is written before the first row goes; the account itself is the last, and the letter is posted with it.
"""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.queries import person as person_by_id
from app.features.accounts.use_cases import delete_account
from app.features.erasure import mails
from app.features.erasure.models import Erasure, ErasureState, Origin
from app.features.erasure.rules import AT_ONCE
from app.features.notifications.use_cases import notify
from app.kernel import clock, erasing
from app.kernel.erasing import Subject
from app.kernel.erasure_ledger import Ledger, ledger

Transaction = Callable[[], AbstractContextManager[Session]]
GO_ON = "erasure.go_on"


def go_on(transaction: Transaction, erasure_id: uuid.UUID, *, after_step: Callable[[str], None] | None = None) -> None:
    """Take steps until it is done, each in a transaction of its own. `after_step` is told the part, for whoever watches."""
    part: str | None = ""
    while part is not None:
        with transaction() as session:
            part = one_step(session, erasure_id, ledger)
        if after_step is not None:
            after_step(part or "done")


def one_step(session: Session, erasure_id: uuid.UUID, book: Ledger, *, most: int = AT_ONCE) -> str | None:
    """Deal with at most `most` rows of the part it is at. Returns the part that is next, None when all is done.

    Raises OSError when the ledger cannot be written: then nothing is erased.
    """
    query = select(Erasure).where(Erasure.id == erasure_id).with_for_update()
    erasure = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if erasure is None or erasure.state is not ErasureState.RUNNING:
        return None
    person = person_by_id(session, erasure.person_id) if erasure.person_id else None
    if person is None:  # somebody deleted the account by other means
        _finish(session, erasure)
        return None
    subject = Subject(person.id, person.email, person.display_name, erasure.pseudonym)
    parts = erasing.parts()
    place = next((number for number, part in enumerate(parts) if part.name == erasure.part), None)
    erasure.touched_at = clock.now()
    if place is None:  # the beginning, or a part that another version of the program had
        book.add(person.id, [key for part in parts if part.files for key in part.files(session, subject)])
        erasure.part = parts[0].name
        session.flush()
        return erasure.part
    part = parts[place]
    dealt_with = part.run(session, subject, most)
    if dealt_with or part.name not in erasure.counts:
        erasure.counts = erasure.counts | {part.name: erasure.counts.get(part.name, 0) + dealt_with}
    session.flush()
    if dealt_with >= most:
        return part.name
    if place + 1 < len(parts):
        erasure.part = parts[place + 1].name
        session.flush()
        return erasure.part
    if person.email and erasure.origin is not Origin.RESTORED:
        notify(session, mails.DONE, email=person.email, locale=person.locale)
    delete_account(session, person.id)
    _finish(session, session.get_one(Erasure, erasure_id))
    return None


def _finish(session: Session, erasure: Erasure) -> None:
    erasure.state, erasure.done_at, erasure.part, erasure.person_id = ErasureState.DONE, clock.now(), "", None
    session.flush()
