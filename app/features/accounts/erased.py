"""What becomes of an account and of all that signing in leaves behind."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from app.features.accounts import attempts
from app.features.accounts.models import AttemptCounter, Person, RecoveryCode, RoleAssignment, SignInLink, SignInSession
from app.features.accounts.queries import is_last_administrator
from app.kernel.erasing import LAST, Fate, Obstacle, Part, Subject, anonymous, declare, goes, obstacle
from app.kernel.messages import msg


def _attempts(subject: Subject) -> ColumnElement[bool]:
    keys = [attempts.key_of("code", str(subject.person_id))]
    if subject.email:
        keys += [attempts.key_of(kind, subject.email) for kind in ("password", "letter")]
    return AttemptCounter.key.in_(keys)


goes("roles", msg("Your roles, which end"), RoleAssignment.person_id)
anonymous(
    "roles_given",
    msg("Roles you gave to others: they keep them"),
    RoleAssignment.given_by_id,
    why=msg("They belong to somebody else; that it was you is no longer said."),
)
goes("sign_ins", msg("The browsers you signed in with"), SignInSession.person_id)
goes(
    "sign_in_links",
    msg("Links that were sent to your address"),
    SignInLink.person_id,
    where=lambda subject: or_(SignInLink.person_id == subject.person_id, SignInLink.email == (subject.email or "")),
)
goes("recovery_codes", msg("The codes that replace your second factor"), RecoveryCode.person_id)
goes("attempts", msg("Wrong passwords and codes that were counted"), AttemptCounter.key, where=_attempts)
# The last step deletes the row itself, together with the note that all is done.
declare(
    Part(
        name="account",
        fate=Fate.GOES,
        title=msg("Your account: name, e-mail address, password, second factor"),
        columns=tuple(f"person.{column.name}" for column in Person.__table__.columns),
        why=None,
        order=LAST,
        count=lambda _session, _subject: 1,
        run=lambda _session, _subject, _most: 0,
    )
)


@obstacle
def _last_administrator(session: Session, person_id: UUID) -> Iterator[Obstacle]:
    if is_last_administrator(session, person_id):
        yield Obstacle(
            "last_administrator",
            msg("You are the last administrator. Make somebody else an administrator first: otherwise nobody could."),
        )
