"""Who used the data of somebody whose data was used ten thousand times, as the tracker and their own browser ask it."""

import secrets
import uuid
from collections.abc import Iterator
from datetime import timedelta

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import insert

from app.extensions import db
from app.features.accounts.models import SignInSession
from app.features.interfaces.commands import AskForToken, RegisterClient
from app.features.interfaces.rules import Scope
from app.features.interfaces.use_cases import give_token, register_client
from app.kernel import clock
from app.kernel.permissions import SYSTEM
from app.kernel.references import token_hash
from benchmarks.harness import SECRET, Figure, Installation

FIND = "/api/tracker/v2/findUsage?userCode="


def over_http(place: Installation, usages: int, people: dict[str, uuid.UUID]) -> Iterator[Figure]:
    """The answer of the default page (up to 1,000 uses, and how many there are), and the page of the person themselves."""
    token = place.fill(_token)
    for case, person_id in people.items():
        headers = {"Authorization": f"Bearer {token}", "X-Road-UserId": str(person_id), "Accept": "application/json"}
        yield place.page("findUsage over HTTP", f"{usages:,} usages, {case}", f"{FIND}{person_id}", headers=headers)
        cookie = place.fill(lambda whose=person_id: _signed_in(whose))
        yield place.page(
            "“Who used my data” over HTTP",
            f"{usages:,} usages, {case}",
            "/my-data/usages",
            headers={"Cookie": f"plaza={cookie}"},
        )
    place.close()


def _token() -> str:
    command = RegisterClient("Tracker", "tracker@example.org", (Scope.USAGES.value,), 6000, ())
    client, secret = register_client(db.session(), SYSTEM, command)
    return give_token(db.session(), AskForToken(str(client.id), secret, None, "")).token


def _signed_in(person_id: uuid.UUID) -> str:
    token, now = secrets.token_urlsafe(32), clock.now()
    row = {"person_id": person_id, "token_hash": token_hash(token), "last_seen_at": now, "expires_at": now + timedelta(days=14)}
    db.session().execute(insert(SignInSession), [row])
    speaks = Flask("used")
    speaks.secret_key = SECRET
    cookies = SecureCookieSessionInterface().get_signing_serializer(speaks)
    assert cookies is not None
    return str(cookies.dumps({"_user_id": token, "_fresh": True, "_permanent": True}))
