"""What is sent twice, or refused on the way: the same ballot, and nothing that was chosen is lost."""

from uuid import uuid4

from app.extensions import db as database
from app.features.spaces.models import Process
from app.features.voting.models import Envelope, VotingParticipation
from app.kernel.permissions import Role
from tests.factories import voting
from tests.integration.voting.elections import a_voter


def at_the_desk(as_role, pot):
    return as_role(Role.CLERK, database.session.get_one(Process, pot.process_id))


def hidden(page, name):
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def test_a_double_click_at_the_desk_casts_one_ballot_and_says_so_twice(as_role):
    pot = voting.pot()
    pot_id, client = pot.id, at_the_desk(as_role, pot)
    typed = {"number": "AB 12345", "choices": "1, 2"}
    review = client.post(f"/staff/desk/{pot_id}", data={**typed, "step": "review"}).text
    sent = {**typed, "envelope": hidden(review, "envelope"), "ballot": hidden(review, "ballot"), "step": "cast"}

    for _click in range(2):
        answer = client.post(f"/staff/desk/{pot_id}", data=sent, follow_redirects=True)
        assert "The ballot is cast. The next person can come." in answer.text
    next_page = client.post(f"/staff/desk/{pot_id}", data={**sent, "envelope": str(uuid4())})

    assert next_page.status_code == 409
    assert database.session.query(VotingParticipation).count() == database.session.query(Envelope).count() == 1


def test_a_review_at_the_desk_that_is_older_than_the_ballot_casts_nothing_and_keeps_what_was_typed(as_role):
    pot = voting.pot()
    pot_id, client = pot.id, at_the_desk(as_role, pot)
    typed = {"number": "AB 12345", "choices": "1, 2"}

    answer = client.post(f"/staff/desk/{pot_id}", data={**typed, "ballot": "0" * 64, "step": "cast"})

    assert answer.status_code == 422
    assert "The ballot was changed after you opened this page" in answer.text
    assert 'value="1, 2"' in answer.text
    assert database.session.query(Envelope).count() == 0


def test_whoever_is_sent_back_to_their_choices_finds_them(as_role):
    pot_id = voting.pot().id
    envelope = str(uuid4())
    first, second = a_voter(as_role, pot_id, 1), a_voter(as_role, pot_id, 2)
    first.post(f"/voting/{pot_id}/review", data={"choice": ["1"], "envelope": envelope})
    page = second.post(f"/voting/{pot_id}/review", data={"choice": ["3"], "envelope": envelope}, follow_redirects=True).text

    assert "begun on another page" in page
    assert page.count("ballot-project--chosen") == 1
    assert second.post(f"/voting/{pot_id}", data={"choice": ["3"], "step": "review"}).location.endswith("/review")
    gone = first.post(f"/voting/{pot_id}/review", data={"choice": ["2"]}, follow_redirects=True).text
    assert "One ballot of yours is in the box" in gone
    assert not first.get_cookie(f"ballot-{pot_id}")
