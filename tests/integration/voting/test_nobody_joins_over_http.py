"""The same attacks on a vote that came in by pages, over every way: letter, renewed code, card, public screen, account, desk.

Everything that names an entry of the register is tried, by itself or through a row that points to it: codes, the roll, claims
of accounts, their browsers, the audit log, counters of attempts, the outbox.
"""

import re
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.features.accounts.models import Person
from app.features.spaces.models import Phase
from app.features.voting.commands import IssueCodes
from app.features.voting.keys.keyring import Keyring
from app.features.voting.letters.spool import Spool
from app.features.voting.models import VotingParticipation
from app.features.voting.rules import voter_key
from app.features.voting.sealing import wipe
from app.features.voting.use_cases import close_box, issue_codes
from app.kernel.permissions import SYSTEM, Channel, Role
from tests.factories import accounts, kiosk, voting
from tests.integration.voting.test_nobody_joins import receipts_in_order
from tests.support import matching
from tests.support.database import renew

WAYS = ("letter", "renewed", "card", "screen", "account", "desk")
EACH = 6
NUMBERS = [f"CARD{at:05}" for at in range(EACH * len(WAYS))]

pytestmark = pytest.mark.timeout(240)  # a hundred pages, one after the other


@pytest.fixture(autouse=True)
def new_tables(committing_db):
    if not committing_db.is_sqlite:
        renew(committing_db.engine)


class Evening:
    """Everybody votes, one after the other, by pages. `order` and `truth` are what nobody else knows."""

    def __init__(self, app, db):
        self.app, self.db = app, db
        settings = app.config["SETTINGS"]
        self.keyring, spool = Keyring(settings.keys), Spool(settings.var / "letters")
        session = db.session()
        process = voting.process_with_roll()
        self.secret = self.keyring.key(process.id, "voters", make=True)
        for number in NUMBERS:
            voting.listed(process, number, secret=self.secret)
        self.pot_id, self.process_id = voting.pot(process).id, process.id
        printed = issue_codes(session, SYSTEM, IssueCodes(process.id, tuple(NUMBERS)), self.secret, spool)
        self.codes = {letter.number: letter.code for letter in spool.letters(printed.id)}
        clerk = accounts.person()
        accounts.grant(clerk, Role.CLERK, process)
        self.people = [accounts.person().id for _ in range(EACH)]
        db.session.commit()
        self.clerk = app.test_client()
        accounts.sign_in(self.clerk, clerk)
        self.browsers = []
        for person_id in self.people:
            self.browsers.append(app.test_client())
            accounts.sign_in(self.browsers[-1], db.session.get_one(Person, person_id))
        self.public_screen = app.test_client()
        kiosk.become(self.public_screen)
        spool.delete(printed.id)
        self.order, self.truth = [], {}

    def go(self):
        turns = [(NUMBERS[at], WAYS[at % len(WAYS)]) for at in range(len(NUMBERS))]
        Random(7).shuffle(turns)  # the order of the evening is not that of the roll
        for at, (number, way) in enumerate(turns):
            before = self.receipts()
            getattr(self, way)(number, {"choice": [str(1 + at % 3)], "envelope": str(uuid4())})
            (receipt,) = self.receipts() - before
            key = voter_key(self.secret, self.process_id, number)
            self.order.append(key)
            self.truth[key] = receipt

    def receipts(self):
        with self.db.engine.connect() as connection:
            return set(connection.exec_driver_sql("SELECT receipt FROM envelope").scalars())

    def cast(self, client, sent):
        answer = client.post(f"/voting/{self.pot_id}/review", data=sent)
        assert answer.location == f"/voting/{self.pot_id}/thanks"
        assert client.get(answer.location).status_code == 200
        client.post("/voting/finish")

    def letter(self, number, sent, code=""):
        client = self.app.test_client()
        client.post("/voting/code", data={"code": code or self.codes[number]})
        self.cast(client, sent)

    def renewed(self, number, sent):
        typed = {"number": number, "step": "renew", "sure": "y"}
        page = self.clerk.post(f"/staff/desk/voter/{self.process_id}", data=typed).text
        (code,) = re.findall(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", page)
        self.letter(number, sent, code)

    def card(self, number, sent, client=None):
        client = client or self.app.test_client()
        client.post(f"/voting/card/{self.process_id}", data={"number": number, "born": voting.BORN})
        self.cast(client, sent)

    def screen(self, number, sent):
        self.card(number, sent, self.public_screen)

    def account(self, number, sent):
        client = self.browsers.pop()
        client.post(f"/voting/{self.pot_id}/who", data={"number": number, "born": voting.BORN})
        self.cast(client, sent)

    def desk(self, number, sent):
        page, typed = f"/staff/desk/{self.pot_id}", {"number": number, "born": voting.BORN, "choices": sent["choice"][0]}
        review = self.clerk.post(page, data={**typed, "step": "review"}).text
        hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', review)[1] for name in ("envelope", "ballot")}
        assert self.clerk.post(page, data={**typed, **hidden, "step": "cast"}).status_code == 302

    def close(self):
        with self.db.transaction() as session:
            for phase in session.scalars(select(Phase)):
                phase.starts_at, phase.ends_at = phase.starts_at.replace(year=2001), phase.starts_at.replace(year=2002)
        with self.db.transaction() as session:
            close_box(session, SYSTEM, self.process_id, self.keyring)
        wipe(self.db.engine)


def naming(found):
    """The rows of every table that name an entry, each with its key: themselves, or through a row that they point to."""
    keys = {row["voter_key"] for row in found["roll_entry"]}
    known = {plain(row["id"]): row["voter_key"] for table in found for row in found[table] if row.get("voter_key") in keys}
    known |= {plain(row["person_id"]): row["voter_key"] for row in found["voter_identity"]}
    known |= {key: key for key in keys}
    rows = {}
    for table, those in found.items():
        named = [(row, next((known[one] for one in map(plain, row.values()) if one in known), None)) for row in those]
        if any(key for _row, key in named):
            rows[table] = [{**row, "voter_key": key} for row, key in named if key]
    return rows


def plain(value):
    """An id or a key in one way of writing, whichever the database has."""
    return value.hex if isinstance(value, UUID) else str(value).replace("-", "")


def attacks(found, envelopes, *, sqlite):
    """Every table that names entries against the envelopes: in every order, and by the transaction that wrote a row."""
    pairs = {}
    for table, rows in naming(found).items():
        pairs |= {f"{table}: {name}": one for name, one in matching.by_order(rows, envelopes).items()}
        if not sqlite:
            pairs[f"{table}: transactions"] = matching.by_transaction(rows, envelopes)
            changed = [{**row, "hidden_xmin": row["hidden_xmax"]} for row in rows]  # whoever locked or ended a row
            pairs[f"{table}: ended by"] = matching.by_transaction(changed, envelopes)
    return pairs


def test_by_whatever_way_somebody_came_in_nobody_finds_their_envelope(app, committing_db, told):
    vote = Evening(app, committing_db)
    del told[:]
    vote.go()
    lines, sqlite = list(told), committing_db.is_sqlite
    keys, receipts = set(vote.truth), set(vote.truth.values())
    before = matching.dump(committing_db.engine)
    with committing_db.transaction() as session:
        channels = set(session.scalars(select(VotingParticipation.channel)))

    assert channels == {Channel.WEB, Channel.KIOSK, Channel.DESK}
    assert len(keys) == len(receipts) == len(NUMBERS)
    assert set(naming(before)) >= {
        "voting_participation",
        "voting_code",
        "roll_entry",
        "voter_identity",
        "sign_in_session",
        "audit_entry",
    }
    if not sqlite:  # while they wait the attack succeeds, so it is a good one
        found = attacks(before, before["envelope"], sqlite=sqlite)
        assert matching.right(found["voting_participation: transactions"], vote.truth) > 0.9 * len(keys)
        assert matching.right(found["voter_identity: transactions"], vote.truth) > 0.6 * EACH

    vote.close()
    after = matching.dump(committing_db.engine)
    found = attacks(after, receipts_in_order(after), sqlite=sqlite)
    found["log lines"] = matching.by_log_lines(told, keys, receipts)
    assert {name: right for name, one in found.items() if (right := matching.right(one, vote.truth)) >= matching.LUCK} == {}
    assert len(found) > 100

    assert [line for line in lines if line.startswith("plaza.access")] == []
    secrets = keys | receipts | set(NUMBERS) | set(vote.codes.values())
    assert [line for line in told if any(secret in line for secret in secrets)] == []


def test_a_row_that_says_too_much_is_found(app, committing_db):
    """A table that keeps, for each code, a number in the order of its block: the attack names it."""
    rows = [{"voter_key": f"{at:064x}", "id": uuid4(), "seen": 100 - at, "hidden_xmin": "7"} for at in range(40)]
    envelopes = [{"receipt": f"{1000 + at:064x}", "place": at} for at in range(40)]
    truth = {row["voter_key"]: one["receipt"] for row, one in zip(rows, reversed(envelopes), strict=True)}
    found = {"roll_entry": rows, "voter_identity": [], "voting_code": [{"of": row["voter_key"], "seen": 1} for row in rows]}

    tried = attacks(found, envelopes, sqlite=True)
    right = {name for name, one in tried.items() if matching.right(one, truth) >= matching.LUCK}
    assert "roll_entry: seen with place" in right
    assert set(naming(found)) == {"roll_entry", "voting_code"}
