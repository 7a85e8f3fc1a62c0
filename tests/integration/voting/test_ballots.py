"""One ballot each, over every channel; no count before the vote is over; nothing that joins a voter with a ballot."""

import tempfile
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import column, create_engine, inspect, select
from sqlalchemy.exc import OperationalError

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.budgets.commands import CertifyPot
from app.features.budgets.models import Pot, PotState
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import certify_pot, record_count
from app.features.voting.commands import CastAtDesk, CastBallot, Identify
from app.features.voting.keys.installation import voters_key
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import BoardEntry, Envelope, RollEntry, VotingParticipation
from app.features.voting.queries import ballot_classes, totals_by_channel
from app.features.voting.rules import birth_hash, voter_key
from app.features.voting.use_cases import cast_at_desk, cast_ballot, count_pot, identify, outcome_of
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, NotFound, PhaseClosed, Refused
from app.kernel.model import Model
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import Actor, Channel, Role
from tests.factories import accounts, spaces, voting

SECRET = b"the key of this test"
KEYRING = Keyring(Path(tempfile.mkdtemp(prefix="plaza-keys-")))


def voter(session, pot, number="AB-12345"):
    actor = Actor(person_id=accounts.person().id)
    identify(session, actor, Identify(pot.process_id, number), SECRET)
    return actor


def clerk(pot):
    person = accounts.staff(Role.CLERK, database.session.get_one(type(pot), pot.id) and _process(pot))
    return Actor(person_id=person.id, roles=frozenset({(Role.CLERK, pot.process_id)}))


def _process(pot):
    from app.features.spaces.models import Process

    return database.session.get_one(Process, pot.process_id)


def committee(pot):
    return Actor(person_id=accounts.person().id, roles=frozenset({(Role.COMMITTEE, pot.process_id)}))


def test_a_ballot_is_stored_without_its_voter(session):
    pot = voting.pot()
    cast_ballot(session, voter(session, pot), CastBallot(pot.id, Choices(("2", "1"))), KEYRING)

    (participation,) = session.query(VotingParticipation)
    assert voting.inside(pot, KEYRING) == ["1,2"]  # in the order of the list, not of the clicks
    assert participation.channel is Channel.WEB
    columns = {column.key for column in inspect(Envelope).columns}
    assert columns == {"id", "pot_id", "ciphertext", "receipt"}


@pytest.mark.parametrize("table", [Envelope.__table__, BoardEntry.__table__, VotingParticipation.__table__], ids=str)
def test_no_row_number_tells_the_order_in_which_people_voted(table):
    engine = create_engine("sqlite://")
    table.create(engine)
    with engine.connect() as connection, pytest.raises(OperationalError, match="rowid"):
        connection.execute(select(column("rowid")).select_from(table))


def test_casting_leaves_no_trace_in_audit_or_outbox(session):
    pot = voting.pot()
    actor = voter(session, pot)
    before = session.query(AuditEntry).count(), session.query(OutboxRow).count()

    cast_ballot(session, actor, CastBallot(pot.id, Choices(("1",))), KEYRING)
    cast_at_desk(session, clerk(pot), CastAtDesk(pot.id, "ZZ 99999", Choices(("1",))), SECRET, KEYRING)

    assert (session.query(AuditEntry).count(), session.query(OutboxRow).count()) == before


def test_nobody_votes_on_the_web_and_again_at_the_desk(session):
    pot = voting.pot()
    cast_ballot(session, voter(session, pot, "AB-12345"), CastBallot(pot.id, Choices(("1",))), KEYRING)

    with pytest.raises(Conflict):
        cast_at_desk(session, clerk(pot), CastAtDesk(pot.id, "ab 12345", Choices(("2",))), SECRET, KEYRING)
    assert session.query(Envelope).count() == 1


def test_nobody_votes_at_the_desk_and_again_on_the_web(session):
    pot = voting.pot()
    cast_at_desk(session, clerk(pot), CastAtDesk(pot.id, "AB12345", Choices(("2",))), SECRET, KEYRING)

    with pytest.raises(Conflict):
        cast_ballot(session, voter(session, pot, "AB12345"), CastBallot(pot.id, Choices(("1",))), KEYRING)


def test_two_accounts_cannot_stand_for_one_card(session):
    pot = voting.pot()
    voter(session, pot, "AB12345")

    with pytest.raises(Conflict):
        voter(session, pot, "AB 123 45")


@pytest.mark.parametrize("choices", [("1", "1"), ("99",), ("1", "2", "3"), ("",), ("1;2",), ("\x00",)])
def test_an_invalid_ballot_is_refused_and_leaves_nothing(session, choices):
    pot = voting.pot()
    actor = voter(session, pot)

    with pytest.raises(Refused):
        cast_ballot(session, actor, CastBallot(pot.id, Choices(choices)), KEYRING)
    assert session.query(VotingParticipation).count() == 0


def test_a_blank_ballot_is_a_ballot(session):
    pot = voting.pot()
    cast_ballot(session, voter(session, pot), CastBallot(pot.id, Choices(())), KEYRING)
    assert voting.inside(pot, KEYRING) == [""]


def test_the_number_of_projects_is_a_limit_too(session):
    pot = voting.pot(limit_by_cost=False, max_projects=2)
    actor = voter(session, pot)

    with pytest.raises(Refused):
        cast_ballot(session, actor, CastBallot(pot.id, Choices(("1", "2", "3"))), KEYRING)
    cast_ballot(session, actor, CastBallot(pot.id, Choices(("1", "2"))), KEYRING)


def test_outside_the_voting_phase_no_ballot_is_taken(session):
    pot = voting.closed_pot()
    actor = Actor(person_id=voting.voters(pot)[0].id)

    with pytest.raises(PhaseClosed):
        cast_ballot(session, actor, CastBallot(pot.id, Choices(("1",))), KEYRING)


def test_nobody_sees_a_count_before_the_vote_is_over(session):
    pot = voting.pot()
    voting.ballots(pot, ["1", "2"])

    with pytest.raises(Forbidden):
        list(ballot_classes(session, pot))
    with pytest.raises(Forbidden):
        totals_by_channel(session, pot)
    with pytest.raises(Forbidden):
        count_pot(session, committee(pot), pot.id)


def test_the_committee_page_shows_turnout_only_while_people_vote(as_role):
    pot = voting.pot()
    voting.ballots(pot, ["1", "1", "1"])
    client = as_role(Role.COMMITTEE, _process(pot))

    page = client.get(f"/staff/committee/{pot.id}").text

    assert "have voted so far" in page
    assert "Participations by channel" not in page


def test_counting_funds_what_most_want_as_long_as_the_money_lasts(session):
    pot = voting.closed_pot()
    voting.ballots(pot, ["2", "2", "2", "2", "1", "1", "3"])
    voting.ballots(pot, ["3", "1"], Channel.DESK)

    counted = count_pot(session, committee(pot), pot.id)

    assert counted.result["winners"] == ["2", "1"]  # 500 + 300; 400 more do not fit
    assert counted.result["channels"] == {"joined": 9}  # neither number may stand alone
    assert counted.result["why"]["3"]["reason"] == "did_not_fit"
    assert counted.state is PotState.COUNTED


def test_ties_are_named_with_the_rule_that_decides(session):
    pot = voting.closed_pot(costs=(600_00, 600_00))
    voting.ballots(pot, ["1", "2"])

    counted = count_pot(session, committee(pot), pot.id)

    assert counted.result["winners"] == ["1"]
    (tie,) = counted.result["ties"]
    assert (set(tie["projects"]), tie["decisive"], tie["decided_by"]) == ({"1", "2"}, True, ["listed_first"])


def test_a_rule_that_is_not_supported_is_not_counted_as_if_it_were_greedy(session):
    pot = voting.closed_pot(rule="greedy-custom")
    voting.ballots(pot, ["1", "2"])

    counted = count_pot(session, committee(pot), pot.id)

    assert counted.result["supported"] is False
    assert "winners" not in counted.result


def test_a_pot_is_counted_by_equal_shares_from_whole_ballots(session):
    pot = voting.closed_pot(rule="equalshares/add1")
    voting.ballots(pot, ["1", "2"])

    counted = count_pot(session, committee(pot), pot.id)

    assert counted.result["rule"] == "equalshares/add1"
    assert counted.result["winners"]


def test_the_result_is_public_once_it_is_certified_and_then_stays(session, client):
    pot = voting.closed_pot()
    voting.ballots(pot, ["1"])
    member = committee(pot)
    count_pot(session, member, pot.id)
    certify_pot(session, member, CertifyPot(pot.id, (uuid4(), uuid4())))
    session.commit()
    pot_id = pot.id

    assert client.get(f"/budgets/{pot_id}/result").status_code == 200
    with pytest.raises(Conflict):
        count_pot(session, member, pot_id)
    with pytest.raises(Conflict):
        certify_pot(session, member, CertifyPot(pot_id, (uuid4(), uuid4())))


def test_one_person_cannot_certify(session):
    pot = voting.closed_pot()
    voting.ballots(pot, ["1"])
    member = committee(pot)
    count_pot(session, member, pot.id)

    for signed_by in ((), (member.person_id,), (member.person_id, member.person_id)):
        with pytest.raises(Refused):
            certify_pot(session, member, CertifyPot(pot.id, signed_by))


def test_somebody_of_another_process_can_neither_enter_nor_count(session):
    pot = voting.closed_pot()
    stranger = Actor(
        person_id=accounts.person().id,
        roles=frozenset({(Role.COMMITTEE, spaces.process().id), (Role.CLERK, spaces.process().id)}),
    )

    with pytest.raises(NotFound):
        count_pot(session, stranger, pot.id)
    with pytest.raises(NotFound):
        cast_at_desk(session, stranger, CastAtDesk(pot.id, "AB12345", Choices(("1",))), SECRET, KEYRING)


def test_an_auditor_sees_the_page_and_can_change_nothing(as_role):
    pot = voting.closed_pot()
    client = as_role(Role.AUDITOR, _process(pot))

    page = client.get(f"/staff/committee/{pot.id}")
    assert page.status_code == 200
    assert "/count" not in page.text
    assert client.post(f"/staff/committee/{pot.id}/count").status_code in (403, 404)


def test_a_resident_chooses_reviews_and_casts(as_role, keyring):
    pot = voting.pot()
    pot_id = pot.id
    client = as_role("resident")
    assert client.get(f"/voting/{pot_id}").status_code == 302  # first: who is voting?
    client.post(f"/voting/{pot_id}/who", data={"number": "AB 12345"})

    review = client.post(f"/voting/{pot_id}", data={"choice": ["1", "2"], "step": "review"}, follow_redirects=True)
    assert "Project number 2" in review.text
    cast = client.post(f"/voting/{pot_id}/review", data={"choice": ["1", "2"]}, follow_redirects=True)
    assert "Your ballot is cast" in cast.text
    again = client.post(f"/voting/{pot_id}/review", data={"choice": ["3"]}, follow_redirects=True)

    assert "You have voted" in again.text
    assert voting.inside(database.session.get_one(Pot, pot_id), keyring) == ["1,2"]


def test_the_whole_text_of_a_project_can_be_read_on_the_ballot(as_role):
    pot = voting.pot()
    pot.projects[0].description = {"en": "A long story. " * 20 + "The very end."}
    client = as_role("resident")
    client.post(f"/voting/{pot.id}/who", data={"number": "AB 12345"})

    page = client.get(f"/voting/{pot.id}").text

    assert "The very end." in page
    assert page.count("About this project") == 3
    assert f"/budgets/{pot.id}/projects/{pot.projects[0].reference}" in page


def test_the_bar_that_stands_fast_leads_to_the_review_too(as_role):
    pot_id = voting.pot().id
    client = as_role("resident")
    client.post(f"/voting/{pot_id}/who", data={"number": "AB 12345"})
    bar = client.get(f"/voting/{pot_id}").text.partition('class="ballot-left"')[2].partition("<fieldset")[0]
    assert 'value="review-now"' in bar

    review = client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review-now"})
    assert review.location == f"/voting/{pot_id}/review"
    problem = client.post(f"/voting/{pot_id}", data={"choice": ["1", "2", "3"], "step": "review-now"})
    assert "ballot-problem" in problem.location


def test_too_dear_a_ballot_keeps_its_choices_and_says_what_to_do(as_role):
    pot_id = voting.pot().id
    client = as_role("resident")
    client.post(f"/voting/{pot_id}/who", data={"number": "AB 12345"})

    sent = client.post(f"/voting/{pot_id}", data={"choice": ["1", "2", "3"], "step": "review"})
    shown = client.get(sent.location)

    assert sent.status_code == 303  # the page that says so is no answer to a form
    assert shown.text.count(" checked") == 3
    assert "Take something out" in shown.text


def test_a_project_that_is_not_on_the_ballot_is_refused(as_role):
    pot_id = voting.pot().id
    client = as_role("resident")
    client.post(f"/voting/{pot_id}/who", data={"number": "AB 12345"})

    assert client.post(f"/voting/{pot_id}", data={"choice": ["1", "99"], "step": "review"}).status_code == 422


def chooser(as_role, pot_id, number="AB 12345", choices=("2",)):
    """Somebody who has chosen and looks at the review."""
    client = as_role("resident")
    client.post(f"/voting/{pot_id}/who", data={"number": number})
    client.post(f"/voting/{pot_id}", data={"choice": list(choices), "step": "review"})
    return client


def test_what_somebody_chose_is_in_no_table_and_nobody_can_read_it_on_the_way(as_role):
    pot_id = voting.pot().id
    tables = Model.metadata.sorted_tables
    client = as_role("resident")
    client.post(f"/voting/{pot_id}/who", data={"number": "AB 12345"})
    before = [database.session.execute(select(table)).all() for table in tables]
    one = client.post(f"/voting/{pot_id}", data={"choice": ["2"], "step": "review"})
    other = client.post(f"/voting/{pot_id}", data={"choice": ["1", "2"], "step": "review"})

    assert [database.session.execute(select(table)).all() for table in tables] == before
    assert one.location == other.location == f"/voting/{pot_id}/review"
    again = client.post(f"/voting/{pot_id}", data={"choice": ["1", "2"], "step": "review"})
    (first,), (second,), (third,) = (answer.headers.getlist("Set-Cookie") for answer in (one, other, again))
    assert "HttpOnly" in first
    assert "Max-Age=1800" in first
    assert len(first) == len(second)  # its length tells nothing either
    assert second != third  # nor can two people see that they chose the same


def test_kept_choices_are_gone_after_half_an_hour(as_role, clock):
    pot_id = voting.pot().id
    client = chooser(as_role, pot_id)
    assert "Project number 2" in client.get(f"/voting/{pot_id}/review").text
    value = client.get_cookie(f"ballot-{pot_id}").value

    clock.advance(minutes=31)
    client.set_cookie(f"ballot-{pot_id}", value)  # a browser whose clock is slow

    assert client.get(f"/voting/{pot_id}/review").location == f"/voting/{pot_id}"
    assert " checked" not in client.get(f"/voting/{pot_id}").text


def test_choosing_in_another_pot_keeps_what_was_chosen_in_the_first(as_role):
    first = voting.pot()
    first_id, second_id = first.id, voting.pot(_process(first)).id
    client = chooser(as_role, first_id)
    client.post(f"/voting/{second_id}", data={"choice": ["1"], "step": "review"})

    assert "Project number 2" in client.get(f"/voting/{first_id}/review").text
    assert "Project number 1" in client.get(f"/voting/{second_id}/review").text


def test_nobody_else_can_open_what_somebody_kept(as_role):
    pot_id, other_pot = voting.pot().id, voting.pot().id
    client = chooser(as_role, pot_id)
    value = client.get_cookie(f"ballot-{pot_id}").value
    stranger = as_role("resident")
    stranger.post(f"/voting/{pot_id}/who", data={"number": "CD 98765"})
    stranger.set_cookie(f"ballot-{pot_id}", value)
    client.post(f"/voting/{other_pot}/who", data={"number": "AB 12345"})
    client.set_cookie(f"ballot-{other_pot}", value)

    assert stranger.get(f"/voting/{pot_id}/review").location == f"/voting/{pot_id}"
    assert " checked" not in stranger.get(f"/voting/{pot_id}").text
    assert " checked" not in client.get(f"/voting/{other_pot}").text
    client.set_cookie(f"ballot-{pot_id}", value[:-4] + "AAAA")
    assert " checked" not in client.get(f"/voting/{pot_id}").text


@pytest.mark.parametrize("way_out", ["/account/sign-out", "/kiosk/reset"])
def test_signing_out_takes_what_was_chosen_along(as_role, way_out):
    pot_id = voting.pot().id
    client = chooser(as_role, pot_id)
    client.get("/kiosk")
    assert client.get_cookie(f"ballot-{pot_id}")

    client.post(way_out)

    assert not client.get_cookie(f"ballot-{pot_id}")


def test_what_the_review_shows_is_what_is_cast_whatever_another_window_holds(as_role, keyring):
    pot_id = voting.pot().id
    client = chooser(as_role, pot_id, choices=("2",))
    client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review"})  # the other window

    client.post(f"/voting/{pot_id}/review", data={"choice": ["2"]})

    assert voting.inside(database.session.get_one(Pot, pot_id), keyring) == ["2"]


def test_a_clerk_enters_a_ballot_by_its_numbers(as_role):
    pot = voting.pot()
    client = as_role(Role.CLERK, _process(pot))
    typed = {"number": "AB 12345", "choices": "1, 2"}

    review = client.post(f"/staff/desk/{pot.id}", data={**typed, "step": "review"})
    assert "Project number 2" in review.text
    client.post(f"/staff/desk/{pot.id}", data={**typed, "step": "cast"})
    again = client.post(f"/staff/desk/{pot.id}", data={**typed, "step": "cast"})

    assert again.status_code == 409
    assert database.session.query(VotingParticipation).one().channel is Channel.DESK


def test_the_desk_says_at_once_whether_somebody_can_vote_and_casts_nothing(as_role):
    pot = voting.pot()
    pot_id, client = pot.id, as_role(Role.CLERK, _process(pot))
    data = {"number": "AB 12345", "choices": "1"}

    asked = client.post(f"/staff/desk/{pot_id}", data={"number": "AB 12345", "step": "number"})
    review = client.post(f"/staff/desk/{pot_id}", data={**data, "step": "review"})
    assert "This person can vote here" in asked.text
    assert "AB 12345</bdi>" in review.text
    assert "cannot be changed or taken back" in review.text
    assert "no receipt at the desk" in review.text
    assert database.session.query(VotingParticipation).count() == 0

    client.post(f"/staff/desk/{pot_id}", data={**data, "step": "cast"})
    for step in ("number", "review"):
        again = client.post(f"/staff/desk/{pot_id}", data={**data, "number": "ab12345", "step": step})
        assert again.status_code == 409
        assert "A ballot was cast for this person already" in again.text
        assert "/staff/desk/contests/" in again.text
        assert "Cast this ballot" not in again.text
    assert database.session.query(VotingParticipation).count() == 1


def test_fifty_ballots_of_one_voter_at_once_end_with_exactly_one(committing_db, race):
    pot = voting.pot()
    actor = voter(committing_db.session(), pot)
    helper = clerk(pot)
    committing_db.session.commit()
    turns = iter(range(50))

    def cast():
        turn = next(turns)
        with committing_db.transaction() as session:
            if turn % 2:
                cast_at_desk(session, helper, CastAtDesk(pot.id, "AB-12345", Choices(("2",))), SECRET, KEYRING)
            else:
                cast_ballot(session, actor, CastBallot(pot.id, Choices(("1",))), KEYRING)

    outcome = race(cast, times=50)

    assert all(isinstance(error, Conflict) for error in outcome.errors), outcome.errors
    assert len(outcome.errors) == 49
    with committing_db.transaction() as session:
        assert session.query(VotingParticipation).count() == 1
        assert session.query(Envelope).count() == 1
        assert pot_by_id(session, pot.id) is not None


def test_saying_who_you_are_by_a_double_click_is_no_conflict(committing_db, race):
    pot = voting.pot()
    actor = Actor(person_id=accounts.person().id)
    committing_db.session.commit()

    def say():
        with committing_db.transaction() as session:
            identify(session, actor, Identify(pot.process_id, "AB-12345"), SECRET)

    assert race(say, times=8).errors == []


def test_a_count_that_comes_too_late_leaves_the_certified_one_alone(committing_db):
    pot = voting.closed_pot()
    member = committee(pot)
    committing_db.session.commit()
    with committing_db.transaction() as session:
        count_pot(session, member, pot.id)
    reader = committing_db.session()
    stale = pot_by_id(reader, pot.id)
    record = outcome_of(reader, stale)
    reader.commit()  # the slow count has read everything; now the colleague certifies
    with committing_db.separate_transaction() as session:
        certify_pot(session, member, CertifyPot(pot.id, (uuid4(), uuid4())))

    with pytest.raises(Conflict):
        record_count(reader, member, stale, record)
    reader.rollback()
    assert committing_db.session.get_one(type(pot), pot.id, populate_existing=True).state is PotState.CERTIFIED


def test_nobody_guesses_a_date_of_birth_by_trying_all_of_them(app, as_role, clock):
    pot = voting.pot()
    with app.app_context():
        secret = voters_key(pot.process_id)
    key = voter_key(secret, pot.process_id, "AB-12345")
    proof = birth_hash(secret, pot.process_id, "AB-12345", "1951-06-30")
    database.session.add(RollEntry(process_id=pot.process_id, voter_key=key, birth_hash=proof))
    address = f"/voting/{pot.id}/who"
    client = as_role("resident")

    answers = [client.post(address, data={"number": "AB-12345", "born": f"1951-06-{day:02}"}) for day in range(1, 25)]

    assert answers[0].status_code == 422
    assert answers[-1].status_code == 429
    assert "Too many attempts" in answers[-1].text
    clock.advance(hours=1)
    right = client.post(address, data={"number": "AB-12345", "born": "1951-06-30"})
    assert right.status_code == 302
