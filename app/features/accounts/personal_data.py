"""What this room keeps about a person, and what of it is not given out."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.models import Person, RoleAssignment, SignInSession
from app.kernel.messages import msg
from app.kernel.model import Model
from app.kernel.personal_data import collection, not_given_out


@collection(
    "account",
    msg("Your account"),
    tables=("person",),
    columns={
        "email": msg("Your e-mail address"),
        "display_name": msg("The name shown beside what you write"),
        "language": msg("The language you get mail in"),
        "department": msg("Your department, for staff"),
        "created_at": msg("When the account was made (UTC)"),
        "email_confirmed_at": msg("When you confirmed the address (UTC)"),
    },
)
def _account(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    for found in session.scalars(select(Person).where(Person.id == person_id)):
        yield {
            "email": found.email,
            "display_name": found.display_name,
            "language": found.locale,
            "department": found.department,
            "created_at": found.created_at.isoformat(),
            "email_confirmed_at": found.email_confirmed_at.isoformat() if found.email_confirmed_at else None,
        }


@collection(
    "roles",
    msg("Your roles"),
    tables=("role_assignment",),
    columns={"process": msg("The process"), "role": msg("The role"), "since": msg("Since when (UTC)")},
)
def _roles(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    process = Model.metadata.tables["process"]
    rows = session.execute(
        select(RoleAssignment, process.c.slug)
        .join(process, process.c.id == RoleAssignment.process_id)
        .where(RoleAssignment.person_id == person_id)
    )
    for assignment, slug in rows:
        yield {"process": slug, "role": assignment.role.value, "since": assignment.created_at.isoformat()}


@collection(
    "sessions",
    msg("Where you signed in"),
    tables=("sign_in_session",),
    columns={
        "device": msg("The browser"),
        "created_at": msg("When you signed in (UTC)"),
        "last_seen_at": msg("When it was last used (UTC)"),
        "ended_at": msg("When it ended (UTC)"),
    },
)
def _sessions(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.scalars(select(SignInSession).where(SignInSession.person_id == person_id).order_by(SignInSession.created_at))
    for row in rows:
        yield {
            "device": row.device,
            "created_at": row.created_at.isoformat(),
            "last_seen_at": row.last_seen_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        }


not_given_out("sign_in_link", msg("Links sent to you to sign in: only a digest is kept, for a short time."))
not_given_out("recovery_code", msg("Your codes for a lost telephone: only digests are kept."))
