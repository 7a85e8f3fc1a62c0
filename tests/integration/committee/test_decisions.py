"""Nothing takes effect by the hand of one member; what two decide holds on every channel, for good, and is public."""

import json
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.features.accounts.models import RoleAssignment
from app.features.budgets.choices import Choices
from app.features.budgets.models import PotState
from app.features.budgets.use_cases import CertifyPot, CorrectResult, certify_pot, correct_result
from app.features.committee.commands import Decline, Object, Propose
from app.features.committee.models import Certificate, Decision, DecisionKind, DecisionState, ObjectionOutcome
from app.features.committee.use_cases import decline, object_to, propose, sign, withdraw
from app.features.spaces.models import Phase
from app.features.voting.commands import CastAtDesk, CastBallot
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Ballot, Envelope
from app.features.voting.use_cases import cast_at_desk, cast_ballot, count_pot
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, NotFound, PhaseClosed, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, committee, voting
from tests.factories.tools import add

KEYRING = Keyring(Path(mkdtemp(prefix="plaza-keys-")))
KINDS = DecisionKind


def cast(session, pot, person):
    return cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), KEYRING)


def test_an_interruption_does_nothing_until_a_second_member_signs_and_then_stops_every_channel(session):
    pot = voting.pot()
    web, other = voting.voters(pot, 2)
    first, second = committee.two(pot.process_id)
    clerk = committee.member(pot.process_id, "Clerk", Role.CLERK)

    decision = committee.proposed(KINDS.INTERRUPTION, pot.process_id, first)
    cast(session, pot, web)
    sign(session, second, decision.id)

    with pytest.raises(PhaseClosed, match="interrupted"):
        cast(session, pot, other)
    with pytest.raises(PhaseClosed, match="interrupted"):
        cast_at_desk(session, clerk, CastAtDesk(pot.id, "AB12345", Choices(("1",))), b"key", KEYRING)
    committee.decided(KINDS.RESUMPTION, pot.process_id)
    assert cast(session, pot, other)


def test_an_extension_moves_the_moment_until_which_ballots_are_taken(session, client, clock):
    pot = voting.pot()
    end = session.scalars(select(Phase.ends_at).where(Phase.process_id == pot.process_id)).one()
    (person,) = voting.voters(pot)
    until = end + timedelta(days=2)
    committee.decided(KINDS.EXTENSION, pot.process_id, until=until)
    session.commit()

    clock.set(end + timedelta(days=1))
    assert cast(session, pot, person)
    assert "decision" in client.get(f"/budgets/{pot.id}").text
    clock.set(until)
    with pytest.raises(PhaseClosed):
        cast(session, pot, voting.voters(pot)[0])


def test_the_end_of_a_vote_can_only_be_moved_to_later(session):
    pot = voting.pot()
    first, _second = committee.two(pot.process_id)
    end = session.scalars(select(Phase.ends_at).where(Phase.process_id == pot.process_id)).one()

    with pytest.raises(Refused):
        committee.proposed(KINDS.EXTENSION, pot.process_id, first, until=end - timedelta(days=1))
    with pytest.raises(Refused):
        committee.proposed(KINDS.EXTENSION, pot.process_id, first)


def test_an_annulled_pot_takes_no_ballots_and_is_neither_counted_nor_certified(session):
    pot = voting.pot()
    committee.decided(KINDS.ANNULMENT, pot.process_id, pot_id=pot.id)
    with pytest.raises(Conflict, match="annulled"):
        cast(session, pot, voting.voters(pot)[0])

    over = committee.counted_pot()
    first, second = committee.two(over.process_id)
    waiting = committee.proposed(KINDS.CERTIFICATION, over.process_id, first, pot_id=over.id)
    committee.decided(KINDS.ANNULMENT, over.process_id, pot_id=over.id)
    with pytest.raises(Conflict, match="annulled"):
        count_pot(session, first, over.id)
    with pytest.raises(Conflict, match="annulled"):
        sign(session, second, waiting.id)
    with pytest.raises(Conflict, match="annulled"):
        committee.proposed(KINDS.RECOUNT, over.process_id, first, pot_id=over.id)


def test_nobody_signs_what_they_have_proposed(session):
    pot = committee.counted_pot()
    first, _second = committee.two(pot.process_id)
    decision = committee.proposed(KINDS.CERTIFICATION, pot.process_id, first, pot_id=pot.id)

    with pytest.raises(Forbidden):
        sign(session, first, decision.id)
    with pytest.raises(Forbidden):
        decline(session, first, Decline(decision.id, "no"))
    assert pot.state is PotState.COUNTED
    with pytest.raises(IntegrityError), session.begin_nested():  # nor does the database let anybody
        decision.state, decision.decided_by, decision.second_hand = DecisionState.IN_FORCE, first.person_id, first.person_id
        session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():  # and nobody is not a second member
        decision.state, decision.decided_by, decision.second_hand = DecisionState.IN_FORCE, None, None
        session.flush()


def test_a_decision_stays_in_force_when_the_account_of_a_signer_is_erased(session):
    pot = voting.pot()
    decision = committee.decided(KINDS.INTERRUPTION, pot.process_id)
    decision.proposed_by = decision.decided_by = None
    session.flush()
    assert decision.state is DecisionState.IN_FORCE


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CLERK, Role.OFFICER, Role.ADMINISTRATOR])
def test_others_can_neither_propose_nor_sign_nor_decline(session, role):
    pot = committee.counted_pot()
    first, _second = committee.two(pot.process_id)
    decision = committee.proposed(KINDS.CERTIFICATION, pot.process_id, first, pot_id=pot.id)
    person = accounts.person()
    other = Actor(person.id, is_administrator=role is Role.ADMINISTRATOR, roles=frozenset({(role, pot.process_id)}))

    with pytest.raises(NotFound):
        sign(session, other, decision.id)
    with pytest.raises(NotFound):
        decline(session, other, Decline(decision.id, "no"))
    with pytest.raises(NotFound):
        withdraw(session, other, decision.id)
    with pytest.raises(NotFound):
        committee.proposed(KINDS.ANNULMENT, pot.process_id, other, pot_id=pot.id)


def test_a_member_of_another_committee_is_a_stranger(session):
    pot = committee.counted_pot()
    first, _second = committee.two(pot.process_id)
    decision = committee.proposed(KINDS.CERTIFICATION, pot.process_id, first, pot_id=pot.id)

    with pytest.raises(NotFound):
        sign(session, committee.member(voting.pot().process_id), decision.id)


def test_a_proposal_of_somebody_who_left_the_committee_cannot_be_signed(session):
    pot = committee.counted_pot()
    first, second = committee.two(pot.process_id)
    decision = committee.proposed(KINDS.CERTIFICATION, pot.process_id, first, pot_id=pot.id)
    assignment = session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == first.person_id)).one()
    session.delete(assignment)
    session.flush()

    with pytest.raises(Conflict, match="no longer"):
        sign(session, second, decision.id)
    with pytest.raises(NotFound):  # whose role was taken away while the page was open
        committee.proposed(KINDS.ANNULMENT, pot.process_id, first, pot_id=pot.id)


def test_a_decision_is_declined_with_a_reason_or_taken_back_and_then_stays_so(session):
    pot = committee.counted_pot()
    first, second = committee.two(pot.process_id)
    decision = committee.proposed(KINDS.CERTIFICATION, pot.process_id, first, pot_id=pot.id)
    with pytest.raises(Refused):
        decline(session, second, Decline(decision.id, " "))
    decline(session, second, Decline(decision.id, "I want to see the sheets first."))
    with pytest.raises(Conflict):
        sign(session, second, decision.id)

    again = committee.proposed(KINDS.CERTIFICATION, pot.process_id, first, pot_id=pot.id)
    with pytest.raises(NotFound):
        withdraw(session, second, again.id)
    withdraw(session, first, again.id)
    with pytest.raises(Conflict):
        sign(session, second, again.id)
    assert pot.state is PotState.COUNTED


def test_a_reason_is_needed_and_one_thing_is_proposed_once(session):
    pot = committee.counted_pot()
    first, second = committee.two(pot.process_id)
    with pytest.raises(Refused):
        propose(session, first, Propose(pot.process_id, KINDS.CERTIFICATION, {}, pot_id=pot.id))
    committee.proposed(KINDS.CERTIFICATION, pot.process_id, first, pot_id=pot.id)
    with pytest.raises(Conflict):
        committee.proposed(KINDS.CERTIFICATION, pot.process_id, second, pot_id=pot.id)


def test_a_vote_can_be_interrupted_while_an_extension_waits_for_its_signature(session):
    pot = voting.pot()
    first, second = committee.two(pot.process_id)
    end = session.scalars(select(Phase.ends_at).where(Phase.process_id == pot.process_id)).one()
    committee.proposed(KINDS.EXTENSION, pot.process_id, first, until=end + timedelta(days=1))

    urgent = committee.proposed(KINDS.INTERRUPTION, pot.process_id, second)

    assert sign(session, first, urgent.id).state is DecisionState.IN_FORCE


def test_what_the_first_member_signed_is_what_the_second_signs(session):
    pot = committee.counted_pot()
    first, second = committee.two(pot.process_id)
    decision = committee.proposed(KINDS.CERTIFICATION, pot.process_id, first, pot_id=pot.id)
    add(Ballot(pot_id=pot.id, choices="3"))
    voting.ballots(pot, ["3"])
    session.delete(session.scalars(select(Ballot).where(Ballot.pot_id == pot.id, Ballot.choices == "3").limit(1)).one())
    session.flush()
    count_pot(session, second, pot.id)

    with pytest.raises(Conflict, match="changed"):
        sign(session, second, decision.id)
    assert pot.state is PotState.COUNTED


def test_a_count_that_waits_for_a_draw_or_names_no_winners_is_neither_certified_nor_put_in_by_a_correction(session):
    tied = committee.counted_pot(("1", "2"), costs=(600_00, 600_00), options={"tie_rules": ["drawn"]})
    unknown = committee.counted_pot(("1", "2"), rule="greedy-custom")
    for pot, why in ((tied, "draw"), (unknown, "names no winners")):
        with pytest.raises(Conflict, match=why):
            committee.decided(KINDS.CERTIFICATION, pot.process_id, pot_id=pot.id)
        with pytest.raises(Conflict, match=why):
            certify_pot(session, committee.member(pot.process_id), CertifyPot(pot.id, (uuid4(), uuid4())))
    certified = committee.certified_pot()
    with pytest.raises(Conflict, match="draw"):
        correct_result(
            session,
            committee.member(certified.process_id),
            CorrectResult(certified.id, dict(tied.result), (uuid4(), uuid4())),
        )
    certified.rule = "greedy-custom"
    session.flush()
    with pytest.raises(Conflict, match="names no winners"):
        committee.decided(KINDS.CORRECTION, certified.process_id, pot_id=certified.id)


def test_both_names_and_moments_stand_in_the_certificate_and_in_the_audit_log(session):
    pot = committee.certified_pot()

    (certificate,) = session.scalars(select(Certificate).where(Certificate.pot_id == pot.id))
    assert [one["name"] for one in certificate.body["signatures"]] == ["Maija Member", "Matti Member"]
    assert certificate.body["winners"][0]["number"] == "1"
    assert certificate.body["frozen"] == pot.options["digest"]
    session.flush()
    actions = set(session.scalars(select(AuditEntry.action).where(AuditEntry.process_id == pot.process_id)))
    assert {"decision.proposed", "decision.signed", "pot.certified"} <= actions


def test_a_recount_compares_and_a_correction_makes_a_new_version_while_the_old_one_stays(session, client):
    pot, place = committee.certified_with_paper({"2": 3})
    same = committee.decided(KINDS.RECOUNT, pot.process_id, pot_id=pot.id)
    assert same.outcome["same"] is True
    committee.typed_again(pot, place, {"3": 3})  # the votes stood in the wrong line
    other = committee.decided(KINDS.RECOUNT, pot.process_id, pot_id=pot.id)
    assert other.outcome["same"] is False
    assert pot.result["winners"] == ["2", "1"]  # certified: it stays until a correction

    committee.decided(KINDS.CORRECTION, pot.process_id, pot_id=pot.id, reason={"en": "Three ballots lay in a drawer."})
    session.commit()

    assert pot.result["winners"] == ["3", "1"]
    pot_id = pot.id
    page = client.get(f"/committee/certificate/{pot_id}").text
    assert "drawer" in page
    old = client.get(f"/committee/certificate/{pot_id}?version=1").text
    assert "There is a newer version" in old
    assert "drawer" not in old.split("All versions")[0]
    assert client.get(f"/committee/certificate/{pot_id}?version=7").status_code == 404


def test_an_objection_is_answered_by_two_members_once(session, client):
    pot = committee.certified_pot()
    resident = Actor(accounts.person(display_name="Olga Objector").id)
    objection = object_to(session, resident, Object(pot.process_id, "My neighbour voted twice"))
    decision = committee.decided(
        KINDS.OBJECTION, pot.process_id, objection_id=objection.id, outcome=ObjectionOutcome.DISMISSED, reason={"en": "No."}
    )
    session.commit()

    assert objection.outcome is ObjectionOutcome.DISMISSED
    assert decision.outcome == {"number": 1}
    page = client.get(f"/committee/{pot.process_id}").text
    assert "The objection is dismissed." in page
    assert "Olga" not in page
    assert "neighbour" not in page
    with pytest.raises(Conflict):
        committee.proposed(
            KINDS.OBJECTION,
            pot.process_id,
            committee.member(pot.process_id),
            objection_id=objection.id,
            outcome=ObjectionOutcome.UPHELD,
        )


def test_after_the_last_day_nobody_can_object(session, clock):
    pot = committee.certified_pot()
    resident = Actor(accounts.person().id)
    clock.advance(days=13)
    object_to(session, resident, Object(pot.process_id, "Late, but in time"))
    clock.advance(days=2)
    with pytest.raises(PhaseClosed):
        object_to(session, resident, Object(pot.process_id, "Too late"))


def test_two_members_who_sign_at_once_make_one_decision(committing_db, race):
    pot = committee.counted_pot()
    process_id = pot.process_id
    first, second = committee.two(process_id)
    third = committee.member(process_id, "Thea Third")
    decision_id = committee.proposed(KINDS.CERTIFICATION, process_id, first, pot_id=pot.id).id
    committing_db.session.commit()
    members = [second, third] * 4

    def go():
        with committing_db.transaction() as session:
            return sign(session, members.pop(), decision_id).decided_name

    outcome = race(go, times=8)

    assert len(outcome.results) == 1
    assert len(outcome.errors) == 7
    assert all(isinstance(error, Conflict) for error in outcome.errors)
    with committing_db.transaction() as session:
        assert len(session.scalars(select(Certificate)).all()) == 1
        assert session.get_one(Decision, decision_id).decided_name == outcome.results[0]


def test_signing_declining_and_taking_back_at_once_end_in_one_of_them(committing_db, race):
    pot = committee.counted_pot()
    first, second = committee.two(pot.process_id)
    third = committee.member(pot.process_id, "Thea Third")
    decision_id = committee.proposed(KINDS.ANNULMENT, pot.process_id, first, pot_id=pot.id).id
    committing_db.session.commit()
    steps = [
        lambda session: sign(session, second, decision_id),
        lambda session: decline(session, third, Decline(decision_id, "No")),
        lambda session: withdraw(session, first, decision_id),
    ] * 2

    def go():
        step = steps.pop()
        with committing_db.transaction() as session:
            return step(session).state

    outcome = race(go, times=6)

    assert len(outcome.results) == 1
    with committing_db.transaction() as session:
        assert session.get_one(Decision, decision_id).state is outcome.results[0]


def test_a_role_that_is_taken_away_while_somebody_signs_is_gone_before_or_after_never_in_between(committing_db, race):
    pot = committee.counted_pot()
    process_id = pot.process_id
    first, second = committee.two(process_id)
    decision_id = committee.proposed(KINDS.CERTIFICATION, process_id, first, pot_id=pot.id).id
    committing_db.session.commit()
    steps = ["leave", "sign"]

    def go():
        step = steps.pop()
        with committing_db.transaction() as session:
            if step == "sign":
                return sign(session, second, decision_id).state.value
            for one in session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == first.person_id)):
                session.delete(one)
            return "left"

    outcome = race(go, times=2)

    assert "left" in outcome.results
    with committing_db.transaction() as session:
        signed = session.get_one(Decision, decision_id).state is DecisionState.IN_FORCE
        assert signed == ("in_force" in outcome.results)
        assert signed == (not outcome.errors)


def test_two_members_who_propose_at_once_propose_one(committing_db, race):
    pot = voting.pot()
    members = list(committee.two(pot.process_id)) * 3
    committing_db.session.commit()
    process_id = pot.process_id

    def go():
        with committing_db.transaction() as session:
            return propose(session, members.pop(), Propose(process_id, KINDS.INTERRUPTION, committee.REASON)).id

    outcome = race(go, times=6)

    assert len(outcome.results) == 1
    assert all(isinstance(error, Conflict) for error in outcome.errors)


def test_a_ballot_is_in_before_the_interruption_or_refused_after_it(committing_db, race):
    pot = voting.pot()
    people = voting.voters(pot, 9)
    first, second = committee.two(pot.process_id)
    pot_id, process_id = pot.id, pot.process_id
    cast(committing_db.session(), pot, people.pop())  # the box is there
    decision_id = committee.proposed(KINDS.INTERRUPTION, process_id, first).id
    ids = [person.id for person in people]
    committing_db.session.commit()
    steps = [*ids[:4], None, *ids[4:]]

    def go():
        person_id = steps.pop()
        with committing_db.transaction() as session:
            if person_id is None:
                sign(session, second, decision_id)
                return "interrupted"
            cast_ballot(session, Actor(person_id=person_id), CastBallot(pot_id, Choices(("1",))), KEYRING)
            return "cast"

    outcome = race(go, times=9)

    assert "interrupted" in outcome.results
    assert all(isinstance(error, PhaseClosed) for error in outcome.errors)
    with committing_db.transaction() as session:
        assert len(session.scalars(select(Envelope)).all()) == outcome.results.count("cast") + 1


def test_a_record_of_another_version_with_more_or_fewer_fields_is_no_other_result(session):
    pot = committee.counted_pot(("1", "1,2", ""))
    older = json.loads(json.dumps(pot.result))
    older["kept_by_a_newer_version"] = {"1": "more"}
    del older["with_a_winner"]
    for outcome in older["why"].values():
        del outcome["outranks"]
    pot.result = older
    session.flush()
    assert committee.decided(KINDS.RECOUNT, pot.process_id, pot_id=pot.id).outcome["same"] is True


@pytest.mark.parametrize("changed", ["winners", "reason", "tie"])
def test_another_winner_outcome_or_tie_is_another_result(session, changed):
    pot = committee.counted_pot(("1", "2", "2", "3"))
    record = json.loads(json.dumps(pot.result))
    if changed == "winners":
        record["winners"] = ["3"]
    elif changed == "reason":
        record["why"]["1"]["reason"] = "withdrawn"
    else:
        record["ties"] = [{**record["ties"][0], "projects": ["1", "2"]}]
    pot.result = record
    session.flush()
    assert committee.decided(KINDS.RECOUNT, pot.process_id, pot_id=pot.id).outcome["same"] is False


def test_a_recount_before_certification_tells_nobody_who_would_win(session, client):
    pot = committee.counted_pot(("1", "2", "2", "3"))
    pot.result = {**pot.result, "winners": ["3"]}
    session.flush()
    told = committee.decided(KINDS.RECOUNT, pot.process_id, pot_id=pot.id)
    assert told.outcome["same"] is False
    assert not {"winners", "winners_before"} & set(told.outcome)
    told.outcome = {**told.outcome, "winners": ["2", "1"]}  # as an earlier version wrote it
    process_id = pot.process_id
    session.commit()

    page = client.get(f"/committee/{process_id}").text
    assert "The count came to another result." in page
    assert "Winners now" not in page


def test_a_recount_of_a_certified_result_tells_the_winners_of_both(session, client):
    pot = committee.certified_pot()
    pot.result = {**pot.result, "winners": ["3"]}
    session.flush()
    told = committee.decided(KINDS.RECOUNT, pot.process_id, pot_id=pot.id)
    assert told.outcome["winners_before"] == ["3"]
    winners, process_id = ", ".join(told.outcome["winners"]), pot.process_id
    session.commit()
    assert f"Winners now: {winners}." in client.get(f"/committee/{process_id}").text
