"""How people are looked up; other rooms ask here."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.features.accounts.known import KnownPerson, KnownRole, KnownSession
from app.features.accounts.models import Person, RoleAssignment, SignInLink, SignInSession
from app.features.accounts.presence import PRESENCE, PRESENCE_FROM, SHOWN, is_present
from app.features.accounts.rules import is_over, is_staff_member, may_sign_in
from app.features.notifications.queries import Address, addresses_from
from app.features.spaces.queries import Process
from app.kernel.paging import Page, last_page
from app.kernel.permissions import GRANTS, Actor, Permission, Role
from app.kernel.references import token_hash

__all__ = [
    "PRESENCE",
    "PRESENCE_FROM",
    "SHOWN",
    "Person",
    "SignInLink",
    "all_ids",
    "in_office",
    "is_last_administrator",
    "is_present",
    "known_session",
    "live_sessions",
    "open_link",
    "people_names",
    "people_page",
    "person",
    "person_by_email",
    "person_with_roles",
    "process_titles",
    "session_by_token",
    "staff",
    "staff_with",
    "unused",
]


def person(session: Session, person_id: uuid.UUID) -> Person | None:
    """The person with that id, whatever the state of their account."""
    return session.get(Person, person_id)


def all_ids(session: Session) -> Iterator[uuid.UUID]:
    """The id of everybody, whatever the state of their account; read in pieces."""
    yield from session.scalars(select(Person.id).execution_options(yield_per=5_000))


def person_by_email(session: Session, email: str) -> Person | None:
    """The person with that address, however it was written."""
    return session.scalars(select(Person).where(Person.email == email.strip().lower())).one_or_none()


def held_present(session: Session, person_id: uuid.UUID) -> bool:
    """Whether a person is here and is not being erased. Until the end of this transaction nobody begins to erase them."""
    held = select(Person.erased_at).where(Person.id == person_id).with_for_update(read=True, key_share=True)
    found = session.execute(held).first()
    return found is not None and found[0] is None


def unused(before: datetime) -> ColumnElement[bool]:
    """Accounts of residents that nobody has used since `before`, of people who can be reached. Staff are never among them."""
    return and_(
        Person.last_used_at < before,
        Person.email.is_not(None),
        Person.erased_at.is_(None),
        Person.blocked_at.is_(None),
        Person.is_administrator.is_(False),
        ~exists().where(RoleAssignment.person_id == Person.id),
    )


def without_address() -> ColumnElement[bool]:
    """Residents whom nobody can write to, such as those who take part on paper alone. Staff are never among them."""
    return and_(
        Person.email.is_(None),
        Person.erased_at.is_(None),
        Person.blocked_at.is_(None),
        Person.is_administrator.is_(False),
        ~exists().where(RoleAssignment.person_id == Person.id),
    )


def is_last_administrator(session: Session, person_id: uuid.UUID) -> bool:
    """Whether nobody but this person could administer."""
    found = session.scalars(select(Person).where(Person.is_administrator)).all()
    return any(one.id == person_id for one in found) and not any(one.id != person_id and may_sign_in(one) for one in found)


def person_with_roles(session: Session, person_id: uuid.UUID) -> Person | None:
    """The person with their roles, for the page about them."""
    query = select(Person).where(Person.id == person_id).options(selectinload(Person.assignments))
    return session.scalars(query).one_or_none()


def actor_of(session: Session, person_id: uuid.UUID) -> Actor | None:
    """Who somebody is for work that they began and that ends without them: with the roles they hold now, if their account is
    still in use."""
    found = person_with_roles(session, person_id)
    if found is None or found.blocked_at is not None or found.erased_at is not None:
        return None
    roles = frozenset((one.role, one.process_id) for one in found.assignments)
    return Actor(person_id=found.id, is_administrator=found.is_administrator, roles=roles, locale=found.locale)


def people_names(session: Session, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names shown beside contributions, by person: one statement for a whole page."""
    wanted = {person_id for person_id in ids if person_id is not None}
    if not wanted:
        return {}
    return dict(session.execute(select(Person.id, Person.display_name).where(Person.id.in_(wanted))).tuples().all())


def staff_names(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of those among these people who hold a role now, in any process: what they did, they did in office."""
    wanted = set(ids)
    if not wanted:
        return {}
    in_office = or_(Person.is_administrator, exists().where(RoleAssignment.person_id == Person.id))
    return dict(session.execute(select(Person.id, Person.display_name).where(Person.id.in_(wanted), in_office)).tuples().all())


def staff_with(session: Session, permission: Permission, process_id: uuid.UUID) -> list[Person]:
    """Everybody who holds `permission` in that process and can sign in, by name."""
    roles = [role for role in Role if role is not Role.ADMINISTRATOR and permission in GRANTS[role]]
    holds: ColumnElement[bool] = exists().where(
        RoleAssignment.person_id == Person.id, RoleAssignment.process_id == process_id, RoleAssignment.role.in_(roles)
    )
    if permission in GRANTS[Role.ADMINISTRATOR]:
        holds = or_(holds, Person.is_administrator)
    query = select(Person).where(holds).order_by(Person.display_name, Person.id)
    return [somebody for somebody in session.scalars(query) if may_sign_in(somebody)]


def in_office(session: Session, permission: Permission, process_id: uuid.UUID, people: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these people hold `permission` in that process through a role of its own, and can sign in.

    Whoever takes such a role away at this moment waits until this transaction has ended, or it sees that the role is gone.
    """
    wanted = set(people)
    roles = [role for role in Role if role is not Role.ADMINISTRATOR and permission in GRANTS[role]]
    held = select(RoleAssignment.person_id).where(
        RoleAssignment.person_id.in_(wanted), RoleAssignment.process_id == process_id, RoleAssignment.role.in_(roles)
    )
    holders = set(session.scalars(held.with_for_update(read=True)))
    people_found = session.scalars(select(Person).where(Person.id.in_(holders)).execution_options(populate_existing=True))
    return {somebody.id for somebody in people_found if may_sign_in(somebody)}


def staff(session: Session) -> Sequence[Person]:
    """Everybody with a role, with their roles."""
    has_role = exists().where(RoleAssignment.person_id == Person.id)
    query = (
        select(Person)
        .where(or_(Person.is_administrator, has_role))
        .options(selectinload(Person.assignments))
        .order_by(Person.display_name, Person.id)
    )
    return session.scalars(query).all()


def process_titles(session: Session, ids: Iterable[uuid.UUID | None] | None = None) -> dict[uuid.UUID, dict[str, str]]:
    """Titles of the processes in which roles are given, the newest first; of all processes, or of those named."""
    query = select(Process.id, Process.title).order_by(Process.created_at.desc(), Process.id)
    if ids is not None:
        query = query.where(Process.id.in_([process_id for process_id in ids if process_id is not None]))
    return dict(session.execute(query).tuples().all())


def processes_to_choose(session: Session) -> dict[uuid.UUID, dict[str, str]]:
    """Titles of the processes in which a role can be given, the newest first; a rehearsal has the staff of its process."""
    query = select(Process.id, Process.title).where(Process.rehearsal_of.is_(None))
    return dict(session.execute(query.order_by(Process.created_at.desc(), Process.id)).tuples().all())


def rehearsals_of(session: Session, process_id: uuid.UUID | None) -> Sequence[uuid.UUID]:
    """The copies in which a process is rehearsed now: their staff is that of the process."""
    return session.scalars(
        select(Process.id).where(Process.rehearsal_of == process_id, Process.rehearsal_of.is_not(None))
    ).all()


def pattern_of(words: str) -> str:
    """What somebody typed, for LIKE: its wildcards are ordinary characters."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def people_page(session: Session, words: str, number: int, size: int = 50) -> Page[Person]:
    """People whose name or address contains `words`; the staff when nothing is asked for. With their roles."""
    if words:
        as_typed = "%" + pattern_of(words) + "%"
        chosen = or_(
            Person.display_name.like(as_typed, escape="\\"),  # SQLite folds the case of ASCII letters only
            func.lower(Person.display_name).like(as_typed.lower(), escape="\\"),
            Person.email.like(as_typed.lower(), escape="\\"),
        )
    else:
        chosen = or_(Person.is_administrator, exists().where(RoleAssignment.person_id == Person.id))
    chosen = chosen & Person.erased_at.is_(None)
    total = session.scalar(select(func.count()).select_from(Person).where(chosen)) or 0
    number = last_page(number, total, size)
    query = (
        select(Person)
        .where(chosen)
        .options(selectinload(Person.assignments))
        .order_by(func.lower(Person.display_name), Person.id)
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page(session.scalars(query).all(), number, size, total)


def session_by_token(session: Session, token: str) -> SignInSession | None:
    """The signed-in browser that shows this token, with its person and their roles, in one statement."""
    return session.scalars(_BY_TOKEN, {"token_hash": token_hash(token)}).unique().one_or_none()


_BY_TOKEN = (
    select(SignInSession)
    .where(SignInSession.token_hash == bindparam("token_hash"))
    .options(joinedload(SignInSession.person, innerjoin=True).joinedload(Person.assignments))
    .execution_options(populate_existing=True)  # what the database says now, not what this session saw before
)


def known_session(session: Session, token: str) -> KnownSession | None:
    """The same as plain values, for every request: nothing of it is loaded into this session."""
    rows: Sequence[Sequence[Any]] = session.execute(_KNOWN, {"token_hash": token_hash(token)}).all()
    if not rows:
        return None
    roles = tuple(KnownRole(row[14], row[15]) for row in rows if row[14] is not None)
    values: list[Any] = list(rows[0])
    person = KnownPerson(**dict(zip(_OF_PERSON, values[6:14], strict=True)), assignments=roles)
    return KnownSession(**dict(zip(_OF_SESSION, values[:6], strict=True)), person=person)


_browser, _person, _role = (cast("Table", model.__table__) for model in (SignInSession, Person, RoleAssignment))
_OF_SESSION = tuple(field.name for field in fields(KnownSession) if field.name != "person")
_OF_PERSON = tuple(field.name for field in fields(KnownPerson) if field.name != "assignments")
_KNOWN = (
    select(
        *(_browser.c[name] for name in _OF_SESSION),
        *(_person.c[name] for name in _OF_PERSON),
        _role.c.role,
        _role.c.process_id,
    )
    .select_from(
        _browser.join(_person, _person.c.id == _browser.c.person_id).outerjoin(_role, _role.c.person_id == _person.c.id)
    )
    .where(_browser.c.token_hash == bindparam("token_hash"))
)


def live_sessions(session: Session, person_id: uuid.UUID, now: datetime) -> list[SignInSession]:
    """The browsers in which somebody is signed in, the latest used first."""
    query = (
        select(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))
        .options(joinedload(SignInSession.person).joinedload(Person.assignments))
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id)
    )
    found = session.scalars(query).unique().all()
    return [one for one in found if not is_over(one, staff=is_staff_member(one.person), now=now)]


def open_link(session: Session, token: str, now: datetime) -> SignInLink | None:
    """The link of that token while it works: not used, not expired."""
    link = session.scalars(select(SignInLink).where(SignInLink.token_hash == token_hash(token))).one_or_none()
    return link if link is not None and link.used_at is None and now < link.expires_at else None


def _address(session: Session, person_id: uuid.UUID) -> Address | None:
    """Where a person's mail goes, for `notifications`."""
    somebody = session.get(Person, person_id)
    if somebody is None or not may_sign_in(somebody) or somebody.email is None or somebody.email_confirmed_at is None:
        return None
    return Address(somebody.email, somebody.locale, somebody.display_name)


addresses_from(_address)
