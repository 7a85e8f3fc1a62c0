"""After the last objection the keys are destroyed, with two signatures or announced by the clock, and voters are forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.committee import nightly
from app.features.committee.commands import Object, SetRetention
from app.features.committee.models import DecisionKind, Retention
from app.features.committee.queries import retention_of
from app.features.committee.use_cases import object_to, set_retention
from app.features.committee.use_cases.ending import announce_destruction, why_not
from app.features.spaces.models import Process
from app.features.voting.commands import CastBallot
from app.features.voting.keys.keyring import KeyDestroyed, Keyring
from app.features.voting.letters.spool import Spool
from app.features.voting.models import (
    CodePrint,
    CodeState,
    Contest,
    ContestState,
    RollEntry,
    VoterIdentity,
    VotingCode,
    VotingParticipation,
)
from app.features.voting.use_cases import cast_ballot, close_box, count_pot, open_with_the_servers_key
from app.kernel import clock as clocks
from app.kernel import outbox
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Invalid
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, committee, spaces, voting
from tests.factories.tools import add

KIND = DecisionKind


@pytest.fixture
def kept(app):
    """The key folder that the tasks use."""
    return Keyring(app.config["SETTINGS"].keys)


@pytest.fixture
def pot(session, kept, clock):
    """A pot that people voted on, closed, opened, counted and certified today."""
    found = voting.pot()
    kept.key(found.process_id, "voters", make=True)
    for person in voting.voters(found, 3):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(found.id, Choices(("1",))), kept)
    clock.advance(days=400)
    close_box(session, SYSTEM, found.process_id, kept)
    open_with_the_servers_key(session, SYSTEM, found.process_id, kept)
    count_pot(session, committee.member(found.process_id, "Clara"), found.id)
    committee.decided(KIND.CERTIFICATION, found.process_id, pot_id=found.id)
    add(RollEntry(process_id=found.process_id, voter_key="a" * 64))
    session.commit()
    return found


@pytest.fixture
def deliver(app):
    """Does what the worker does."""

    def run():
        with app.app_context():
            outbox.deliver_due(database.transaction)

    return run


def test_two_members_destroy_the_keys_once_nobody_can_object_any_more(session, pot, kept, clock, deliver):
    first, _second = committee.two(pot.process_id)
    with pytest.raises(Conflict, match="still object"):
        committee.proposed(KIND.DESTRUCTION, pot.process_id, first)
    clock.advance(days=15)
    process_id = pot.process_id
    committee.decided(KIND.DESTRUCTION, process_id)
    assert kept.key(process_id, "box", make=True)  # nothing leaves before the commit
    session.commit()

    deliver()

    for purpose in ("voters", "box"):
        with pytest.raises(KeyDestroyed):
            kept.key(process_id, purpose, make=True)
    assert kept.key(process_id, "board", make=True)
    assert database.session.scalars(select(Retention)).one().destroyed_at == clock.now
    assert "keys.destroyed" in set(database.session.scalars(select(AuditEntry.action)))


def test_an_open_objection_keeps_the_keys(session, pot, clock):
    object_to(session, Actor(accounts.person().id), Object(pot.process_id, "I could not vote"))
    clock.advance(days=15)
    with pytest.raises(Conflict, match="objection"):
        committee.proposed(KIND.DESTRUCTION, pot.process_id, committee.member(pot.process_id))


def test_the_clock_announces_first_and_destroys_three_days_later_and_then_voters_are_forgotten(
    session, pot, kept, clock, deliver
):
    process_id = pot.process_id
    nightly.run()
    assert database.session.scalars(select(Retention.announced_at)).all() == [None]
    clock.advance(days=15)
    nightly.run()
    nightly.run()
    deliver()
    assert database.session.scalars(select(Retention)).one().announced_at == clock.now
    assert kept.key(process_id, "voters", make=True)
    clock.advance(days=3)
    nightly.run()
    deliver()
    with pytest.raises(KeyDestroyed):
        kept.key(process_id, "voters", make=True)
    assert database.session.scalars(select(RollEntry)).all()
    clock.advance(days=31)
    nightly.run()
    nightly.run()

    assert database.session.scalars(select(RollEntry)).all() == []
    assert database.session.scalars(select(VoterIdentity)).all() == []
    assert len(database.session.scalars(select(VotingParticipation)).all()) == 3
    forgotten = database.session.scalars(select(Retention)).one().forgotten
    assert {name: number for name, number in forgotten.items() if name != "figures"} == {
        "roll_entry": 1, "voter_identity": 3, "voting_code": 0, "code_print": 0, "voting_contest": 0,
    }  # fmt: skip


def test_codes_letters_and_complaints_are_forgotten_too_and_only_their_numbers_stay(app, session, pot, clock, deliver):
    process_id, pot_id = pot.process_id, pot.id
    letters = Spool(app.config["SETTINGS"].var / "letters")
    elsewhere = add(CodePrint(process_id=process_id, letters=5)).id
    file = letters.path(voting.print_file(database.session.get_one(Process, process_id), letters).id)
    for at, state in enumerate((CodeState.ISSUED, CodeState.ISSUED, CodeState.VOIDED, CodeState.UNDELIVERED)):
        key = {"voter_key": f"{at:064x}", "code_hash": f"{at:064x}", "issued_on": clock.now.date()}
        add(VotingCode(process_id=process_id, state=state, **key))
    voting.contest(pot, state=ContestState.UPHELD, granted_slot="all+1")
    waiting = voting.contest(pot)
    clock.advance(days=15)
    session.commit()
    with pytest.raises(Conflict, match="contested participation"):
        committee.proposed(KIND.DESTRUCTION, process_id, committee.member(process_id))
    waiting.state, waiting.outcome, waiting.reason = ContestState.DISMISSED, "No.", "It was you."
    committee.decided(KIND.DESTRUCTION, process_id)
    session.commit()
    assert file.exists()
    deliver()
    assert not file.exists()
    assert {one.deleted_at for one in database.session.scalars(select(CodePrint))} == {clock.now, None}
    clock.advance(days=31)
    nightly.run()

    assert database.session.scalars(select(CodePrint.id)).all() == [elsewhere]  # its file is on another server
    for table in (VotingCode, Contest):
        assert database.session.scalars(select(table)).all() == []
    figures = database.session.scalars(select(Retention)).one().forgotten["figures"]
    assert figures["codes"] == {"issued": 2, "voided": 1, "undelivered": 1}
    assert figures["letters"] == 7
    assert figures["contests"] == {str(pot_id): {"open": 0, "upheld": 1, "dismissed": 1, "granted": 1, "granted_and_cast": 0}}


def test_pages_say_that_codes_mean_nothing_once_the_keys_are_destroyed(session, client, pot, clock, deliver, as_role):
    process_id = pot.process_id
    assert "destroyed" in client.get("/voting/code").text
    clock.advance(days=15)
    committee.decided(KIND.DESTRUCTION, process_id)
    session.commit()
    deliver()
    assert "Codes from letters mean nothing any more" in client.get(f"/committee/{process_id}").text
    page = as_role(Role.COMMITTEE, database.session.get_one(Process, process_id)).get(f"/staff/letters/{process_id}").text
    assert "Its codes mean nothing any more" in page
    assert "Make codes" not in page


def test_the_command_says_what_it_would_do_and_with_dry_run_does_nothing(app, session, pot, clock):
    runner = app.test_cli_runner()
    text = runner.invoke(args=["voting", "retention", "--dry-run"]).output
    assert "nothing is due. People can still object" in text
    clock.advance(days=15)
    text = runner.invoke(args=["voting", "retention", "--dry-run"]).output
    assert "the keys are to be destroyed (to be announced)" in text
    assert database.session.scalars(select(Retention)).all() == []
    runner.invoke(args=["voting", "retention"])
    assert database.session.scalars(select(Retention)).one().announced_at == clock.now


def upcoming():
    """A process whose vote begins tomorrow."""
    found = spaces.process("Vote on the next parks", open_for=None)
    spaces.phase(found, "Vote", actions=["vote"], starts_at=clocks.now() + timedelta(days=1))
    return found


def test_the_days_are_set_before_they_run(session, pot):
    coming = voting.pot(upcoming())
    first, _second = committee.two(coming.process_id)
    with pytest.raises(Invalid):
        set_retention(session, first, SetRetention(coming.process_id, 0, -1))
    assert set_retention(session, first, SetRetention(coming.process_id, 7, 0)).objection_days == 7
    with pytest.raises(Conflict):
        set_retention(session, committee.member(pot.process_id), SetRetention(pot.process_id, 1, 0))


@pytest.mark.parametrize(
    ("objection_days", "keep_days", "wrong"), [(1, 30, "objection_days"), (14, 0, "keep_days"), (14, 3650, "keep_days")]
)
def test_once_people_vote_one_member_can_only_give_them_more_days(session, objection_days, keep_days, wrong):
    running = voting.pot()
    first, _second = committee.two(running.process_id)
    with pytest.raises(Invalid) as refused:
        set_retention(session, first, SetRetention(running.process_id, objection_days, keep_days))
    assert set(refused.value.errors) == {wrong}
    kept = retention_of(session, running.process_id)
    assert (kept.objection_days, kept.keep_days) == (14, 30)
    assert set_retention(session, first, SetRetention(running.process_id, 21, 30)).objection_days == 21


def test_a_correction_gives_people_their_days_again(session, pot, clock):
    clock.advance(days=13)
    committee.decided(KIND.CORRECTION, pot.process_id, pot_id=pot.id)
    clock.advance(days=10)
    assert object_to(session, Actor(accounts.person().id), Object(pot.process_id, "The correction is wrong"))


def test_a_vote_that_was_annulled_as_a_whole_is_not_opened_to_be_forgotten(session, kept, clock):
    annulled = voting.pot()
    for person in voting.voters(annulled, 3):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(annulled.id, Choices(("1",))), kept)
    committee.decided(KIND.ANNULMENT, annulled.process_id, pot_id=annulled.id)
    assert "still object" in str(why_not(session, annulled.process_id))
    clock.advance(days=15)

    assert why_not(session, annulled.process_id) is None
    assert announce_destruction(session, annulled.process_id)


def test_a_list_of_a_vote_in_which_nobody_voted_is_forgotten_too(session, clock):
    pot = voting.closed_pot()
    add(RollEntry(process_id=pot.process_id, voter_key="b" * 64))
    assert "certified or annulled" in str(why_not(session, pot.process_id))
    count_pot(session, committee.member(pot.process_id, "Clara"), pot.id)
    committee.decided(KIND.CERTIFICATION, pot.process_id, pot_id=pot.id)
    session.commit()

    for days in (15, 4):
        clock.advance(days=days)
        nightly.run()
    assert retention_of(session, pot.process_id).decided_at is not None
