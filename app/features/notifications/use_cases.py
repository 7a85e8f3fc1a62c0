"""What can happen with letters: one is written to somebody, by e-mail or on paper; somebody says which news they want."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.notifications.models import MailChoice, PaperLetter
from app.features.notifications.queries import Mail, News, PostalAddress, keep_size
from app.features.notifications.queries import mail as mail_called
from app.kernel import audit, clock, outbox
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import Actor, Permission

KIND = "mail"


def notify(
    session: Session,
    mail: Mail,
    *,
    person_id: uuid.UUID | None = None,
    email: str | None = None,
    locale: str | None = None,
    postal: PostalAddress | None = None,
    params: Mapping[str, Any] | None = None,
) -> OutboxRow:
    """Post a letter to a person, or to the address of somebody without an account; it leaves after the commit (law 4).

    `params` are JSON values for the subject and the template. `locale` matters for addresses without a person; people get
    their mail in the language of their account. A letter to a `postal` address waits for staff to print and post it.
    Raises ValueError unless exactly one reader is named.
    """
    if sum(reader is not None for reader in (person_id, email, postal)) != 1:
        raise ValueError("a letter goes to a person or to an address, not to several and not to nobody")
    return outbox.post(
        session,
        KIND,
        mail=mail.name,
        person_id=str(person_id) if person_id else None,
        email=email,
        locale=postal.locale if postal else locale,
        params=dict(params or {}),
        **({"postal": _on_paper(postal)} if postal else {}),
    )


def _on_paper(postal: PostalAddress) -> dict[str, Any]:
    return {
        "proposal_id": str(postal.proposal_id),
        "process_id": str(postal.process_id),
        "lines": postal.lines,
        "large": postal.large,
    }


def mark_printed(
    session: Session, actor: Actor, letter_ids: Sequence[uuid.UUID], *, again: bool = False
) -> Sequence[PaperLetter]:
    """These letters were taken to the printer, in this order: those that are new, so that two clerks do not print one letter
    each. With `again`, those too that were printed before and are not posted.

    Letters of processes in which the clerk takes in nothing are left out. Raises Conflict when nothing is left.
    """
    found = _mine(session, actor, letter_ids)
    if not again:
        found = [letter for letter in found if letter.printed_at is None]
        if not found:
            raise Conflict(msg("These letters are printed already, by you or by a colleague. They stand below, to be posted."))
    for letter in found:
        letter.printed_at = letter.printed_at or clock.now()
        audit.record(session, actor, "letter.printed", letter, process_id=letter.process_id, kind=letter.mail)
    session.flush()
    return found


def mark_sent(session: Session, actor: Actor, letter_ids: Sequence[uuid.UUID]) -> int:
    """These letters are in the post. One that was sent already is not sent twice: it is passed over. Returns how many went now.

    Raises Conflict for none, and where one of them was never printed.
    """
    found = _mine(session, actor, letter_ids)
    if any(letter.printed_at is None for letter in found):
        raise Conflict(msg("One of these letters was never printed. Print it first."))
    waiting = [letter for letter in found if letter.sent_at is None]
    for letter in waiting:
        letter.sent_at = clock.now()
        audit.record(session, actor, "letter.sent", letter, process_id=letter.process_id, kind=letter.mail)
    session.flush()
    return len(waiting)


def take_back_sent(session: Session, actor: Actor, letter_ids: Sequence[uuid.UUID]) -> int:
    """They were not posted after all: they wait again. Returns how many that were."""
    found = [letter for letter in _mine(session, actor, letter_ids) if letter.sent_at is not None]
    for letter in found:
        letter.sent_at = None
        audit.record(session, actor, "letter.reopened", letter, process_id=letter.process_id, kind=letter.mail)
    session.flush()
    return len(found)


def set_size(session: Session, actor: Actor, letter_id: uuid.UUID, *, large: bool) -> PaperLetter:
    """Print a letter in large letters, or in ordinary ones; what follows about the same proposal comes in that size, too."""
    letter = _mine(session, actor, [letter_id])[0]
    letter.large = large
    keep_size(session, letter.proposal_id, large)
    session.flush()
    return letter


def stop_letters(session: Session, actor: Actor, letter_id: uuid.UUID, address_hash: Callable[[str], str]) -> int:
    """Somebody told the desk that they want no more of these letters: no further news goes to this address on paper.

    Letters to it that wait are deleted; returns how many. What the city owes them, such as a decision and why, still goes.
    """
    letter = _mine(session, actor, [letter_id])[0]
    for news in News:
        _remember(session, news, wanted=False, person_id=None, address_hash=address_hash(letter.address))
    audit.record(session, actor, "letter.ended", letter, process_id=letter.process_id)
    query = select(PaperLetter).where(PaperLetter.address == letter.address, PaperLetter.sent_at.is_(None))
    waiting = [one for one in session.scalars(query) if mail_called(one.mail).news is not None]
    for one in waiting:
        session.delete(one)
    session.flush()
    return len(waiting)


def forget_letters(session: Session, proposal_ids: Sequence[uuid.UUID]) -> None:
    """Delete letters on paper about these proposals, with the address: whoever they went to is being erased."""
    session.execute(
        delete(PaperLetter).where(PaperLetter.proposal_id.in_(proposal_ids)), execution_options={"synchronize_session": False}
    )


def _mine(session: Session, actor: Actor, letter_ids: Sequence[uuid.UUID]) -> Sequence[PaperLetter]:
    query = select(PaperLetter).where(PaperLetter.id.in_(letter_ids)).order_by(PaperLetter.created_at, PaperLetter.id)
    locked = session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    found = [letter for letter in locked if actor.may(Permission.INTAKE, letter.process_id)]
    if not found:
        raise Conflict(msg("None of these letters is here any more. Look at the list again."))
    return found


def choose_news(session: Session, actor: Actor, wishes: Mapping[News, bool]) -> None:
    """Remember which news the person who asks wants by mail. Raises SignInRequired."""
    person_id = actor.require_signed_in()
    for news, wanted in wishes.items():
        _remember(session, news, wanted=wanted, person_id=person_id, address_hash=None)


def stop_news(
    session: Session, news: News, *, person_id: uuid.UUID | None = None, address_hash: str | None = None, wanted: bool = False
) -> None:
    """End one kind of news for the reader of a letter (or begin it again); the link in the letter stands for signing in."""
    _remember(session, news, wanted=wanted, person_id=person_id, address_hash=address_hash)


def _remember(session: Session, news: News, *, wanted: bool, person_id: uuid.UUID | None, address_hash: str | None) -> None:
    query = select(MailChoice).where(
        MailChoice.news == news,
        MailChoice.person_id == person_id if person_id else MailChoice.address_hash == address_hash,
    )
    choice = session.scalars(query).first()
    if choice is None:
        try:
            with session.begin_nested():
                session.add(MailChoice(person_id=person_id, address_hash=address_hash, news=news, wanted=wanted))
                session.flush()
            return
        except IntegrityError:  # another window was faster: its row is there now
            choice = session.scalars(query).one()
    choice.wanted = wanted
    session.flush()
