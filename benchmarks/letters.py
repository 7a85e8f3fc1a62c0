"""Voters who came in with the code of a letter: on the roll, without an account, their stay sealed in a cookie."""

import hashlib
import secrets
import uuid
from dataclasses import replace

from flask import Flask, current_app, session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.features.voting.models import RollEntry, VotingCode
from app.features.voting.voters import session as voter_session
from app.features.voting.voters.voter import Voter as Entry
from app.features.voting.voters.voter import Way
from app.kernel import clock
from benchmarks.electorate import Electorate, Voter, electorate


def electorate_by_letter(db_session: Session, voters: int, secret: str) -> Electorate:
    """Add a vote with a roll, and so many voters who have just typed in their codes."""
    found = electorate(db_session, 0, secret)
    db_session.commit()  # the contexts below end with the work of this session
    speaks = Flask("crowd")
    speaks.secret_key = secret
    cookies = SecureCookieSessionInterface().get_signing_serializer(speaks)
    assert cookies is not None
    forms = URLSafeTimedSerializer(secret, salt="wtf-csrf-token")
    entries, codes, people = [], [], []
    for at in range(voters):
        entry = Entry(found.process_id, secrets.token_hex(32), Way.CODE, code_id=uuid.uuid4())
        entries.append({"process_id": entry.process_id, "voter_key": entry.key})
        known = {"code_hash": secrets.token_hex(32), "issued_on": clock.now().date()}
        codes.append({"id": entry.code_id, "process_id": entry.process_id, "voter_key": entry.key, **known})
        csrf = hashlib.sha1(secrets.token_bytes(16)).hexdigest()
        with current_app.test_request_context():
            voter_session.begin(entry)
            cookie = str(cookies.dumps({**session, "csrf_token": csrf}))
        people.append(Voter(uuid.uuid4(), f"CARD{at:07}", cookie, str(forms.dumps(csrf))))
    for at in range(0, voters, 1000):
        db_session.execute(insert(RollEntry), entries[at : at + 1000])
        db_session.execute(insert(VotingCode), codes[at : at + 1000])
    return replace(found, voters=tuple(people))
