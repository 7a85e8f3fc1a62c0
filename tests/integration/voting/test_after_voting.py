"""After voting: the site says so wherever it asked for a vote, and shows the ways to what is left to do."""

import pytest

from app.extensions import db as database
from app.features.spaces.models import Process
from app.features.voting.models import SlotMode, VotingSetup
from tests.factories import voting
from tests.factories.tools import add
from tests.integration.voting.elections import a_voter


@pytest.fixture
def pots():
    first = voting.pot(title={"en": "Streets"})
    second = voting.pot(database.session.get_one(Process, first.process_id), title={"en": "Small things"})
    return first, second


def pages_of(pots):
    process = database.session.get_one(Process, pots[0].process_id)
    return {"pot": f"/budgets/{pots[0].id}", "budgets": "/budgets", "process": f"/processes/{process.slug}"}


@pytest.mark.parametrize("name", ["pot", "budgets", "process"])
def test_every_page_that_asked_for_a_vote_says_that_it_was_cast(as_role, pots, name):
    page, ballot, board = pages_of(pots)[name], f'href="/voting/{pots[0].id}"', f"/voting/{pots[0].id}/board"
    thanks, pot_id, other = f"/voting/{pots[0].id}/thanks", pots[0].id, f'href="/voting/{pots[1].id}"'
    client, stranger = a_voter(as_role, pot_id, 1), a_voter(as_role, pot_id, 2)
    before = client.get(page).text
    assert ballot in before
    assert "You have voted" not in before

    client.post(f"/voting/{pot_id}/review", data={"choice": ["1"]})
    after = client.get(page).text
    assert "You have voted" in after
    assert ballot not in after
    assert board in after
    assert thanks in after
    assert (other in after) is (name != "pot")
    assert ballot in stranger.get(page).text

    client.delete_cookie(f"ballot-{pot_id}")
    later = client.get(page).text
    assert "You have voted" in later
    assert thanks not in later


def test_who_comes_to_the_ballot_again_finds_board_and_receipt(as_role, pots):
    pot_id = pots[0].id
    client = a_voter(as_role, pot_id, 1)
    client.post(f"/voting/{pot_id}/review", data={"choice": ["1"]})

    again = client.get(f"/voting/{pot_id}").text
    assert f"/voting/{pot_id}/board" in again
    assert f"/voting/{pot_id}/thanks" in again
    client.delete_cookie(f"ballot-{pot_id}")
    later = client.get(f"/voting/{pot_id}").text
    assert f"/voting/{pot_id}/board" in later
    assert f"/voting/{pot_id}/thanks" not in later


def test_the_thanks_lead_to_the_next_ballot_and_say_when_everything_is_done(as_role, pots):
    first_id, second_id = pots[0].id, pots[1].id
    client = a_voter(as_role, first_id, 1)

    thanks = client.post(f"/voting/{first_id}/review", data={"choice": ["1"]}, follow_redirects=True).text
    assert "You have one more ballot: “Small things”, €1,000" in thanks
    assert f'href="/voting/{second_id}"' in thanks
    assert "Everything is done" not in thanks
    assert "You have one more ballot" in client.get(f"/voting/{first_id}").text

    thanks = client.post(f"/voting/{second_id}/review", data={"choice": ["1"]}, follow_redirects=True).text
    assert "Everything is done" in thanks
    assert "more ballot" not in thanks


def test_two_more_ballots_are_counted(as_role, pots):
    voting.pot(database.session.get_one(Process, pots[0].process_id))
    client = a_voter(as_role, pots[0].id, 1)
    thanks = client.post(f"/voting/{pots[0].id}/review", data={"choice": ["1"]}, follow_redirects=True).text
    assert "You have 2 more ballots. The next one: “" in thanks


def test_with_one_vote_for_all_pots_no_other_ballot_is_offered(as_role, pots):
    add(VotingSetup(process_id=pots[0].process_id, slots=SlotMode.ONE))
    client = a_voter(as_role, pots[0].id, 1)
    thanks = client.post(f"/voting/{pots[0].id}/review", data={"choice": ["1"]}, follow_redirects=True).text
    assert "Everything is done" in thanks
