"""Links sent by mail: asked for, written, used once. Whether an address has an account shows only in its mailbox."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts import mails
from app.features.accounts.commands import AskForLink, SignUp
from app.features.accounts.models import LinkPurpose, Person, SignInLink
from app.features.accounts.queries import open_link, person_by_email
from app.features.accounts.rules import LINK_LIFE, Blocked, may_sign_in
from app.features.notifications.queries import Mail
from app.features.notifications.use_cases import notify
from app.kernel import clock
from app.kernel.errors import Conflict, Refused, SignInRequired
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.kernel.references import new_token, token_hash


@dataclass(frozen=True)
class UsedLink:
    """What a link has done: for whom, why, and where they wanted to go."""

    person: Person
    purpose: LinkPurpose
    next_path: str
    email: str


def ask_for_link(session: Session, command: AskForLink) -> SignInLink:
    """Send a link to sign in. An address without an account gets a letter that says so: the same work, the same answer."""
    person = person_by_email(session, command.email)
    link = _link(session, command.email, LinkPurpose.SIGN_IN, person, command.next_path, command.locale)
    if person is None:
        _send(session, mails.NO_ACCOUNT, link)
    elif may_sign_in(person):
        _send(session, mails.SIGN_IN_LINK, link, locale=person.locale)
    else:
        _say_blocked(session, person)
    return link


def sign_up(session: Session, command: SignUp) -> SignInLink:
    """Begin an account: it opens when its address is confirmed. Whoever has one already gets a link to sign in instead."""
    person = person_by_email(session, command.email)
    if person is not None:
        link = _link(session, command.email, LinkPurpose.SIGN_IN, person, command.next_path, command.locale)
        if may_sign_in(person):
            _send(session, mails.ALREADY, link, locale=person.locale)
        else:
            _say_blocked(session, person)
        return link
    link = _link(session, command.email, LinkPurpose.SIGN_UP, None, command.next_path, command.locale)
    link.pending_name = command.display_name
    link.pending_password_hash = command.password_hash
    _send(session, mails.CONFIRM, link, name=command.display_name)
    return link


def ask_for_new_email(session: Session, actor: Actor, email: str) -> SignInLink:
    """Send a link to an address that somebody wants instead of theirs; nothing changes before it is used."""
    person = session.get_one(Person, actor.require_signed_in())
    link = _link(session, email, LinkPurpose.NEW_EMAIL, person, "/account/settings", person.locale)
    taken = person_by_email(session, email)
    if taken is None or taken.id == person.id:
        _send(session, mails.NEW_EMAIL, link)
    else:
        _send(session, mails.ALREADY, _sign_in_instead(session, link, taken))
    return link


def write_link(session: Session, person: Person, next_path: str) -> str:
    """A link for somebody who stands beside the console (the first administrator); returns its secret."""
    link = _link(session, person.email or "", LinkPurpose.SIGN_IN, person, next_path, person.locale)
    token = new_token()
    link.token_hash = token_hash(token)
    session.flush()
    return token


def use_link(session: Session, actor: Actor, token: str, *, here: bool, password_hash: str | None = None) -> UsedLink:
    """Do what the link is for, once.

    `here`: it is used in the browser in which it was asked for; only then does the password typed there count, because
    anybody can type somebody else's address. Elsewhere `password_hash` is what the reader of the letter typed.

    Raises Refused when the link does not work any more, SignInRequired when a new address is confirmed by a stranger,
    Conflict when that address has got an account meanwhile, Blocked when the account is.
    """
    now = clock.now()
    link = open_link(session, token, now)
    if link is None:
        raise Refused(msg("This link does not work any more. Links work once, for half an hour."))
    if link.purpose is LinkPurpose.NEW_EMAIL and (actor.person_id is None or actor.person_id != link.person_id):
        raise SignInRequired(msg("Sign in to your account first, then open the link in our e-mail again."))
    waiting = _waiting(session, SignInLink.email == link.email)
    if link not in waiting:  # another click was faster
        raise Refused(msg("This link does not work any more. Links work once, for half an hour."))
    link.used_at = now
    if link.purpose is LinkPurpose.SIGN_UP:
        person = _opened_account(session, link, link.pending_password_hash if here else password_hash)
    else:
        person = session.get_one(Person, link.person_id)
    if not may_sign_in(person):
        raise Blocked
    if link.purpose is LinkPurpose.NEW_EMAIL:
        _change_email(session, person, link.email)
    person.email_confirmed_at = person.email_confirmed_at or now
    used = UsedLink(person, link.purpose, link.next_path, link.email)
    link.pending_name, link.pending_password_hash = "", None
    # Whoever came in by one letter needs no other: older ones in a forgotten mailbox open nothing.
    _burn([other for other in waiting if other.purpose is not LinkPurpose.NEW_EMAIL])
    session.flush()
    return used


def burn_links(session: Session, person: Person) -> None:
    """Make every link that waits for this person useless (a new password)."""
    _burn(_waiting(session, SignInLink.person_id == person.id))
    session.flush()


def _waiting(session: Session, whose: ColumnElement[bool]) -> Sequence[SignInLink]:
    """Links that have not been used, locked in the same order by everybody, so that two clicks cannot block each other."""
    query = select(SignInLink).where(whose, SignInLink.used_at.is_(None)).order_by(SignInLink.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _burn(links: Iterable[SignInLink]) -> None:
    for link in links:
        link.used_at = link.used_at or clock.now()
        link.pending_name, link.pending_password_hash = "", None


def _link(session: Session, email: str, purpose: LinkPurpose, person: Person | None, next_path: str, locale: str) -> SignInLink:
    """A link whose secret nobody knows yet: the letter gets one when it is written."""
    link = SignInLink(
        email=email,
        person_id=person.id if person else None,
        purpose=purpose,
        token_hash=secrets.token_hex(32),
        next_path=next_path,
        locale=locale,
        expires_at=clock.now() + LINK_LIFE,
    )
    session.add(link)
    session.flush()
    return link


def _send(session: Session, mail: Mail, link: SignInLink, *, locale: str | None = None, **params: str) -> None:
    notify(session, mail, email=link.email, locale=locale or link.locale, params={"link_id": str(link.id), **params})


def _say_blocked(session: Session, person: Person) -> None:
    """Whether an account is blocked is nobody's business but its owner's: it is said in their mailbox alone."""
    if person.email and person.erased_at is None:
        notify(session, mails.BLOCKED, email=person.email, locale=person.locale, params={"name": person.display_name})


def _sign_in_instead(session: Session, link: SignInLink, owner: Person) -> SignInLink:
    """The address belongs to somebody: its owner is told, by a link into their own account, not into the asker's."""
    link.used_at = clock.now()
    return _link(session, link.email, LinkPurpose.SIGN_IN, owner, "/", owner.locale)


def _opened_account(session: Session, link: SignInLink, password_hash: str | None) -> Person:
    person = person_by_email(session, link.email)
    if person is not None:
        return person
    try:
        with session.begin_nested():
            person = Person(email=link.email, display_name=link.pending_name, password_hash=password_hash, locale=link.locale)
            session.add(person)
            session.flush()
    except IntegrityError:  # two letters, two clicks at the same moment: the account of the first one is theirs too
        person = person_by_email(session, link.email)
        if person is None:
            raise
    return person


def _change_email(session: Session, person: Person, email: str) -> None:
    before = person.email
    try:
        with session.begin_nested():
            person.email = email
            person.email_confirmed_at = clock.now()
            session.flush()
    except IntegrityError:
        raise Conflict(msg("This address has an account of its own now. Choose another address.")) from None
    if before and before != email:
        notify(session, mails.EMAIL_CHANGED, email=before, locale=person.locale, params={"name": person.display_name})
