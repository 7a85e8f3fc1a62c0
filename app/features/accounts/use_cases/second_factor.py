"""The second factor of staff: set up, passed once a session, replaced by a recovery code, reset by an administrator."""

import uuid

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.features.accounts import mails, totp
from app.features.accounts.models import Person, RecoveryCode, SignInSession
from app.features.accounts.queries import person_with_roles
from app.features.accounts.rules import is_staff_member
from app.features.accounts.vault import Unreadable, vault
from app.features.notifications.use_cases import notify
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def set_up_second_factor(session: Session, actor: Actor, session_id: uuid.UUID, secret: str, code: str) -> list[str]:
    """Keep `secret` once the phone has shown a code of it. Returns the recovery codes, which are shown this one time.

    Raises Forbidden for people without a role, Conflict when a second factor is there already, Refused for a wrong code.
    """
    person = _member(session, actor)
    if person.totp_confirmed_at is not None:
        raise Conflict(msg("Your account has a second factor already."))
    step = totp.matching_step(secret, totp.canonical(code), clock.now(), after=None)
    if step is None:
        raise Refused(msg("This code is not right. Type the six digits that your phone shows now."), field="code")
    keep_second_factor(session, person, secret, step=step)
    _pass(session, person, session_id)
    codes = _fresh_codes(session, person)
    audit.record(session, actor, "second_factor.set_up", person)
    notify(session, mails.FACTOR_SET, person_id=person.id, params={"name": person.display_name})
    return codes


def keep_second_factor(session: Session, person: Person, secret: str, *, step: int | None = None) -> None:
    """Store a second factor, sealed. Also how the demonstration city gives its staff theirs."""
    person.totp_secret = vault.seal(secret, person.id)
    person.totp_confirmed_at = clock.now()
    person.totp_last_step = step
    session.flush()


def pass_second_factor(session: Session, actor: Actor, session_id: uuid.UUID, code: str) -> int | None:
    """Accept a code of the phone, or a recovery code, for this browser. Each works once, in however many windows.

    Returns how many recovery codes are left when one was used, None otherwise. Raises Refused for a wrong or used code.
    """
    person = _member(session, actor)
    typed = totp.canonical(code)
    if len(typed) == 6:
        _use_step(session, person, typed)
        left = None
    else:
        left = _use_recovery_code(session, person, typed)
        audit.record(session, actor, "second_factor.recovery_code_used", person)
    _pass(session, person, session_id)
    return left


def renew_recovery_codes(session: Session, actor: Actor) -> list[str]:
    """Ten new codes; the old ones end. Only for staff who have passed the second factor in this session."""
    if not actor.is_staff:
        raise Forbidden
    person = _member(session, actor)
    audit.record(session, actor, "second_factor.codes_renewed", person)
    return _fresh_codes(session, person)


def reset_second_factor(session: Session, actor: Actor, person_id: uuid.UUID, reason: str) -> None:
    """Remove somebody's second factor, because the phone is gone; they set up another one at their next sign-in.

    Their sessions end, their codes too. Raises Forbidden for everybody but administrators, Refused without a reason.
    """
    actor.require(Permission.ROLE_ASSIGN)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    if not reason:
        raise Refused(msg("Write why. The reason is kept in the audit log."), field="reason")
    if person.totp_confirmed_at is None:
        raise Conflict(msg("This account has no second factor."))
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    open_sessions = update(SignInSession).where(SignInSession.person_id == person.id, SignInSession.ended_at.is_(None))
    session.execute(open_sessions.values(ended_at=clock.now(), second_factor_at=None))
    audit.record(session, actor, "second_factor.reset", person, reason=reason)
    notify(session, mails.FACTOR_RESET, person_id=person.id, params={"name": person.display_name})
    session.flush()


def _member(session: Session, actor: Actor) -> Person:
    person = person_with_roles(session, actor.require_signed_in())
    if person is None or not is_staff_member(person):
        raise Forbidden
    return person


def _use_step(session: Session, person: Person, typed: str) -> None:
    wrong = Refused(msg("This code is not right, or was used already. Wait until your phone shows the next one."), field="code")
    if person.totp_secret is None or person.totp_confirmed_at is None:
        raise wrong
    try:
        secret = vault.open(person.totp_secret, person.id)
    except Unreadable:
        raise Refused(
            msg("We cannot read your second factor any more. Use a recovery code, or ask an administrator to reset it."),
            field="code",
        ) from None
    step = totp.matching_step(secret, typed, clock.now(), after=person.totp_last_step)
    if step is None:
        raise wrong
    newer = Person.totp_last_step.is_(None) | (Person.totp_last_step < step)
    claim = update(Person).where(Person.id == person.id, newer).values(totp_last_step=step)
    if session.execute(claim).rowcount != 1:  # type: ignore[attr-defined]
        raise wrong


def _use_recovery_code(session: Session, person: Person, typed: str) -> int:
    claim = update(RecoveryCode).where(
        RecoveryCode.person_id == person.id,
        RecoveryCode.code_hash == _code_hash(person, typed),
        RecoveryCode.used_at.is_(None),
    )
    if session.execute(claim.values(used_at=clock.now())).rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(msg("This code is not right. A code has six digits, a recovery code ten characters."), field="code")
    left = select(func.count()).where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    return session.scalar(left) or 0


def _fresh_codes(session: Session, person: Person) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = totp.new_recovery_codes()
    session.add_all(RecoveryCode(person_id=person.id, code_hash=_code_hash(person, totp.canonical(code))) for code in codes)
    session.flush()
    return codes


def _code_hash(person: Person, typed: str) -> str:
    return vault.digest("recovery code", f"{person.id} {typed}")


def _pass(session: Session, person: Person, session_id: uuid.UUID) -> None:
    row = session.get(SignInSession, session_id)
    if row is None or row.person_id != person.id:
        raise NotFound
    row.second_factor_at = clock.now()
    session.flush()
