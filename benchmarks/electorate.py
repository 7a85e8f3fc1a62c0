"""An electorate: a vote and its voters, rows that go in by the thousand.

How a voter is known to the database stands in `signed_in` and `identities` alone; how they say it, in `crowd.Visit.identify`.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.features.accounts.models import Person, SignInSession
from app.features.budgets.models import Pot, PotState, Project
from app.features.budgets.rules import ballot_digest
from app.features.spaces.models import Action, Area, Phase, Process, ProcessState
from app.features.voting.models import VoterIdentity
from app.kernel import clock
from app.kernel.references import token_hash


@dataclass(frozen=True)
class Voter:
    """Somebody with an account, signed in in one browser, and the number on their card. `form_token` passes CSRF."""

    person_id: uuid.UUID
    number: str
    cookie: str
    form_token: str


@dataclass(frozen=True)
class Electorate:
    """A fixed pot that people vote on now, and those who may."""

    process_id: uuid.UUID
    pot_id: uuid.UUID
    projects: tuple[str, ...]
    at_most: int
    voters: tuple[Voter, ...] = field(repr=False)


def electorate(session: Session, voters: int, secret: str, *, projects: int = 20, at_most: int = 5) -> Electorate:
    """Add a vote and its voters, all signed in; nobody has said yet which card is theirs."""
    now = clock.now()
    area = Area(name={"en": "All of it"}, code=f"area-{uuid.uuid4().hex[:8]}", **_SQUARE)
    session.add(area)
    session.flush()
    process = Process(
        slug=f"vote-{uuid.uuid4().hex[:8]}", title={"en": "A vote"}, area_id=area.id, state=ProcessState.PUBLISHED
    )
    session.add(process)
    session.flush()
    dates = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=30)}
    session.add(Phase(process_id=process.id, title={"en": "Vote"}, actions=[Action.VOTE], **dates))
    pot = Pot(
        process_id=process.id,
        title={"en": "A pot"},
        amount=1_000_000_00,
        currency="EUR",
        max_projects=at_most,
        state=PotState.READY,
        options={"tie_rules": ["listed_first"]},
    )
    numbers = tuple(str(at) for at in range(1, projects + 1))
    pot.projects = [
        Project(number=one, reference=f"B-{secrets.token_hex(4)}", title={"en": f"Project {one}"}, cost=100_000_00, position=at)
        for at, one in enumerate(numbers, 1)
    ]
    session.add(pot)
    session.flush()
    pot.options = {**pot.options, "digest": ballot_digest(pot)}
    session.flush()
    return Electorate(process.id, pot.id, numbers, at_most, signed_in(session, voters, secret))


_SQUARE: dict[str, Any] = {
    "geojson": '{"type":"Polygon","coordinates":[[[24.9,60.1],[25.0,60.1],[25.0,60.2],[24.9,60.2],[24.9,60.1]]]}',
    "lon": 24.95,
    "lat": 60.15,
    "west": 24.9,
    "south": 60.1,
    "east": 25.0,
    "north": 60.2,
}


def signed_in(session: Session, number: int, secret: str) -> tuple[Voter, ...]:
    """So many people who have signed in: rows, and the cookie that each one's browser holds."""
    speaks = Flask("crowd")
    speaks.secret_key = secret
    cookies = SecureCookieSessionInterface().get_signing_serializer(speaks)
    forms = URLSafeTimedSerializer(secret, salt="wtf-csrf-token")
    now = clock.now()
    people, browsers, voters = [], [], []
    for at in range(number):
        person_id, token, csrf = uuid.uuid4(), secrets.token_urlsafe(32), hashlib.sha1(secrets.token_bytes(16)).hexdigest()
        people.append(
            {"id": person_id, "email": f"{person_id.hex}@example.org", "display_name": "V", "email_confirmed_at": now}
        )
        browsers.append(
            {
                "person_id": person_id,
                "token_hash": token_hash(token),
                "last_seen_at": now,
                "expires_at": now + timedelta(days=14),
            }
        )
        content = {"_user_id": token, "_fresh": True, "_permanent": True, "csrf_token": csrf}
        assert cookies is not None
        voters.append(Voter(person_id, f"CARD{at:07}", str(cookies.dumps(content)), str(forms.dumps(csrf))))
    for at in range(0, number, 1000):
        session.execute(insert(Person), people[at : at + 1000])
        session.execute(insert(SignInSession), browsers[at : at + 1000])
    return tuple(voters)


def identities(session: Session, found: Electorate) -> None:
    """Let every voter have said already which entry of the register they are."""
    rows = [
        {"process_id": found.process_id, "person_id": voter.person_id, "voter_key": secrets.token_hex(32)}
        for voter in found.voters
    ]
    for at in range(0, len(rows), 1000):
        session.execute(insert(VoterIdentity), rows[at : at + 1000])
