"""Who keeps the key of the box is asked, announced with every ballot, and never decided in silence."""

import io

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.ballots import ballot_digest
from app.features.budgets.choices import Choices
from app.features.budgets.commands import FreezePot, UnfreezePot
from app.features.budgets.models import PotState
from app.features.budgets.use_cases import freeze_pot, unfreeze_pot
from app.features.spaces.models import Process
from app.features.voting.commands import CastBallot, WriteSetup
from app.features.voting.models import Box, Custody, VoteKey, VotingParticipation
from app.features.voting.queries import box_of
from app.features.voting.use_cases import cast_ballot, prepare_box, write_setup
from app.features.voting.voters.eligibility import setup_of
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Refused
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import spaces, voting


def draft(clock):
    """A pot that is not fixed yet; people vote on it in three days."""
    process = voting.process_with_roll("AB12345", opens_in=3)
    pot = voting.pot(process, state=PotState.DRAFT)
    pot.options = {key: value for key, value in pot.options.items() if key != "digest"}
    database.session.flush()
    return pot


def choose(session, pot, custody):
    ways = {"by_code": True, "by_card": True, "by_account": True}
    write_setup(session, SYSTEM, WriteSetup(pot.process_id, "all", **ways, custody=custody))


def fix(session, pot):
    return freeze_pot(session, SYSTEM, FreezePot(pot.id))


def bring(session, pot, keyring):
    return prepare_box(session, SYSTEM, voting.committee_key(pot.process_id)[0], keyring)


@pytest.mark.parametrize("custody", ["server", "committee"])
def test_the_digest_of_a_ballot_covers_who_keeps_the_key(session, clock, keyring, custody):
    pot = draft(clock)
    choose(session, pot, custody)
    if custody == "committee":
        bring(session, pot, keyring)

    fixed = fix(session, pot)

    assert fixed.options["voters"]["custody"] == custody
    said = fixed.options["digest"]
    fixed.options = {**fixed.options, "voters": {**fixed.options["voters"], "custody": "somebody else"}}
    assert ballot_digest(fixed) != said


def test_no_ballot_is_fixed_before_the_key_of_the_committee_is_here(session, clock, keyring):
    pot = draft(clock)
    choose(session, pot, "committee")

    with session.begin_nested() as attempt, pytest.raises(Refused, match="its key is not here yet"):
        try:
            fix(session, pot)
        finally:
            attempt.rollback()
    session.expire_all()
    assert pot.state is PotState.DRAFT
    bring(session, pot, keyring)
    assert fix(session, pot).state is PotState.READY


def test_the_server_never_keeps_a_key_where_the_committee_is_to_keep_it(session, clock, keyring):
    pot = draft(clock)
    choose(session, pot, "committee")
    bring(session, pot, keyring)
    fix(session, pot)
    assert session.scalars(select(VoteKey.purpose).where(VoteKey.process_id == pot.process_id)).all() == ["board"]
    session.delete(box_of(session, pot.process_id))  # somebody takes the box out of the database
    clock.advance(days=4)
    (person,) = voting.voters(pot)
    session.flush()

    with pytest.raises(Refused):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), keyring)
    assert box_of(session, pot.process_id) is None
    assert session.scalars(select(VotingParticipation)).all() == []


def test_casting_without_the_committees_key_is_refused_and_says_why(session, keyring):
    pot = voting.pot()
    (person,) = voting.voters(pot)
    setup = setup_of(session, pot.process_id)
    setup.custody = Custody.COMMITTEE
    session.add(setup)
    session.flush()

    with pytest.raises(Conflict, match="its key is not here yet"):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), keyring)
    assert session.scalars(select(Box)).all() == []
    assert session.scalars(select(VotingParticipation)).all() == []


def test_a_key_of_the_committee_is_not_brought_where_the_server_was_chosen(session, clock, keyring):
    pot = draft(clock)
    with pytest.raises(Conflict, match="Choose the committee there first"):
        bring(session, pot, keyring)
    choose(session, pot, "server")
    fix(session, pot)
    with pytest.raises(Conflict, match="announced with the fixed ballots"):
        bring(session, pot, keyring)
    assert box_of(session, pot.process_id) is None

    unfreeze_pot(session, SYSTEM, UnfreezePot(pot.id))
    choose(session, pot, "committee")
    assert bring(session, pot, keyring).custody is Custody.COMMITTEE
    assert fix(session, pot).options["voters"]["custody"] == "committee"


def test_whoever_chooses_the_server_after_all_gives_the_committees_key_up(session, clock, keyring):
    pot = draft(clock)
    choose(session, pot, "committee")
    brought = bring(session, pot, keyring).key["public_key"]

    choose(session, pot, "server")

    session.flush()
    assert box_of(session, pot.process_id) is None
    (entry,) = session.query(AuditEntry).filter_by(action="box.key_given_up")
    assert entry.details["key"] == brought
    fix(session, pot)
    clock.advance(days=4)
    with pytest.raises(Conflict, match="stays as it is"):
        choose(session, pot, "committee")


def test_where_nobody_was_asked_a_key_can_still_be_brought_and_is_announced_from_then_on(session, keyring):
    first = voting.pot(spaces.process("Vote", open_for=None))  # fixed before this was asked
    assert "voters" not in first.options

    bring(session, first, keyring)

    second = voting.pot(session.get(Process, first.process_id), state=PotState.DRAFT)
    assert fix(session, second).options["voters"]["custody"] == "committee"


def test_the_choice_is_made_on_a_page_and_its_steps_lead_to_the_box(as_role, db, clock, keyring):
    pot = draft(clock)
    pot_id, process_id = pot.id, pot.process_id
    db.session.commit()
    committee = as_role(Role.COMMITTEE, db.session.get(Process, process_id))
    setup, box = f"/staff/how-people-vote/{process_id}", f"/staff/box/{process_id}"

    assert committee.get(setup).text.count('name="custody"') == 2
    answers = {"slots": "all", "by_code": "y"}
    assert committee.post(setup, data={**answers, "custody": "me"}).status_code == 422
    assert "Choose the committee there first" in committee.get(box).text
    assert committee.post(setup, data={**answers, "custody": "committee"}).status_code == 303

    steps = committee.get("/staff/budgets").text
    assert f'<a href="{box}">Bring the key of the committee' in steps
    page = committee.get(f"/staff/budgets/{pot_id}").text
    assert "its key is not here yet" in page
    assert "/fix" not in page
    assert "has not brought it yet" in committee.get(box).text
    command, _sheet = voting.committee_key(process_id)
    files = {name: (io.BytesIO(text.encode()), f"{name}.json") for name, text in _files(command)}
    assert "2 of 3 are needed" in committee.post(f"{box}/prepare", data=files, follow_redirects=True).text
    assert "The committee keeps the key to the ballot box: 2 of 3 people" in committee.get(f"/staff/budgets/{pot_id}").text
    committee.post(f"/staff/budgets/{pot_id}/fix")

    public = committee.application.test_client().get(f"/budgets/{pot_id}").text
    assert "The committee keeps the key to the ballot box: 2 of 3 people" in public
    assert "The server keeps the key" not in public


def _files(command):
    return (("key", command.key), ("rehearsal", command.rehearsal))


def test_everybody_reads_before_the_first_ballot_that_the_server_keeps_the_key(client, db, clock):
    pot = draft(clock)
    fix(db.session(), pot)
    pot_id = pot.id
    db.session.commit()

    assert "The server keeps the key to the ballot box." in client.get(f"/budgets/{pot_id}").text
    clock.advance(days=4)
    page = client.get(f"/voting/{pot_id}/who", follow_redirects=True).text + client.get("/voting/code").text
    assert "of 3 people must bring their part" not in page
