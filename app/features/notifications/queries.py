"""Which letters there are, where a person's mail goes, and what they want to hear."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.features.notifications.models import MailChoice, PaperLetter
from app.features.notifications.news import LABELS, ON_BY_DEFAULT, News
from app.kernel.automated import decides
from app.kernel.messages import Message

__all__ = [
    "LABELS",
    "ON_BY_DEFAULT",
    "Address",
    "Mail",
    "News",
    "PaperLetter",
    "PostalAddress",
    "address_of",
    "addresses_from",
    "count_to_post",
    "keep_size",
    "letters_in",
    "letters_to_post",
    "mail",
    "sent_since",
    "sizes_kept_by",
    "wanted",
    "wishes",
]

MOST_LETTERS = 500
"""Letters on one page, and in one file for the printer."""
Params = dict[str, Any]
Prepare = Callable[[Session, Params], Params | None]
Where = Callable[[Session, uuid.UUID, Params], "Address | None"]
Sent = Callable[[Session, uuid.UUID, Params], None]
Stop = Callable[[uuid.UUID, Params], tuple[str, dict[str, str]]]


@dataclass(frozen=True)
class Mail:
    """One kind of letter, declared once in a room's `mails.py`; declaring it registers it.

    `name` is `<room>.<letter>`; its text is the template `<room>/mails/<letter>.txt`. The subject may use the parameters:
    ``Mail("answers.answered", subject=msg("The city has answered “%(title)s”"), news=News.ANSWERS)``.

    `news` says which wish of the reader it obeys; without one the letter always goes out.
    `prepare` gets the parameters at the moment of delivery, in the delivery's own transaction: it may complete them (a
    secret that must not lie in the outbox) or return None when there is nothing to say any more (the comment was hidden).
    `where` says, at the same moment, to which address of a person it goes instead of that of their account; None sends nothing.
    It gets the parameters and may complete them.
    `sent` is told, with the parameters as they were posted, once the mail server has taken the letter: what counts only then.
    It may be told twice of one letter.
    `stop` gives the endpoint and the values of the page that stops these letters, for those that are no `news`. That page takes
    a POST from mail programs, without a session (RFC 8058).
    `renews`: it answers somebody who has just given their address. On paper, what they had stopped before begins again with it:
    else they would ask for news and never hear any, and could not tell us so by a link.
    """

    name: str
    subject: Message
    news: News | None = None
    prepare: Prepare | None = None
    where: Where | None = None
    stop: Stop | None = None
    sent: Sent | None = None
    renews: bool = False

    def __post_init__(self) -> None:
        """Register it. Raises ValueError for a name that is taken or not of the form `room.letter`."""
        room, _, letter = self.name.partition(".")
        if not room or not letter or self.name in _mails:
            raise ValueError(f"{self.name!r} cannot be the name of a letter: it is taken, or not of the form room.letter")
        _mails[self.name] = self

    @property
    def template(self) -> str:
        """The template of its text."""
        room, _, letter = self.name.partition(".")
        return f"{room}/mails/{letter}.txt"


@dataclass(frozen=True)
class Address:
    """Where somebody's mail goes, in which language, and what to call them."""

    email: str
    locale: str
    name: str = ""


@dataclass(frozen=True)
class PostalAddress:
    """Where news goes on paper: to somebody without an e-mail address, about a proposal of theirs, in which language and size.

    Whoever made two proposals from one address gets one letter about both.
    """

    proposal_id: uuid.UUID = field(compare=False)
    process_id: uuid.UUID = field(compare=False)
    lines: str
    locale: str
    large: bool = False


AddressBook = Callable[[Session, uuid.UUID], Address | None]
SizeKeeper = Callable[[Session, uuid.UUID, bool], None]
"""Keeps for a proposal whether letters about it go out in large print."""
_mails: dict[str, Mail] = {}
_address_book: list[AddressBook] = []
_size_keeper: list[SizeKeeper] = []


def mail(name: str) -> Mail:
    """The letter called `name`. Raises KeyError."""
    return _mails[name]


def addresses_from(book: AddressBook) -> None:
    """Say who knows the people: the room `accounts`, which stands on this one and so cannot be imported here."""
    _address_book[:] = [book]


def sizes_kept_by(keeper: SizeKeeper) -> None:
    """Say who keeps in which size somebody reads: the room `proposals`, which stands on this one."""
    _size_keeper[:] = [keeper]


def keep_size(session: Session, proposal_id: uuid.UUID, large: bool) -> None:
    """Remember that letters about this proposal go out in large print, or that they do not."""
    _size_keeper[0](session, proposal_id, large)


def address_of(session: Session, person_id: uuid.UUID) -> Address | None:
    """Where a person's mail goes; None for people without a confirmed address, blocked or erased."""
    return _address_book[0](session, person_id)


@decides("news")
def wishes(session: Session, *, person_id: uuid.UUID | None = None, address_hash: str | None = None) -> dict[News, bool]:
    """What somebody wants to hear, for every kind of news; the default where they have not said."""
    reader = MailChoice.person_id == person_id if person_id else MailChoice.address_hash == address_hash
    said = session.execute(select(MailChoice.news, MailChoice.wanted).where(reader)).tuples().all()
    return {**ON_BY_DEFAULT, **dict(said)}


def wanted(session: Session, news: News, *, person_id: uuid.UUID | None = None, address_hash: str | None = None) -> bool:
    """Whether somebody wants this kind of news."""
    return wishes(session, person_id=person_id, address_hash=address_hash)[news]


def letters_to_post(session: Session, processes: frozenset[uuid.UUID] | None, *, printed: bool) -> Sequence[PaperLetter]:
    """Letters on paper that are not sent yet, those that are `printed` or those that are new, the oldest first.

    `processes`: only those, None means all.
    """
    return _letters(session, processes, and_(*_waiting(printed)))


def count_to_post(session: Session, processes: frozenset[uuid.UUID] | None) -> tuple[int, int]:
    """How many wait for the printer, and how many are printed and wait for the post."""
    new, printed = (func.count().filter(*_waiting(done)) for done in (False, True))
    query = select(new, printed).select_from(PaperLetter).where(PaperLetter.sent_at.is_(None))
    row = session.execute(_of(query, processes)).one()
    return row[0], row[1]


def _waiting(printed: bool) -> tuple[ColumnElement[bool], ...]:
    return PaperLetter.sent_at.is_(None), PaperLetter.printed_at.is_not(None) if printed else PaperLetter.printed_at.is_(None)


def sent_since(session: Session, processes: frozenset[uuid.UUID] | None, since: datetime) -> Sequence[PaperLetter]:
    """Letters on paper that were sent since a moment."""
    return _letters(session, processes, PaperLetter.sent_at >= since)


def letters_in(session: Session, processes: frozenset[uuid.UUID] | None, ids: Sequence[uuid.UUID]) -> Sequence[PaperLetter]:
    """These letters, as far as they are of those processes."""
    return _letters(session, processes, PaperLetter.id.in_(ids))


def _letters(session: Session, processes: frozenset[uuid.UUID] | None, which: ColumnElement[bool]) -> Sequence[PaperLetter]:
    query = _of(select(PaperLetter).where(which), processes)
    return session.scalars(query.order_by(PaperLetter.created_at, PaperLetter.id).limit(MOST_LETTERS)).all()


def _of(query: Any, processes: frozenset[uuid.UUID] | None) -> Any:
    return query if processes is None else query.where(PaperLetter.process_id.in_(processes))
