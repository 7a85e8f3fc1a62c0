"""The page of a ballot: a fair order for each voter, looking for projects, comparing them, and what is kept and forgotten."""

import re

import pytest

from app.extensions import db as database
from app.features.budgets.models import ProjectProposal
from app.features.proposals.models import Photo
from app.features.spaces.models import Process
from tests.factories import proposals, voting
from tests.factories.tools import add
from tests.integration.voting.elections import a_voter

RANKING = {"vote_type": "ordinal", "limit_by_cost": False, "max_projects": 3}


def order_on(page):
    return re.findall(r'data-project="([^"]+)"', page)


def test_every_voter_has_an_order_of_their_own_that_stays_the_same(as_role):
    pot_id = voting.pot(costs=tuple(range(1, 13))).id
    clients = [a_voter(as_role, pot_id, number) for number in range(4)]
    orders = [order_on(client.get(f"/voting/{pot_id}").text) for client in clients]

    assert all(sorted(order) == sorted(map(str, range(1, 13))) for order in orders)
    assert len({tuple(order) for order in orders}) == 4
    again = a_voter(as_role, pot_id, 0)  # another account cannot be the same voter; the same account comes back
    assert order_on(clients[0].get(f"/voting/{pot_id}").text) == orders[0]
    assert again.get(f"/voting/{pot_id}").status_code in (200, 302)


@pytest.mark.parametrize(
    ("sort", "order"),
    [("cheap", ["2", "10", "3", "1"]), ("dear", ["1", "3", "10", "2"]), ("number", ["1", "2", "3", "10"])],
)
def test_the_list_is_sorted_without_scripts(as_role, sort, order):
    pot = voting.pot(costs=(400, 100, 300, 200))
    pot.projects[3].number = "10"
    database.session.flush()
    client = a_voter(as_role, pot.id, 1)
    assert order_on(client.get(f"/voting/{pot.id}?sort={sort}").text) == order


def test_looking_for_a_project_loses_no_choice_and_what_is_left_out_stays_on_the_ballot(as_role):
    pot_id = voting.pot(costs=(1,) * 12, limit_by_cost=False, max_projects=3).id
    client = a_voter(as_role, pot_id, 1)

    sent = client.post(f"/voting/{pot_id}", data={"choice": ["2", "7"], "q": "number 7", "sort": "name", "step": "look"})
    page = client.get(sent.location).text

    assert "q=number+7" in sent.location
    assert "sort=name" in sent.location
    assert page.count(" hidden>") >= 11
    assert "1 project is shown" in page
    assert page.count(" checked") == 2
    review = client.post(
        f"/voting/{pot_id}", data={"choice": ["2", "7"], "q": "number 7", "step": "review"}, follow_redirects=True
    )
    assert "Project number 2" in review.text


ONE = {"vote_type": "choose-1", "limit_by_cost": False}


def the_bar(page):
    return re.search(r'<p class="ballot-left__line[^"]*"[^>]*data-choice>([^<]*)</p>', page)[1]


def test_where_one_project_is_chosen_the_bar_names_it_or_says_that_none_is(as_role):
    pot_id = voting.pot(**ONE).id
    client = a_voter(as_role, pot_id, 1)

    assert the_bar(client.get(f"/voting/{pot_id}").text) == "No project is chosen yet."
    page = client.get(client.post(f"/voting/{pot_id}", data={"choice": "2", "step": "choose"}).location).text
    assert the_bar(page) == "You have chosen “Project number 2”."
    page = client.get(client.post(f"/voting/{pot_id}", data={"choice": "", "step": "choose"}).location).text
    assert the_bar(page) == "No project is chosen yet."


def test_comparing_shows_projects_side_by_side_and_keeps_the_ballot(as_role):
    pot_id = voting.pot(**RANKING).id
    client = a_voter(as_role, pot_id, 1)

    sent = client.post(f"/voting/{pot_id}", data={"place:2": "1", "compare": ["1", "3", ""], "step": "compare"})
    page = client.get(sent.location).text

    assert page.count("compare__one") == 2
    assert "Project number 3" in page
    back = client.get(f"/voting/{pot_id}").text
    assert 'value="1" selected' in back
    assert "choice" not in sent.location
    assert "place" not in sent.location


def test_forgetting_takes_away_what_was_kept(as_role):
    pot_id = voting.pot().id
    client = a_voter(as_role, pot_id, 1)
    client.post(f"/voting/{pot_id}", data={"choice": ["2"], "step": "choose"})
    assert client.get_cookie(f"ballot-{pot_id}")

    client.post(f"/voting/{pot_id}", data={"choice": ["2"], "step": "forget"})

    assert not client.get_cookie(f"ballot-{pot_id}")
    assert " checked" not in client.get(f"/voting/{pot_id}").text


def test_the_name_of_a_draft_is_another_for_every_voter_and_pot_and_names_nobody(as_role):
    first = voting.pot()
    first_id, second_id = first.id, voting.pot(database.session.get_one(Process, first.process_id)).id
    one, other = a_voter(as_role, first_id, 1), a_voter(as_role, first_id, 2)
    pages = [one.get(f"/voting/{first_id}"), one.get(f"/voting/{second_id}"), other.get(f"/voting/{first_id}")]
    names = [re.search(r'data-draft="([^"]+)"', page.text)[1] for page in pages]
    secrets = [re.search(r'data-secret="([0-9a-f]{64})"', page.text)[1] for page in pages]
    assert len(set(names)) == len(set(secrets)) == 3
    again = one.get(f"/voting/{first_id}")
    assert names[0] == re.search(r'data-draft="([^"]+)"', again.text)[1]
    assert secrets[0] == re.search(r'data-secret="([^"]+)"', again.text)[1]
    assert again.headers["Cache-Control"] == "no-store"


def test_compared_projects_show_the_photo_of_their_proposal(client, photo):
    pot, shown = photo
    page = client.get(f"/voting/{pot.id}/compare?project=1&project=2").text
    assert str(shown.id) in page
    assert "A lime tree" in page
    assert page.count("No photo") == 1


@pytest.fixture
def photo(session):
    pot = voting.pot()
    source = proposals.proposal(database.session.get_one(Process, pot.process_id))
    pot.projects[0].proposals.append(ProjectProposal(project_id=pot.projects[0].id, proposal_id=source.id))
    shown = add(Photo(proposal_id=source.id, key="a", thumbnail_key="b", alternative_text="A lime tree", width=30, height=20))
    session.flush()
    return pot, shown


def test_a_ballot_that_may_cost_less_than_the_pot_holds_shows_and_keeps_to_its_own_sum(as_role):
    pot = voting.pot(options={"tie_rules": ["listed_first"], "max_sum_cost": 600_00})
    pot_id = pot.id
    client = a_voter(as_role, pot_id, 1)
    page = client.get(f"/voting/{pot_id}").text
    assert 'data-limit="60000"' in page
    assert "as long as it costs no more than €600 together" in page
    client.post(f"/voting/{pot_id}", data={"choice": ["1", "3"], "step": "review"})
    assert "What you have chosen costs more than a ballot may cost. Take something out." in client.get(f"/voting/{pot_id}").text
    client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review"})
    review = client.get(f"/voting/{pot_id}/review").text
    assert re.search(r"Left over</dt><dd>[^<]*300", review)
    assert "€600" in client.get(f"/budgets/{pot_id}").text
