"""What voters read: plain words, what is not protected yet, and no jargon."""

import re

import pytest

from app.developers import hints
from app.developers.demo import loading
from app.features.voting.models import RollEntry
from tests.factories import voting

JARGON = re.compile(r"digest|hash|HMAC|SHA-?\d|constraint|encrypt|keyed|database|transaction|PostgreSQL", re.IGNORECASE)


def words_of(response):
    text = re.sub(r"(?s)<(script|head)\b.*?</\1>|<[^>]+>", " ", response.text)
    return " ".join(text.split())


@pytest.fixture
def pot(db):
    found = voting.pot()
    db.session.commit()
    return found


def pages(as_role, pot):
    """Every page that a voter meets, from nobody to the thanks."""
    client = as_role("resident")
    yield "who", client.get(f"/voting/{pot.id}/who")
    client.post(f"/voting/{pot.id}/who", data={"number": "AB 12345"})
    yield "ballot", client.get(f"/voting/{pot.id}")
    yield "review", client.post(f"/voting/{pot.id}", data={"choice": ["1"], "step": "review"}, follow_redirects=True)
    yield "thanks", client.post(f"/voting/{pot.id}/review", data={"choice": ["1"]}, follow_redirects=True)
    yield "budget", client.get(f"/budgets/{pot.id}")
    yield "budgets", client.get("/budgets")


def test_no_page_of_a_voter_needs_a_dictionary(as_role, client, pot):
    for name, response in [("sign in", client.get(f"/voting/{pot.id}")), *pages(as_role, pot)]:
        assert response.status_code == 200, name
        assert not JARGON.search(words_of(response)), name


def test_voters_are_told_what_this_version_does_not_protect(as_role, client, pot):
    shown = dict(pages(as_role, pot)) | {"sign in": client.get(f"/voting/{pot.id}")}

    for name in ("sign in", "who", "review"):
        assert "could find out which one is yours" in words_of(shown[name]), name
        assert "This vote has no list of voters" in words_of(shown[name]), name


def test_where_there_is_a_list_of_voters_nobody_is_told_there_is_none(client, db, pot):
    db.session.add(RollEntry(process_id=pot.process_id, voter_key="0" * 64))
    db.session.commit()

    assert "This vote has no list of voters" not in words_of(client.get(f"/voting/{pot.id}"))


def test_the_demonstration_says_which_card_number_works_and_no_real_city_does(app, as_role, pot, monkeypatch):
    client = as_role("resident")
    address = f"/voting/{pot.id}/who"
    assert "demonstration" not in words_of(client.get(address))

    monkeypatch.setattr(loading, "is_loaded", lambda _session: True)
    number = re.search(r"DEMO \d{5}", words_of(client.get(address))).group()
    assert client.post(address, data={"number": number}).status_code == 302

    monkeypatch.setattr(type(app.config["SETTINGS"]), "production", property(lambda _settings: True))
    with app.test_request_context("/"):
        assert hints.card_number(pot) == ""
    assert "DEMO" not in words_of(client.get(address))
