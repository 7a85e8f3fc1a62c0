"""Somebody mistyped the number of their card: they see it before they cast, and put it right until something was cast."""

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.spaces.models import Process
from app.features.voting.commands import CastBallot, Identify
from app.features.voting.models import VoterIdentity, VotingParticipation
from app.features.voting.rules import voter_key
from app.features.voting.use_cases import cast_ballot, identify
from app.features.voting.use_cases.identifying import voter_of_account
from app.kernel.errors import Conflict, Refused
from app.kernel.permissions import Actor
from tests.factories import accounts, voting
from tests.integration.voting.elections import a_voter

SECRET = voting.SECRET


def says(session, pot, actor, number):
    return identify(session, actor, Identify(pot.process_id, number), SECRET)


def test_a_slip_is_put_right_while_nothing_was_cast_with_it(session):
    pot, actor = voting.pot(), Actor(person_id=accounts.person().id)
    says(session, pot, actor, "AB 12354")
    says(session, pot, actor, "AB 12345")

    (identity,) = session.query(VoterIdentity)
    assert identity.voter_key == voter_key(SECRET, pot.process_id, "AB12345")
    says(session, pot, Actor(person_id=accounts.person().id), "AB 12354")  # the stranger's number is theirs again


def test_after_a_ballot_in_one_pot_the_number_stays_in_all(session, keyring):
    pot = voting.pot()
    voting.pot(database.session.get_one(Process, pot.process_id))
    actor = Actor(person_id=accounts.person().id)
    says(session, pot, actor, "AB 12345")
    cast_ballot(session, actor, CastBallot(pot.id, Choices(("1",))), keyring)

    with pytest.raises(Conflict):
        says(session, pot, actor, "AB 99999")
    assert session.query(VoterIdentity).one().voter_key == voter_key(SECRET, pot.process_id, "AB12345")


def test_nobody_changes_to_a_number_of_another_account(session):
    pot, actor = voting.pot(), Actor(person_id=accounts.person().id)
    says(session, pot, Actor(person_id=accounts.person().id), "AB 12345")
    says(session, pot, actor, "AB 99999")

    with pytest.raises(Conflict):
        says(session, pot, actor, "AB 12345")
    assert session.query(VoterIdentity).count() == 2


def test_who_had_the_old_number_in_hand_does_not_cast_with_it_any_more(session, keyring):
    pot, actor = voting.pot(), Actor(person_id=accounts.person().id)
    says(session, pot, actor, "AB 12354")
    old = voter_of_account(session, actor, pot.process_id)
    says(session, pot, actor, "AB 12345")

    with pytest.raises(Refused):
        cast_ballot(session, old, CastBallot(pot.id, Choices(("1",))), keyring)
    assert session.query(VotingParticipation).count() == 0


def test_ballot_and_review_show_the_end_of_the_number_until_the_ballot_is_cast(as_role):
    pot_id = voting.pot().id
    client = a_voter(as_role, pot_id, 226)
    review = client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review"}, follow_redirects=True)
    for page in (client.get(f"/voting/{pot_id}").text, review.text):
        assert "…226" in page
        assert "00226" not in page
        assert f"/voting/{pot_id}/who" in page

    client.post(f"/voting/{pot_id}/who", data={"number": "AB 00337"})
    assert "…337" in client.get(f"/voting/{pot_id}").text

    client.post(f"/voting/{pot_id}/review", data={"choice": ["1"]})
    assert f"/voting/{pot_id}/who" not in client.get(f"/voting/{pot_id}").text


def test_without_a_list_the_page_says_that_the_number_is_believed(as_role):
    pot_id = voting.pot().id
    assert "nobody can notice a slip for you" in as_role("resident").get(f"/voting/{pot_id}/who").text
    refused = as_role("resident").post(f"/voting/{pot_id}/who", data={"number": "hello"})
    assert refused.status_code == 422
    assert "at least one digit" in refused.text


def test_a_number_changed_at_the_moment_of_casting_gives_no_second_ballot(committing_db, race, keyring):
    pot, actor = voting.pot(), Actor(person_id=accounts.person().id)
    says(committing_db.session(), pot, actor, "AB 12354")
    committing_db.session.commit()
    turns = iter(range(20))

    def change_or_cast():
        turn = next(turns)
        with committing_db.transaction() as session:
            if turn % 2:
                says(session, pot, actor, "AB 12345")
            else:
                cast_ballot(session, actor, CastBallot(pot.id, Choices(("1",))), keyring)

    outcome = race(change_or_cast, times=20)

    assert all(isinstance(error, Refused) for error in outcome.errors), outcome.errors
    session = committing_db.session()
    cast_with = session.scalars(select(VotingParticipation.voter_key)).all()
    assert cast_with in ([], [session.scalars(select(VoterIdentity.voter_key)).one()])  # none: everybody waited for the change
