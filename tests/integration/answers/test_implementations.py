"""What becomes of the winners: who is told, what staff may say, and what can be undone."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.extensions import db
from app.features.answers.commands import ChangeMilestone, WriteMilestone
from app.features.answers.models import Implementation, Milestone, MilestoneState, MilestoneVersion
from app.features.answers.queries import carried, implementation_by_reference
from app.features.answers.use_cases import (
    follow_implementation,
    remove_milestone,
    restore_milestone,
    undo_milestone,
    unfollow_implementation,
    write_milestone,
)
from app.features.budgets.commands import CertifyPot
from app.features.budgets.models import PotState
from app.features.budgets.use_cases import certify_pot
from app.features.budgets.winners import begin_carrying_out
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Invalid, NotFound, Refused, SignInRequired
from app.kernel.permissions import ANONYMOUS, Actor, Role
from tests.factories import accounts, answers, budgets, proposals, spaces


@pytest.fixture
def process(session):
    return budgets.finished_process()


@pytest.fixture
def officer(process):
    person = accounts.staff(Role.OFFICER, process)
    return Actor(person_id=person.id, roles=frozenset({(Role.OFFICER, process.id)}))


@pytest.fixture
def committee(process):
    person = accounts.staff(Role.COMMITTEE, process)
    return Actor(person_id=person.id, roles=frozenset({(Role.COMMITTEE, process.id)}))


@pytest.fixture
def source(process):
    return proposals.proposal(process, author=accounts.person(email="author@example.org"))


@pytest.fixture
def won(process, source):
    return answers.implementation(budgets.project(budgets.finished_pot(process), made_from=[source]), process, sources=[source])


def step(won, **changes):
    return WriteMilestone(
        **{"reference": won.reference, "title": {"en": "Draw the plan"}, "state": MilestoneState.RUNNING, **changes}
    )


def counted(process, source=None):
    pot = budgets.finished_pot(process)
    winner = budgets.project(pot, made_from=[source] if source else [])
    budgets.project(pot)
    budgets.certified(pot, [winner])
    pot.state, pot.certified_at = PotState.COUNTED, None
    db.session.flush()
    return pot, winner


def test_each_winner_of_a_certified_count_gets_a_page_and_nobody_else(session, client, process, committee, source):
    pot, winner = counted(process, source)

    certify_pot(session, committee, CertifyPot(pot.id, (uuid4(), uuid4())))

    session.commit()
    (begun,) = session.scalars(select(Implementation)).all()
    assert (begun.project_id, begun.reference, begun.won_on) == (winner.id, winner.reference, clock.now().date())
    assert "It won the vote" in client.get(f"/implementations/{winner.reference}").text
    assert f"/implementations/{winner.reference}" in client.get(f"/proposals/{source.reference}").text
    assert f"/implementations/{winner.reference}" in client.get(f"/budgets/{pot.id}/projects/{winner.reference}").text
    assert f"/implementations/in/{process.slug}" in client.get(f"/budgets/{pot.id}/result").text


def test_certifying_again_begins_only_what_is_new(session, process, committee):
    pot, winner = counted(process)
    certify_pot(session, committee, CertifyPot(pot.id, (uuid4(), uuid4())))
    other = next(one for one in pot.projects if one is not winner)
    pot.result = {**pot.result, "winners": [winner.number, other.number]}

    begin_carrying_out(session, committee, pot)
    begin_carrying_out(session, committee, pot)

    assert {one.project_id for one in session.scalars(select(Implementation))} == {winner.id, other.id}


def test_what_was_not_counted_here_begins_nothing(session, committee, process):
    pot, _winner = counted(process)
    pot.result = {"supported": False, "rule": "unknown", "voters": 3, "channels": {}, "imported": True}
    session.flush()

    certify_pot(session, committee, CertifyPot(pot.id, (uuid4(), uuid4())))

    assert session.scalars(select(Implementation)).all() == []


def test_a_step_stands_on_the_public_page_with_its_date_note_and_cost(session, client, officer, won):
    day = clock.now().date() + timedelta(days=40)
    write_milestone(session, officer, step(won, planned_for=day, note={"en": "Two firms applied."}, cost=123_400))

    page = client.get(f"/implementations/{won.reference}").text

    assert "Draw the plan" in page
    assert "Two firms applied." in page
    assert "€1,234" in page
    assert "Under way" in page


def test_those_who_follow_the_proposal_or_the_implementation_get_one_letter_each(session, officer, won, source, mailbox):
    both = accounts.person(email="both@example.org")
    proposals.follow(source, both)
    follow_implementation(session, Actor(person_id=both.id), won.reference)
    only = accounts.person(email="only@example.org")
    follow_implementation(session, Actor(person_id=only.id), won.reference)
    accounts.person(email="stranger@example.org")

    write_milestone(session, officer, step(won, note={"en": "Two firms applied."}))
    session.commit()

    for address in ("author@example.org", "both@example.org", "only@example.org"):
        (letter,) = mailbox.to(address)
        assert "Draw the plan: under way" in letter.get_content()
        assert "Two firms applied." in letter.get_content()
        assert f"/implementations/{won.reference}" in letter.get_content()
    assert mailbox.to("stranger@example.org") == []


def test_who_no_longer_follows_gets_no_letter(session, officer, won, mailbox):
    reader = accounts.person(email="reader@example.org")
    follow_implementation(session, Actor(person_id=reader.id), won.reference)
    assert follow_implementation(session, Actor(person_id=reader.id), won.reference) is False
    assert unfollow_implementation(session, Actor(person_id=reader.id), won.reference) is True
    assert unfollow_implementation(session, Actor(person_id=reader.id), won.reference) is False

    write_milestone(session, officer, step(won))

    assert mailbox.to("reader@example.org") == []
    with pytest.raises(SignInRequired):
        follow_implementation(session, ANONYMOUS, won.reference)


def test_a_change_that_was_undone_before_the_letters_left_tells_the_last_word_alone(session, officer, won, source, mailbox):
    written = write_milestone(session, officer, step(won))
    stopped = step(
        won,
        state=MilestoneState.STOPPED,
        note={"en": "No money."},
        milestone_id=written.id,
        seen_version=1,
        stop_confirmed=True,
    )
    write_milestone(session, officer, stopped)
    undo_milestone(session, officer, ChangeMilestone(written.id, 2))

    (letter,) = mailbox.to("author@example.org")

    assert "under way" in letter.get_content()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": {}}, "title"),
        ({"state": MilestoneState.DONE}, "done_on"),
        ({"state": MilestoneState.DONE, "done_on": clock.now().date() + timedelta(days=2)}, "done_on"),
        ({"state": MilestoneState.DONE, "done_on": clock.now().date() - timedelta(days=400)}, "done_on"),
        ({"done_on": clock.now().date()}, "done_on"),
        ({"planned_for": date(9000, 5, 11)}, "planned_for"),
        ({"state": MilestoneState.DELAYED}, "note"),
        ({"state": MilestoneState.STOPPED, "stop_confirmed": True}, "note"),
        ({"state": MilestoneState.STOPPED, "note": {"en": "No money."}}, "stop_confirmed"),
        ({"cost": -1}, "cost"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(session, officer, won, changes, field):
    with pytest.raises(Invalid) as refusal:
        write_milestone(session, officer, step(won, **changes))

    assert list(refusal.value.errors) == [field]
    assert session.scalars(select(Milestone)).all() == []


def test_the_last_change_can_be_undone_and_that_too(session, officer, won):
    written = write_milestone(session, officer, step(won))
    with pytest.raises(Refused):
        undo_milestone(session, officer, ChangeMilestone(written.id, 1))
    done = step(won, state=MilestoneState.DONE, done_on=clock.now().date(), milestone_id=written.id, seen_version=1)
    write_milestone(session, officer, done)

    undo_milestone(session, officer, ChangeMilestone(written.id, 2))
    assert (written.state, written.done_on) == (MilestoneState.RUNNING, None)
    undo_milestone(session, officer, ChangeMilestone(written.id, 3))

    assert (written.state, written.done_on) == (MilestoneState.DONE, clock.now().date())
    kept = session.scalars(select(MilestoneVersion.version).where(MilestoneVersion.milestone_id == written.id)).all()
    assert sorted(kept) == [1, 2, 3, 4]


def test_a_step_that_was_taken_off_can_be_brought_back(session, client, officer, won):
    written = write_milestone(session, officer, step(won))
    remove_milestone(session, officer, ChangeMilestone(written.id, 1))
    session.commit()
    address, step_id = f"/implementations/{won.reference}", written.id
    assert "Draw the plan" not in client.get(address).text
    with pytest.raises(Conflict):
        remove_milestone(db.session(), officer, ChangeMilestone(step_id, 2))

    restore_milestone(db.session(), officer, ChangeMilestone(step_id, 2))

    assert "Draw the plan" in client.get(address).text


def test_nobody_overwrites_a_colleague(session, officer, won):
    written = write_milestone(session, officer, step(won))
    change = step(won, milestone_id=written.id, seen_version=1)
    write_milestone(session, officer, change)

    with pytest.raises(Conflict):
        write_milestone(session, officer, change)
    with pytest.raises(Conflict):
        undo_milestone(session, officer, ChangeMilestone(written.id, 1))


def test_officers_of_other_processes_find_nothing(session, won, officer):
    written = write_milestone(session, officer, step(won))
    other = spaces.process()
    stranger = Actor(person_id=accounts.staff(Role.OFFICER, other).id, roles=frozenset({(Role.OFFICER, other.id)}))

    for attempt in (
        lambda: write_milestone(session, stranger, step(won)),
        lambda: undo_milestone(session, stranger, ChangeMilestone(written.id, 1)),
        lambda: remove_milestone(session, stranger, ChangeMilestone(written.id, 1)),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_every_change_is_audited(session, officer, won):
    written = write_milestone(session, officer, step(won))
    write_milestone(session, officer, replace(step(won, milestone_id=written.id, seen_version=1), title={"en": "Plan"}))
    undo_milestone(session, officer, ChangeMilestone(written.id, 2))
    remove_milestone(session, officer, ChangeMilestone(written.id, 3))
    restore_milestone(session, officer, ChangeMilestone(written.id, 4))

    session.flush()
    noted = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == written.id).order_by(AuditEntry.at)).all()
    assert noted == [
        "milestone.written",
        "milestone.written",
        "milestone.undone",
        "milestone.removed",
        "milestone.restored",
    ]


def test_where_an_implementation_stands_follows_from_its_steps(session, officer, won):
    today = clock.now().date()
    assert carried(won).state is MilestoneState.PLANNED
    first = write_milestone(session, officer, step(won, state=MilestoneState.DONE, done_on=today, cost=500))
    write_milestone(session, officer, step(won, state=MilestoneState.PLANNED, cost=700))
    now = carried(implementation_by_reference(session, won.reference))
    assert (now.state, now.done, now.steps, now.spent) == (MilestoneState.RUNNING, 1, 2, 1200)
    assert first.position < 2


def test_stopping_is_asked_twice_on_the_page(session, client, process, won):
    accounts.sign_in(client, accounts.staff(Role.OFFICER, process))
    address = f"/staff/implementations/{won.reference}/steps/new"
    typed = {"title_en": "Dig", "state": "stopped", "note_en": "No money.", "seen_version": "0"}

    asked = client.post(address, data=typed)
    assert asked.status_code == 422
    assert "Yes, it is stopped." in asked.text
    assert client.post(address, data=typed | {"stop_confirmed": "y"}).status_code == 302

    assert "No money." in client.get(f"/implementations/{won.reference}").text
