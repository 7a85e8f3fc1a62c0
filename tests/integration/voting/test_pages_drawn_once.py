"""Thousands ask for the pages of a ballot on the same days: what is the same for all is drawn once, and nothing else is."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.extensions import db as database
from app.features.budgets.commands import FreezePot, UnfreezePot
from app.features.budgets.models import Pot, Project, ProjectCategory
from app.features.budgets.use_cases import freeze_pot, unfreeze_pot
from app.features.spaces.models import Category, Phase
from app.features.voting.ballot.page import BallotPage
from app.kernel.permissions import SYSTEM
from tests.factories import spaces, voting
from tests.factories.tools import add
from tests.integration.voting.elections import a_voter

MANY = (10_00,) * 12
KINDS = {
    "approval": {"limit_by_cost": False, "max_projects": 3},
    "choose-1": {"vote_type": "choose-1", "limit_by_cost": False},
    "cumulative": {"vote_type": "cumulative", "max_points": 10, "limit_by_cost": False},
    "ordinal": {"vote_type": "ordinal", "max_projects": 3, "limit_by_cost": False},
}
MARKED = {
    "approval": {"choice": ["2"]},
    "choose-1": {"choice": ["2"]},
    "cumulative": {"points:2": "5"},
    "ordinal": {"place:2": "1"},
}
OF_ONE_ANSWER = re.compile(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|name="envelope" value="[^"]*"')
ROW = re.compile(r'<li class="ballot-project.*?</li>', re.DOTALL)


def page(client, pot_id, **args):
    answer = client.get(f"/voting/{pot_id}", query_string=args)
    assert answer.status_code == 200
    return OF_ONE_ANSWER.sub("", answer.text)


def rows(text):
    return [re.sub(r' data-fair="\d+"', "", row) for row in ROW.findall(text)]


@pytest.fixture
def category_pot():
    """A pot whose second project is about something."""
    process = spaces.process("Vote", open_for=["vote"])
    green = spaces.category(process, "Green")
    pot = voting.pot(process, costs=MANY)
    add(ProjectCategory(project_id=pot.projects[1].id, category_id=green.id))
    database.session.commit()
    return pot, green


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_the_same_as_one_that_is_drawn_for_one_voter(as_role, monkeypatch, kind):
    pot_id = voting.pot(costs=MANY, **KINDS[kind]).id
    client = a_voter(as_role, pot_id, 1)
    drawn_first, drawn_again = page(client, pot_id), page(client, pot_id)
    client.post(f"/voting/{pot_id}", data={**MARKED[kind], "step": "choose"})
    marked = page(client, pot_id)

    monkeypatch.setattr(BallotPage, "row", lambda self, row, draw: draw(self, row))
    for part in ("finder", "comparing", "ranking"):
        monkeypatch.setattr(BallotPage, part, lambda self, draw: draw(self), raising=False)
    monkeypatch.setattr(BallotPage, "same_for_all", lambda self, _name, draw: draw(self))

    assert marked == page(client, pot_id)
    client.post(f"/voting/{pot_id}", data={"step": "forget"})
    assert drawn_first == drawn_again == page(client, pot_id)


@pytest.mark.parametrize("kind", KINDS)
def test_another_voter_sees_the_same_rows_in_another_order_and_nothing_of_the_first(as_role, kind):
    pot_id = voting.pot(costs=MANY, **KINDS[kind]).id
    first, second = a_voter(as_role, pot_id, 1), a_voter(as_role, pot_id, 2)
    before = page(second, pot_id)
    first.post(f"/voting/{pot_id}", data={**MARKED[kind], "step": "choose"})
    theirs = page(first, pot_id)

    after = page(second, pot_id)

    assert after == before
    assert "ballot-project--chosen" in theirs
    assert "ballot-project--chosen" not in after
    assert rows(after) != rows(theirs)
    unmarked = [row for row in rows(theirs) if "ballot-project--chosen" not in row]
    assert set(unmarked) < set(rows(after))


def test_each_page_has_the_token_of_its_reader(as_role):
    pot_id = voting.pot(costs=MANY).id
    answers = [a_voter(as_role, pot_id, number).get(f"/voting/{pot_id}").text for number in (1, 2)]
    tokens = [re.findall(r'name="csrf_token" value="([^"]+)"', text) for text in answers]
    nonces = [re.findall(r'nonce="([^"]+)"', text) for text in answers]
    assert not set(tokens[0]) & set(tokens[1])
    assert not set(nonces[0]) & set(nonces[1])


def test_another_language_has_its_own_words(as_role):
    pot_id = voting.pot(costs=MANY).id
    client = a_voter(as_role, pot_id, 1)
    english, german = page(client, pot_id), page(client, pot_id, lang="de")
    assert "On my ballot" in english
    assert "On my ballot" not in german
    assert page(client, pot_id, lang="en") == english


def test_at_a_public_screen_no_link_leads_away_whatever_was_drawn_before(as_role):
    pot_id = voting.pot(costs=MANY).id
    client = a_voter(as_role, pot_id, 1)
    assert "The page of this project" in page(client, pot_id)
    client.set_cookie("kiosk", "1")
    assert "The page of this project" not in client.get(f"/voting/{pot_id}", follow_redirects=True).text


def test_a_category_that_gets_another_name_has_it_at_once(as_role, category_pot, session):
    pot, green = category_pot
    client = a_voter(as_role, pot.id, 1)
    assert '<span class="tag">Green</span>' in page(client, pot.id)

    session.execute(update(Category).where(Category.id == green.id).values(name={"en": "Parks"}))
    session.commit()

    assert '<span class="tag">Parks</span>' in page(client, pot.id)
    assert '<span class="tag">Green</span>' not in page(client, pot.id)


def test_a_ballot_that_is_changed_and_fixed_again_is_shown_as_it_is_now(as_role, category_pot, session):
    """Also what its digest does not cover: which category a project has."""
    pot, green = category_pot
    client = a_voter(as_role, pot.id, 1)
    page(client, pot.id)
    began = session.query(Phase).filter_by(process_id=pot.process_id).one().starts_at

    def change(step):
        session.execute(update(Phase).where(Phase.process_id == pot.process_id).values(starts_at=began + timedelta(days=5)))
        session.expire_all()
        unfreeze_pot(session, SYSTEM, UnfreezePot(pot.id))
        step(session.get_one(Pot, pot.id).projects)
        session.flush()
        freeze_pot(session, SYSTEM, FreezePot(pot.id))
        session.execute(update(Phase).where(Phase.process_id == pot.process_id).values(starts_at=began))
        session.commit()
        session.expire_all()

    change(lambda projects: None)  # what is announced of the voters comes into the digest
    digest = session.get_one(Pot, pot.id).options["digest"]
    assert '<span class="tag">Green</span>' in page(client, pot.id)

    change(lambda projects: session.delete(session.get_one(ProjectCategory, (projects[1].id, green.id))))
    assert session.get_one(Pot, pot.id).options["digest"] == digest
    assert '<span class="tag">Green</span>' not in page(client, pot.id)

    change(lambda projects: setattr(projects[0], "title", {"en": "A fountain"}))
    assert "A fountain" in page(client, pot.id)
    assert "Project number 1<" not in page(client, pot.id)


BY_ACCOUNT = {"": 5, "/review": 6}
"""Who asks, the pot with its process, the voter's entry, what it has used, categories; in their place the review asks of roll
and box."""


def test_pages_ask_the_database_this_often(as_role, query_counter):
    counts = {}
    for projects in (3, 40):
        pot_id = voting.pot(costs=(10_00,) * projects).id
        client = a_voter(as_role, pot_id, 1)
        client.get(f"/voting/{pot_id}")
        client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review"})
        database.session.remove()
        for at, most in BY_ACCOUNT.items():
            with query_counter() as queries:
                assert client.get(f"/voting/{pot_id}{at}").status_code == 200
            assert queries.count <= most, queries.statements
            counts.setdefault(at, set()).add(queries.count)
    assert all(len(found) == 1 for found in counts.values())


def test_sending_choices_asks_four_times(as_role, query_counter):
    pot_id = voting.pot().id
    client = a_voter(as_role, pot_id, 1)
    client.get(f"/voting/{pot_id}")
    database.session.remove()
    with query_counter() as queries:
        client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review"})
    assert queries.count <= 4, queries.statements
    assert not any(f"FROM {Project.__tablename__}" in statement for statement in queries.statements)
