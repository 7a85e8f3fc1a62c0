"""A vote is tried out in a copy that cannot mix with the real one, and leaves nothing behind."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.features.accounts.models import RoleAssignment
from app.features.answers.models import Implementation
from app.features.budgets.choices import Choices
from app.features.budgets.commands import CertifyPot, FreezePot
from app.features.budgets.models import Pot, PotState, Project
from app.features.budgets.use_cases import certify_pot, freeze_pot
from app.features.rehearsals.commands import BeginRehearsal, CastTestBallots, EndVote, ThrowAway
from app.features.rehearsals.models import Rehearsal
from app.features.rehearsals.queries import contents, running_rehearsal
from app.features.rehearsals.use_cases import begin_rehearsal, cast_more, cast_test_ballots, end_vote, throw_away
from app.features.spaces.models import Process, ProcessState
from app.features.spaces.queries import process as process_by_id
from app.features.spaces.use_cases import set_process_state
from app.features.voting.box.contents import pack
from app.features.voting.box.envelopes import receipt_of, seal
from app.features.voting.commands import CastAtDesk, WriteSetup
from app.features.voting.exporting import form_of
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Ballot, Box, Custody, Envelope, RollEntry, VotingParticipation
from app.features.voting.queries import box_of, participations
from app.features.voting.rules import voter_key
from app.features.voting.use_cases import (
    cast_at_desk,
    close_box,
    count_pot,
    hashed,
    import_roll,
    open_with_the_servers_key,
    prepare_box,
    write_setup,
)
from app.features.voting.voters.roll_file import RollRow
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.model import Model
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, budgets, spaces, voting


@pytest.fixture
def process(session):
    process = spaces.process(title={"en": "Money for everybody"}, open_for=None)
    spaces.phase(process, "Vote", actions=["vote"], starts_at=clock.now() + timedelta(days=5))
    return process


@pytest.fixture
def pot(process):
    pot = budgets.pot(process, state=PotState.DRAFT, title={"en": "Parks"}, max_projects=2)
    for place in range(4):
        budgets.project(pot, title={"en": f"Bench {place}"}, categories=[spaces.category(process, f"Green {place}")])
    return pot


@pytest.fixture
def committee(process):
    person = accounts.staff(Role.COMMITTEE, process)
    return Actor(person_id=person.id, roles=frozenset({(Role.COMMITTEE, process.id)}))


@pytest.fixture
def keyring(tmp_path):
    return Keyring(tmp_path / "keys")


def there(actor, copy):
    """The committee in the copy, as the door builds it from the copied roles."""
    return Actor(person_id=actor.person_id, roles=frozenset({(Role.COMMITTEE, copy.id)}))


@pytest.fixture
def copy(session, process, pot, committee, keyring):
    return begin_rehearsal(session, committee, BeginRehearsal(process.id, 30, {"en": "Rehearsal"}), keyring)


def played(session, committee, copy, keyring, ballots=25):
    """Vote, close, open, count and certify, with the real steps."""
    actor = there(committee, copy)
    cast_test_ballots(session, committee, CastTestBallots(copy.id, ballots), keyring)
    end_vote(session, committee, EndVote(copy.id))
    close_box(session, actor, copy.id, keyring)
    open_with_the_servers_key(session, actor, copy.id, keyring)
    (twin,) = session.scalars(select(Pot).where(Pot.process_id == copy.id)).all()
    count_pot(session, actor, twin.id)
    return certify_pot(session, actor, CertifyPot(twin.id, (uuid4(), uuid4())))


def test_where_the_committee_is_to_keep_the_key_a_rehearsal_takes_either_and_waits_for_neither(
    session, process, pot, committee, keyring
):
    ways = {"by_code": True, "by_card": True, "by_account": True}
    write_setup(session, committee, WriteSetup(process.id, "all", **ways, custody="committee"))
    copy = begin_rehearsal(session, committee, BeginRehearsal(process.id, 30, {"en": "Rehearsal"}), keyring)
    (twin,) = session.scalars(select(Pot).where(Pot.process_id == copy.id)).all()
    assert twin.options["voters"]["custody"] == "server"

    box = prepare_box(session, there(committee, copy), voting.committee_key(copy.id)[0], keyring)

    assert (box.process_id, box.custody) == (copy.id, Custody.COMMITTEE)
    cast_test_ballots(session, committee, CastTestBallots(copy.id, 5), keyring)
    assert box_of(session, process.id) is None


def test_what_was_drawn_for_the_real_pot_does_not_decide_in_the_copy(session, process, pot, committee, keyring):
    drawn = {"draws": [["2", "1"]], "draw_notes": ["In the town hall"], "drawn_order": ["2", "1"], "has_official": True}
    pot.options = {**pot.options, **drawn}
    session.flush()

    copied = begin_rehearsal(session, committee, BeginRehearsal(process.id, 5), keyring)

    (twin,) = session.scalars(select(Pot).where(Pot.process_id == copied.id)).all()
    assert not set(drawn) & set(twin.options)


def test_the_copy_has_the_same_ballot_under_other_ids(session, process, pot, copy):
    (twin,) = session.scalars(select(Pot).where(Pot.process_id == copy.id)).all()

    assert copy.id != process.id
    assert (twin.amount, twin.rule, twin.max_projects, twin.state) == (pot.amount, pot.rule, 2, PotState.READY)
    assert [(one.number, one.cost, one.title) for one in twin.projects] == [
        (one.number, one.cost, one.title) for one in pot.projects
    ]
    assert {one.reference for one in twin.projects}.isdisjoint({one.reference for one in pot.projects})
    assert [len(one.categories) for one in twin.projects] == [1, 1, 1, 1]
    assert twin.options["digest"] != freeze_pot(session, SYSTEM, FreezePot(pot.id)).options["digest"]


def test_every_name_of_the_copy_says_that_it_is_a_rehearsal(session, copy):
    (twin,) = session.scalars(select(Pot).where(Pot.process_id == copy.id)).all()

    assert copy.title == {"en": "Rehearsal: Money for everybody"}
    assert twin.title == {"en": "Rehearsal: Parks"}


def test_a_draft_pot_stays_a_draft_while_its_copy_is_fixed(session, pot, copy):
    db.session.refresh(pot)
    assert pot.state is PotState.DRAFT


def test_a_whole_rehearsal_is_counted_with_the_real_steps(session, committee, copy, keyring):
    certified = played(session, committee, copy, keyring)

    assert certified.state is PotState.CERTIFIED
    assert certified.result["voters"] == 25
    assert certified.result["channels"] == {"desk": 25}


def test_nothing_is_carried_out_after_a_rehearsal(session, committee, copy, keyring):
    played(session, committee, copy, keyring)

    assert session.scalars(select(Implementation)).all() == []


def test_test_ballots_keep_the_rules_of_the_pot(session, committee, copy, keyring):
    played(session, committee, copy, keyring)

    named = [ballot.choices.split(",") for ballot in session.scalars(select(Ballot))]
    assert len(named) == 25
    assert all(1 <= len(one) <= 2 for one in named)


def test_each_test_voter_votes_once(session, committee, copy, keyring):
    assert cast_test_ballots(session, committee, CastTestBallots(copy.id, 20), keyring) == 20
    assert cast_test_ballots(session, committee, CastTestBallots(copy.id, 20), keyring) == 10

    with pytest.raises(Conflict):
        cast_test_ballots(session, committee, CastTestBallots(copy.id, 1), keyring)


def test_many_ballots_are_cast_a_few_at_a_time(session, process, pot, committee, keyring):
    copy = begin_rehearsal(session, committee, BeginRehearsal(process.id, 100), keyring)
    twin_id = session.scalars(select(Pot.id).where(Pot.process_id == copy.id)).one()

    assert cast_test_ballots(session, committee, CastTestBallots(copy.id, 95), keyring) == 40
    session.flush()
    (row,) = session.scalars(select(OutboxRow).where(OutboxRow.kind == "rehearsals.cast_more")).all()
    assert row.payload == {"copy_id": str(copy.id), "number": 55}
    assert cast_more(session, copy.id, 55, keyring) == 40
    assert cast_more(session, copy.id, 15, keyring) == 15
    assert participations(session, twin_id) == 95


def test_what_was_still_to_be_cast_when_the_vote_ended_is_not_cast(session, committee, copy, keyring):
    end_vote(session, committee, EndVote(copy.id))

    assert cast_more(session, copy.id, 5, keyring) == 0
    copy_id = copy.id
    throw_away(session, committee, ThrowAway(copy_id))
    assert cast_more(session, copy_id, 5, keyring) == 0


def test_a_test_number_matches_nobody_on_the_real_roll_nor_a_real_one_here(session, process, pot, copy, keyring):
    secret, there_secret = keyring.key(process.id, "voters", make=True), keyring.key(copy.id, "voters", make=True)
    import_roll(session, SYSTEM, process.id, hashed([RollRow("TEST-0001"), RollRow("12345")], process.id, secret))

    real = set(session.scalars(select(RollEntry.voter_key).where(RollEntry.process_id == process.id)))
    test = set(session.scalars(select(RollEntry.voter_key).where(RollEntry.process_id == copy.id)))
    assert real.isdisjoint(test)
    # Not even under the other vote's own secret: the key of an entry is bound to its process.
    assert voter_key(there_secret, process.id, "TEST-0001") not in real | test
    assert voter_key(secret, copy.id, "TEST-0001") not in real | test
    (twin,) = session.scalars(select(Pot).where(Pot.process_id == copy.id)).all()
    with pytest.raises(Refused):
        cast_at_desk(session, SYSTEM, CastAtDesk(twin.id, "12345", Choices(())), there_secret, keyring)


def _into_the_real_box(session, process, pot, copy, keyring, ciphertext_of):
    """The real vote with one real ballot, and one row that somebody wrote into its tables by hand."""
    real = process_by_id(session, process.id)
    for phase in real.phases:
        phase.starts_at, phase.ends_at = clock.now() - timedelta(days=1), clock.now() + timedelta(minutes=5)
    freeze_pot(session, SYSTEM, FreezePot(pot.id))
    session.flush()
    secret = keyring.key(process.id, "voters", make=True)
    cast_at_desk(session, SYSTEM, CastAtDesk(pot.id, "REAL-0001", Choices((pot.projects[0].number,))), secret, keyring)
    ciphertext = ciphertext_of()
    session.add(Envelope(id=uuid4(), pot_id=pot.id, ciphertext=ciphertext, receipt=receipt_of(pot.id, ciphertext)))
    forged = {"process_id": process.id, "pot_id": pot.id, "voter_key": "f" * 64, "slot": str(pot.id), "channel": "web"}
    session.add(VotingParticipation(**forged, day=clock.now().date()))
    for phase in real.phases:
        phase.ends_at = clock.now() - timedelta(seconds=1)
    session.flush()
    close_box(session, SYSTEM, process.id, keyring)
    return open_with_the_servers_key(session, SYSTEM, process.id, keyring).statements[0]["pots"][str(pot.id)]


def test_a_test_envelope_in_the_real_box_is_refused_when_it_is_opened(session, process, pot, committee, copy, keyring):
    cast_test_ballots(session, committee, CastTestBallots(copy.id, 1), keyring)
    copied = session.scalars(select(Envelope.ciphertext)).one()

    opened = _into_the_real_box(session, process, pot, copy, keyring, lambda: copied)

    assert (opened["ballots"], len(opened["unreadable"])) == (1, 1)
    assert session.scalar(select(func.count()).select_from(Ballot).where(Ballot.pot_id == pot.id)) == 1


def test_even_sealed_with_the_real_key_a_test_ballot_is_bound_to_its_own_pot(session, process, pot, copy, keyring):
    (twin,) = session.scalars(select(Pot).where(Pot.process_id == copy.id)).all()

    def sealed_again():
        key = bytes.fromhex(box_of(session, process.id).key["public_key"])
        return seal(key, pack(form_of(twin), (twin.projects[0].number,)))

    opened = _into_the_real_box(session, process, pot, copy, keyring, sealed_again)

    assert (opened["ballots"], len(opened["unreadable"])) == (1, 1)


def test_throwing_it_away_leaves_nothing_but_that_it_took_place(session, process, pot, committee, copy, keyring):
    before = _numbers(session, but={"audit_entry", "rehearsal"})
    rehearsal = running_rehearsal(session, process.id)
    played(session, committee, copy, keyring)
    copy_id = copy.id

    throw_away(session, committee, ThrowAway(copy_id))

    assert contents(session, copy_id) == {}
    after = _numbers(session, but={"audit_entry", "rehearsal"})
    gone = {name: before[name] - after[name] for name in before if before[name] != after[name]}
    assert gone == {
        "category": 4, "phase": 1, "pot": 1, "process": 1, "project": 4, "project_category": 4, "role_assignment": 1,
        "roll_entry": 30, "voting_setup": 1, "vote_key": 1,
    }  # fmt: skip
    assert session.get(Process, process.id) is not None
    assert [one.id for one in session.scalars(select(Pot))] == [pot.id]
    assert (rehearsal.copy_id, rehearsal.ballots) == (None, 25)
    assert rehearsal.thrown_away_at is not None


def _numbers(session, but):
    session.flush()
    return {
        table.name: session.scalar(select(func.count()).select_from(table))
        for table in Model.metadata.sorted_tables
        if table.name not in but
    }


def test_the_real_process_cannot_be_thrown_away(session, process, pot, committee, copy):
    with pytest.raises(NotFound):
        throw_away(session, committee, ThrowAway(process.id))

    assert session.get(Process, process.id) is not None


def test_there_is_one_rehearsal_of_a_process_at_a_time(session, process, committee, copy, keyring):
    with pytest.raises(Conflict):
        begin_rehearsal(session, committee, BeginRehearsal(process.id, 5), keyring)
    throw_away(session, committee, ThrowAway(copy.id))

    assert begin_rehearsal(session, committee, BeginRehearsal(process.id, 5), keyring).rehearsal_of == process.id


def test_a_rehearsal_is_never_published(session, copy):
    with pytest.raises(Conflict):
        set_process_state(session, SYSTEM, copy.id, ProcessState.PUBLISHED)
    with pytest.raises(IntegrityError), session.begin_nested():
        copy.state = ProcessState.PUBLISHED
        session.flush()


@pytest.mark.parametrize("number", [0, -1, 1001])
def test_a_number_of_test_voters_that_is_none_is_refused(session, process, pot, committee, keyring, number):
    with pytest.raises(Invalid):
        begin_rehearsal(session, committee, BeginRehearsal(process.id, number), keyring)


def test_what_could_not_be_fixed_cannot_be_rehearsed(session, process, committee, keyring):
    with pytest.raises(Refused):
        begin_rehearsal(session, committee, BeginRehearsal(process.id, 5), keyring)
    budgets.project(budgets.pot(process, state=PotState.DRAFT))

    with pytest.raises(Refused) as refusal:
        begin_rehearsal(session, committee, BeginRehearsal(process.id, 5), keyring)

    assert "two projects" in str(refusal.value.message.template)


def test_whoever_does_not_set_up_the_budgets_begins_no_rehearsal(session, process, pot, keyring, copy):
    other = spaces.process()
    stranger = Actor(person_id=accounts.staff(Role.COMMITTEE, other).id, roles=frozenset({(Role.COMMITTEE, other.id)}))

    with pytest.raises(NotFound):
        begin_rehearsal(session, stranger, BeginRehearsal(process.id, 5), keyring)
    for attempt in (
        lambda: cast_test_ballots(session, stranger, CastTestBallots(copy.id, 5), keyring),
        lambda: end_vote(session, stranger, EndVote(copy.id)),
        lambda: throw_away(session, stranger, ThrowAway(copy.id)),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_the_staff_of_the_process_have_their_roles_in_the_rehearsal(session, process, pot, committee, keyring):
    clerk = accounts.staff(Role.CLERK, process)

    copy = begin_rehearsal(session, committee, BeginRehearsal(process.id, 5), keyring)

    roles = session.execute(
        select(RoleAssignment.person_id, RoleAssignment.role).where(RoleAssignment.process_id == copy.id)
    ).tuples()
    assert set(roles) == {(clerk.id, Role.CLERK), (committee.person_id, Role.COMMITTEE)}


def test_a_rehearsal_is_audited_under_the_real_process(session, process, committee, copy, keyring):
    played(session, committee, copy, keyring, ballots=3)
    throw_away(session, committee, ThrowAway(copy.id))

    found = select(AuditEntry.action).where(AuditEntry.process_id == process.id, AuditEntry.action.startswith("rehearsal."))
    assert session.scalars(found.order_by(AuditEntry.at)).all() == [
        "rehearsal.begun",
        "rehearsal.test_ballots",
        "rehearsal.ended",
        "rehearsal.thrown_away",
    ]


def test_the_keys_of_the_rehearsal_are_its_own(session, process, committee, copy, keyring):
    cast_test_ballots(session, committee, CastTestBallots(copy.id, 1), keyring)

    (box,) = session.scalars(select(Box)).all()
    assert box.process_id == copy.id
    assert keyring.key(copy.id, "box", make=True) != keyring.key(process.id, "box", make=True)
    assert session.scalars(select(Rehearsal)).one().copy_id == copy.id
    assert session.scalars(select(Project).where(Project.pot_id.is_(None))).all() == []
