"""A project is withdrawn while people vote: two members decide it, everybody reads it, no ballot is lost, and it cannot win."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets import withdrawing
from app.features.budgets.ballots import ballot_digest
from app.features.budgets.choices import Choices, withdrawn_from
from app.features.budgets.commands import WithdrawProject
from app.features.budgets.models import Pot, PotState
from app.features.budgets.use_cases import withdraw_project
from app.features.committee import printing, protocol
from app.features.committee.models import Decision, DecisionKind
from app.features.spaces.models import Phase, Process
from app.features.voting.commands import CastAtDesk, CastBallot
from app.features.voting.models import VotingParticipation
from app.features.voting.package import archive
from app.features.voting.use_cases import (
    begin_closing,
    cast_at_desk,
    cast_ballot,
    casting,
    close_box,
    count_pot,
    open_with_the_servers_key,
)
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Refused
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import committee, voting
from tests.integration.voting.elections import a_voter
from tests.integration.voting.test_locks import Together
from tests.integration.voting.test_package import edit, unpacked, verified, wrong
from tests.support.pdf import words_of_pdf

WITHDRAWAL = DecisionKind.WITHDRAWAL
WHY = {"en": "The ground was sold.", "de": "Das Grundstück wurde verkauft."}
LOOSE = {"limit_by_cost": False, "max_projects": 3}


def withdraw(pot, number="2"):
    return committee.decided(WITHDRAWAL, pot.process_id, pot_id=pot.id, project=number, reason=WHY)


def cast(pot, person, keyring, *numbers, envelope=None):
    command = CastBallot(pot.id, Choices(numbers), envelope or uuid4())
    return cast_ballot(database.session(), Actor(person_id=person.id), command, keyring)


def over(pot):
    """The time of the vote has passed."""
    for phase in database.session.scalars(select(Phase).where(Phase.process_id == pot.process_id)):
        phase.starts_at, phase.ends_at = phase.starts_at - timedelta(days=9), phase.starts_at - timedelta(days=1)
    database.session.flush()


def test_two_members_withdraw_a_project_and_everybody_reads_why(session, as_role, client):
    pot = voting.pot(**LOOSE)
    pot_id, process_id, digest = pot.id, pot.process_id, pot.options["digest"]
    reference = next(one.reference for one in pot.projects if one.number == "2")
    session.commit()
    space = session.get_one(Process, process_id)
    first, second = (as_role(Role.COMMITTEE, space) for _ in range(2))
    address = f"/staff/decisions/{process_id}/propose/withdrawal?pot={pot_id}"
    assert address.replace("&", "&amp;") in first.get(f"/staff/decisions/{process_id}").text
    assert "2 Project number 2" in first.get(address).text
    assert first.post(address, data={"reason_en": WHY["en"]}).status_code == 422
    assert first.post(address, data={"project": "2"}).status_code == 422
    proposed = first.post(address, data={"project": "2", "reason_en": WHY["en"]}).headers["Location"]
    assert "The ground was sold." not in client.get(f"/budgets/{pot_id}").text
    assert first.post(f"{proposed}/sign").status_code == 303
    assert not withdrawn_from(session.get_one(Pot, pot_id))  # nobody decides alone
    page = second.get(proposed).text
    assert "Project 2: Project number 2" in page
    assert "Ballots that name it stay valid" in page
    second.post(f"{proposed}/sign")

    session.expire_all()
    pot = session.get_one(Pot, pot_id)
    assert list(withdrawn_from(pot)) == ["2"]
    assert pot.options["digest"] == digest == ballot_digest(pot)
    for path in (
        f"/budgets/{pot_id}",
        f"/budgets/{pot_id}/projects/{reference}",
        f"/committee/{process_id}",
        f"/voting/{pot_id}/compare?project=2&project=1",
    ):
        assert "The ground was sold." in client.get(path).text, path
    assert "for 2 projects to choose from" in client.get(f"/budgets/{pot_id}").text
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "project.struck")).one()
    assert (told.details["number"], told.reason, len(told.details["signed_by"])) == ("2", WHY["en"], 2)
    log = as_role(Role.ADMINISTRATOR).get("/staff/audit").text
    assert "was withdrawn while people voted, and cannot win" in log
    assert first.post(address, data={"project": "2", "reason_en": "Again"}).status_code == 422


def test_whoever_has_chosen_it_loses_nothing_and_is_told(as_role, keyring):
    pot = voting.pot(**LOOSE)
    pot_id = pot.id
    database.session.commit()
    voter, page = a_voter(as_role, pot_id, 1), f"/voting/{pot_id}"
    voter.post(page, data={"choice": ["1", "2"], "step": "review"})
    review = voter.get(f"{page}/review").text
    sent = {"choice": ["1", "2"], "envelope": re.search(r'name="envelope" value="([^"]+)"', review)[1], "step": "cast"}
    withdraw(database.session.get_one(Pot, pot_id))
    database.session.commit()

    refused = voter.post(f"{page}/review", data=sent)  # from the page that was open already
    assert refused.status_code == 422
    for shown in (refused.text, voter.get(page).text, voter.get(f"{page}/review", follow_redirects=True).text):
        assert "You had chosen “2 Project number 2”, which has been withdrawn." in shown
        assert re.search(r'value="1"[^>]* checked', shown)
        assert 'name="choice" value="2"' not in shown
        assert "The ground was sold." in shown
    back = voter.post(page, data={"choice": ["1", "2"], "step": "review"})
    assert back.location.endswith("#ballot-withdrawn")
    voter.post(page, data={"choice": ["1"], "step": "review"})
    assert "You had chosen “2" not in voter.get(page).text
    done = voter.post(f"{page}/review", data={**sent, "choice": ["1"]}, follow_redirects=True)
    assert "Your ballot is cast" in done.text
    assert "The ground was sold." in done.text  # who has voted reads it, too
    assert voting.inside(database.session.get_one(Pot, pot_id), keyring) == ["1"]


def test_a_blank_ballot_is_left_where_it_was_the_only_choice_and_nothing_is_cast_unseen(as_role):
    pot = voting.pot(limit_by_cost=False, vote_type="choose-1", max_projects=1)
    pot_id = pot.id
    database.session.commit()
    voter, page = a_voter(as_role, pot_id, 1), f"/voting/{pot_id}"
    voter.post(page, data={"choice": "2", "step": "review"})
    withdraw(database.session.get_one(Pot, pot_id))
    database.session.commit()
    assert voter.get(f"{page}/review").location.endswith(page)  # never straight on to casting
    assert "which has been withdrawn" in voter.get(page).text


@pytest.mark.parametrize("kind", ["cumulative", "ordinal"])
def test_points_and_ranks_of_the_other_projects_stay(as_role, kind):
    pot = voting.pot(vote_type=kind, limit_by_cost=False, max_points=5 if kind == "cumulative" else None)
    pot_id, field = pot.id, "points" if kind == "cumulative" else "place"
    database.session.commit()
    voter, page = a_voter(as_role, pot_id, 1), f"/voting/{pot_id}"
    voter.post(page, data={f"{field}:1": "2", f"{field}:2": "1", "step": "choose"})
    withdraw(database.session.get_one(Pot, pot_id))
    database.session.commit()
    shown = voter.get(page).text
    assert f'name="{field}:2"' not in shown
    assert re.search(r'name="points:1" value="2"' if kind == "cumulative" else r'<option value="2" selected>', shown)


def test_what_was_cast_before_gets_its_receipt_again_and_later_ballots_are_refused_by_every_way(session, keyring):
    pot = voting.pot(**LOOSE)
    early, late = voting.voters(pot, 2)
    envelope = uuid4()
    receipt = cast(pot, early, keyring, "1", "2", envelope=envelope)
    clerk, typed = voting.clerk(pot), CastAtDesk(pot.id, "AB12345", Choices(("2",)), voting.BORN, uuid4())
    cast_at_desk(session, clerk, typed, voting.SECRET, keyring)
    withdraw(pot)

    assert cast(pot, early, keyring, "1", "2", envelope=envelope) == receipt
    cast_at_desk(session, clerk, typed, voting.SECRET, keyring)
    with pytest.raises(Refused, match=r"Project .* has been withdrawn"):
        cast(pot, late, keyring, "1", "2")
    with pytest.raises(Refused, match="has been withdrawn"):
        other = CastAtDesk(pot.id, "CD98765", Choices(("2",)), voting.BORN, uuid4())
        cast_at_desk(session, clerk, other, voting.SECRET, keyring)
    cast(pot, late, keyring, "1")
    assert voting.inside(pot, keyring) == ["1", "1,2", "2"]


def test_the_least_number_of_projects_is_never_more_than_can_be_chosen(session, keyring):
    pot = voting.pot(limit_by_cost=False, min_projects=3, costs=(100_00,) * 4)
    withdraw(pot, "1")
    withdraw(pot, "2")
    (voter,) = voting.voters(pot)
    with pytest.raises(Refused) as refused:
        cast(pot, voter, keyring, "3")
    assert refused.value.message.params == {"chosen": 1, "least": 2}
    cast(pot, voter, keyring, "3", "4")


def test_nothing_is_withdrawn_before_the_vote_or_once_somebody_may_know_a_count(session, keyring):
    draft = voting.pot(state=PotState.DRAFT)
    with pytest.raises(Conflict, match="not fixed yet"):
        withdraw(draft)
    coming = voting.pot(voting.process_with_roll(opens_in=3))
    with pytest.raises(Conflict, match="has not begun"):
        withdraw(coming)
    two = voting.pot(costs=(100_00, 200_00))
    withdraw(two, "1")
    with pytest.raises(Conflict, match="No other project would be left"):
        withdraw(two)
    with pytest.raises(Refused, match="has not been withdrawn"):
        three = voting.pot()
        withdraw(three, "9")

    paper = voting.pot()
    place = committee.station(paper.process_id)
    over(paper)
    committee.typed(paper, place, {"1": 3})
    with pytest.raises(Conflict, match="Ballots on paper have been looked at"):
        withdraw(paper)

    closing = voting.pot()
    cast(closing, *voting.voters(closing), keyring, "1")
    over(closing)
    waiting = committee.proposed(
        WITHDRAWAL, closing.process_id, committee.member(closing.process_id), pot_id=closing.id, project="2"
    )
    begin_closing(session, SYSTEM, closing.process_id)
    with pytest.raises(Conflict, match="The box is closed"):
        withdraw(closing, "3")
    close_box(session, SYSTEM, closing.process_id, keyring)
    with pytest.raises(Conflict, match="The box is closed"):  # what waits for its second signature, too
        committee.sign(session, committee.member(closing.process_id, "Matti Member"), waiting.id)
    assert not withdrawn_from(closing)


def certified(session, keyring, **attributes):
    """A pot with a favourite that was withdrawn when most had voted, certified by two members."""
    pot = voting.pot(**{**LOOSE, "costs": (300_00, 500_00, 400_00), **attributes})
    people = voting.voters(pot, 42)
    for at, person in enumerate(people[:36]):
        cast(pot, person, keyring, *(("2",), ("1", "2"), ("2", "3"), ("1",), ("2",), ())[at % 6])
    withdraw(pot)
    for person in people[36:]:
        cast(pot, person, keyring, "3")
    over(pot)
    close_box(session, SYSTEM, pot.process_id, keyring)
    open_with_the_servers_key(session, SYSTEM, pot.process_id, keyring)
    count_pot(session, SYSTEM, pot.id)
    voting.to_publish(pot, "rows")
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    return pot


@pytest.mark.parametrize("rule", ["greedy", "equalshares/add1", "phragmen"])
def test_it_cannot_win_and_a_stranger_confirms_the_package(session, keyring, app, client, tmp_path, rule):
    pot = certified(session, keyring, rule=rule)
    assert (sorted(pot.result["winners"]), pot.result["voters"], pot.result["blank"]) == (["1", "3"], 42, 6)
    assert (pot.result["why"]["2"]["reason"], pot.result["why"]["2"]["votes"]) == ("withdrawn", 24)
    with app.app_context():
        folder = unpacked(b"".join(archive.stream(session, pot)), tmp_path)
    code, said = verified(folder)
    assert code == 0, said
    assert "withdrawn projects: 2; compare the committee's published decisions" in said
    assert "nor have projects 2" in said
    assert "not provable  result.json: withdrawn" in said
    pot_id, process_id = pot.id, pot.process_id
    reference = next(one.reference for one in pot.projects if one.number == "2")
    session.commit()
    assert "while people voted: The ground was sold." in client.get(f"/budgets/{pot_id}/result").text
    assert "while people voted: The ground was sold." in client.get(f"/budgets/{pot_id}/projects/{reference}").text
    record = protocol.record_of(session, session.get_one(Process, process_id))
    (decided,) = [one for one in record["decisions"] if one["kind"] == "withdrawal"]
    assert (decided["details"]["project"], decided["reason"], len(decided["signatures"])) == ("2", WHY, 2)
    with app.test_request_context():
        text = words_of_pdf(printing.protocol_pdf(record, "Town", "en"))
    assert "A project was withdrawn while people voted" in text
    assert "Project 2: Project number 2" in text


def test_a_package_that_says_something_else_about_it_is_named(session, keyring, app, tmp_path):
    pot = certified(session, keyring)
    with app.app_context():
        folder = unpacked(b"".join(archive.stream(session, pot)), tmp_path)

    edit(folder, "result.json", lambda one: one.update(withdrawn=[]))
    said = wrong(folder)
    assert "the protocol says that project 2 was withdrawn, and result.json does not" in said
    assert "counted were 2" in said
    edit(folder, "result.json", lambda one: one.update(withdrawn=["2", "3"]))
    said = wrong(folder)
    assert "result.json calls project 3 withdrawn; the protocol has no decision about it" in said
    assert "project 3 was withdrawn and stands in ballots.pb" in said
    edit(folder, "result.json", lambda one: one.update(withdrawn=["2", "9"]))
    assert "does not name withdrawn projects once each" in wrong(folder)


def test_whoever_decides_what_is_published_reads_what_it_says_about_early_voters(session, keyring, as_role):
    pot = voting.pot(**LOOSE)
    for at, person in enumerate(voting.voters(pot, 36)):
        cast(pot, person, keyring, "2" if at < 3 else "1")
    withdraw(pot)
    over(pot)
    close_box(session, SYSTEM, pot.process_id, keyring)
    open_with_the_servers_key(session, SYSTEM, pot.process_id, keyring)
    pot_id, process_id = pot.id, pot.process_id
    session.commit()
    page = as_role(Role.COMMITTEE, session.get_one(Process, process_id)).get(f"/staff/publication/{pot_id}").text
    assert "3 ballots name a project that was withdrawn" in page


def test_one_proposal_about_a_pot_waits_at_a_time(session):
    pot = voting.pot()
    first = committee.member(pot.process_id)
    committee.proposed(WITHDRAWAL, pot.process_id, first, pot_id=pot.id, project="1")
    with pytest.raises(Conflict, match="has been proposed already"):
        committee.proposed(WITHDRAWAL, pot.process_id, first, pot_id=pot.id, project="2")
    assert session.scalars(select(Decision)).one().details["project"] == "1"


def racing(committing_db, race, pot, keyring, monkeypatch, stops, first, second):
    """Somebody casts project 2 and the committee withdraws it: `first` stops inside its transaction when `stops` is reached."""
    pot_id, (person,) = pot.id, [one.id for one in voting.voters(pot)]
    signers = tuple(uuid4() for _ in range(2))
    done = []

    def vote():
        with committing_db.transaction() as own:
            cast_ballot(own, Actor(person_id=person), CastBallot(pot_id, Choices(("2",)), uuid4()), keyring)
        done.append("ballot")

    def withdraws():
        with committing_db.transaction() as own:
            withdraw_project(own, SYSTEM, WithdrawProject(pot_id, "2", WHY, signers))
        done.append("withdrawn")

    both = Together(race, *({"vote": vote, "withdraw": withdraws}[one] for one in (first, second)))
    module, name = stops
    real = getattr(module, name)

    def slow(*args, **names):
        found = real(*args, **names)
        both.stop()
        return found

    monkeypatch.setattr(module, name, slow)
    committing_db.session.commit()
    outcome = both.run()
    committing_db.session.rollback()
    return outcome, done


def test_a_ballot_that_is_being_cast_is_finished_before_its_project_is_withdrawn(committing_db, race, keyring, monkeypatch):
    pot = voting.pot(**LOOSE)
    outcome, done = racing(committing_db, race, pot, keyring, monkeypatch, (casting, "write_both"), "vote", "withdraw")

    assert (outcome.errors, done) == ([], ["ballot", "withdrawn"])


def test_a_ballot_that_comes_while_its_project_is_being_withdrawn_waits_and_is_refused(
    committing_db, race, keyring, monkeypatch
):
    pot = voting.pot(**LOOSE)
    outcome, done = racing(committing_db, race, pot, keyring, monkeypatch, (withdrawing.audit, "record"), "withdraw", "vote")

    (refused,) = outcome.errors
    assert done == ["withdrawn"]
    assert "has been withdrawn" in str(refused)
    assert committing_db.session.scalars(select(VotingParticipation)).all() == []
