"""Somebody who came in with a code or a card, for as long as they vote here: no account, no row, an hour without a click.

It stands in the browser's own signed cookie, which scripts cannot read, and is sealed inside it, so that nothing of it means
anything to whoever finds the cookie. It goes with the button "Finish", with signing out, and with the reset of a public screen.
"""

import base64
import binascii
import json
import os
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import request, session

from app.extensions import db
from app.features.budgets.queries import Pot
from app.features.spaces.queries import Process
from app.features.voting.ballot.sealed_cookies import cookie_key
from app.features.voting.rules import canonical_number
from app.features.voting.use_cases import voter_of_account
from app.features.voting.voters.eligibility import Standing, standing_of
from app.features.voting.voters.voter import ShownToken, Voter, Way
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.permissions import Actor
from app.kernel.references import token_hash
from app.web.access import channel_here, viewer
from app.web.once import once

IDLE = timedelta(minutes=60)
_NAME = "voter"
_NUMBER = "voter-number"
_TOKEN = "_user_id"  # noqa: S105  where Flask-Login keeps it
_OPENED = "plaza.voter"
_END = 3
_NONCE = 12
_SEEN_EVERY = 60


def begin(voter: Voter) -> None:
    """Let this browser vote as this entry. Who was here before in this way is forgotten."""
    _keep(
        {
            "process": str(voter.process_id),
            "key": voter.key,
            "way": voter.way,
            "code": str(voter.code_id or ""),
            "mark": secrets.token_hex(16),
        }
    )


def finish() -> None:
    """Forget whoever came in this way."""
    session.pop(_NAME, None)


def present() -> Voter | None:
    """Whoever came in this way and is still here; another minute of theirs is noted."""
    kept = _kept()
    if kept is None:
        return None
    if clock.now().timestamp() - kept["seen"] > _SEEN_EVERY:
        _keep(kept)
    return _voter(kept)


def _voter(kept: dict[str, Any]) -> Voter:
    code = UUID(kept["code"]) if kept["code"] else None
    return Voter(UUID(kept["process"]), kept["key"], Way(kept["way"]), channel_here(), code)


def of_process(process_id: UUID) -> Voter | None:
    """The same, when they came in for this process."""
    voter = present()
    return voter if voter is not None and voter.process_id == process_id else None


def who_casts(process_id: UUID) -> Voter | ShownToken | Actor:
    """The same; else the token that this browser shows, which is not looked up here: casting does that with all the rest.

    That they were here is noted by the page that shows their receipt, a moment later.
    """
    kept = _kept()
    if kept is not None and kept["process"] == str(process_id):
        return _voter(kept)
    token = session.get(_TOKEN)
    return ShownToken(token_hash(token), channel_here()) if isinstance(token, str) else viewer()


def mark() -> str:
    """What tells one stay from every other: what somebody has chosen opens only for the stay and the sign-in it was kept in.

    A sign-in is known by its token, which another one never has.
    """
    kept = _kept()
    token = session.get(_TOKEN)
    return f"{token_hash(token) if isinstance(token, str) else ''}:{kept['mark'] if kept else ''}"


def note_number(process_id: UUID, number: str) -> None:
    """Keep the end of the number that a signed-in person gave, sealed in their own browser, so that they can see a slip."""
    _seal(_NUMBER, {"process": str(process_id), "person": str(viewer().person_id), "end": canonical_number(number)[-_END:]})


def number_end(process_id: UUID) -> str:
    """The end of the number that this person gave for this process in this browser; empty where it was another browser."""
    kept = _unsealed(_NUMBER)
    ours = kept is not None and (kept["process"], kept["person"]) == (str(process_id), str(viewer().person_id))
    return str(kept["end"]) if kept is not None and ours else ""


def _keep(content: dict[str, Any]) -> None:
    _seal(_NAME, {**content, "seen": int(clock.now().timestamp())})


def _kept() -> dict[str, Any] | None:
    kept = _unsealed(_NAME)
    return kept if kept is not None and clock.now().timestamp() - kept["seen"] <= IDLE.total_seconds() else None


def _seal(name: str, content: dict[str, Any]) -> None:
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(cookie_key("voter")).encrypt(nonce, json.dumps(content).encode(), _bound(name))
    session[name] = base64.urlsafe_b64encode(sealed).decode()


def _unsealed(name: str) -> dict[str, Any] | None:
    """What is sealed under a name; opened once for a request, however many parts of it ask."""
    if not (text := session.get(name)):
        return None
    opened = request.environ.setdefault(_OPENED, {})
    if (name, text) not in opened:
        opened[name, text] = _open(name, text)
    found: dict[str, Any] | None = opened[name, text]
    return found


def _open(name: str, text: str) -> dict[str, Any] | None:
    try:
        sealed = base64.b64decode(text, altchars=b"-_", validate=True)
        kept: dict[str, Any] = json.loads(AESGCM(cookie_key("voter")).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(name)))
    except (binascii.Error, InvalidTag, ValueError):
        return None
    return kept


def _bound(name: str) -> bytes:
    """One sealed value cannot be put in the place of another."""
    return b"" if name == _NAME else name.encode()


def who_votes(process_id: UUID) -> Voter | None:
    """Whoever came in with a code or a card for this process; else the entry that the signed-in account stands for."""
    return once(("who votes", process_id), lambda: _who_votes(process_id))


def standing_here(pot: Pot, space: Process | None = None) -> Standing | None:
    """What whoever votes here may still do in a pot; None where nobody has said yet who they are."""
    return once(("standing", pot.id), lambda: _standing(pot, space))


def _standing(pot: Pot, space: Process | None) -> Standing | None:
    voter = who_votes(pot.process_id)
    return None if voter is None else standing_of(db.session(), pot, voter.key, space)


def _who_votes(process_id: UUID) -> Voter | None:
    voter = of_process(process_id)
    if voter is not None or viewer().person_id is None:
        return voter
    try:
        return voter_of_account(db.session(), viewer(), process_id)
    except Refused:  # its owner has not said yet which
        return None
