"""Once people vote, nobody changes the time of the vote alone: the committee decides, by two members."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.features.budgets.models import PotState
from app.features.spaces.commands import AddPhase, ChangePhase, PhaseDetails
from app.features.spaces.models import Action, Phase, Process, ProcessState
from app.features.spaces.use_cases import add_phase, change_phase, remove_phase, restore_phase, set_process_state
from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.permissions import Actor, Role
from tests.factories import spaces, voting

ADMINISTRATOR = Actor(person_id=uuid.uuid4(), is_administrator=True)


def process_of(session, pot):
    return session.get_one(Process, pot.process_id)


def details(phase, **changes):
    base = PhaseDetails(phase.title, phase.description or {}, phase.starts_at, phase.ends_at, tuple(map(Action, phase.actions)))
    return replace(base, **changes)


def steps(session, process):
    """Everything by which somebody who manages a process could move its vote."""
    phase = session.scalars(select(Phase).where(Phase.process_id == process.id, Phase.removed_at.is_(None))).first()
    gone = spaces.phase(
        process, "Once more", actions=["vote"], removed_at=clock.now(), starts_at=clock.now() + timedelta(days=40)
    )
    later = phase.ends_at + timedelta(days=30)
    session.flush()
    session.expire_all()

    def change(**changes):
        command = ChangePhase(process.id, phase.id, phase.version, details(phase, **changes))
        return lambda: change_phase(session, ADMINISTRATOR, command)

    again = AddPhase(process.id, uuid.uuid4(), details(phase, starts_at=phase.ends_at, ends_at=later))
    return {
        "end it": change(ends_at=clock.now()),
        "extend it": change(ends_at=later),
        "close it": change(actions=(Action.PROPOSE,)),
        "add one": lambda: add_phase(session, ADMINISTRATOR, again),
        "restore one": lambda: restore_phase(session, ADMINISTRATOR, process.id, gone.id),
        "archive": lambda: set_process_state(session, ADMINISTRATOR, process.id, ProcessState.ARCHIVED),
        "remove it": lambda: remove_phase(session, ADMINISTRATOR, process.id, phase.id),
    }


STEPS = pytest.mark.parametrize("step", ["end it", "extend it", "close it", "add one", "restore one", "archive", "remove it"])


@STEPS
@pytest.mark.parametrize("state", [PotState.READY, PotState.COUNTED])
def test_nobody_moves_a_vote_that_has_begun_alone(session, step, state):
    pot = voting.pot(state=state)
    with pytest.raises(Conflict, match=r"Ask the committee: two of its members"):
        steps(session, process_of(session, pot))[step]()


@STEPS
@pytest.mark.parametrize("free", ["a draft", "certified", "annulled", "imported", "not begun"])
def test_before_the_vote_and_after_it_whoever_manages_the_process_changes_it(session, step, free):
    process = spaces.process("Vote", open_for=None)
    begins = timedelta(days=3 if free == "not begun" else -1)
    spaces.phase(process, "Vote", actions=["vote"], starts_at=clock.now() + begins, ends_at=clock.now() + timedelta(days=20))
    states = {"a draft": PotState.DRAFT, "certified": PotState.CERTIFIED}
    pot = voting.pot(process, state=states.get(free, PotState.READY))
    if free == "annulled":
        pot.annulled_at = clock.now()
    if free == "imported":
        pot.options = {"imported": True}
    session.flush()
    if not (step == "end it" and free == "not begun"):  # it cannot end before it begins
        steps(session, process)[step]()


@pytest.mark.parametrize("step", ["end it", "extend it", "add one", "restore one", "remove it"])
def test_the_time_of_a_rehearsal_is_free(session, step):
    rehearsal = spaces.process("Copy", open_for=["vote"], state="draft", rehearsal_of=voting.pot().process_id)
    voting.pot(rehearsal)
    steps(session, rehearsal)[step]()


def test_words_and_phases_without_a_vote_can_still_be_changed(session):
    process = process_of(session, voting.pot())
    vote = session.scalars(select(Phase).where(Phase.process_id == process.id)).one()
    worded = ChangePhase(process.id, vote.id, vote.version, details(vote, title={"en": "Vote now"}))
    change_phase(session, ADMINISTRATOR, worded)
    other = AddPhase(process.id, uuid.uuid4(), details(vote, actions=(Action.PROPOSE,)))
    added = add_phase(session, ADMINISTRATOR, other)
    remove_phase(session, ADMINISTRATOR, process.id, added.id)

    assert vote.title == {"en": "Vote now"}


def test_the_pages_say_that_the_committee_decides(session, as_role):
    process = process_of(session, voting.pot())
    process_id = process.id
    phase_id = session.scalar(select(Phase.id).where(Phase.process_id == process_id))
    client = as_role(Role.ADMINISTRATOR)
    session.commit()

    for step in (f"phases/{phase_id}/remove", "state/archived"):
        answer = client.post(f"/staff/processes/{process_id}/{step}", follow_redirects=True)
        assert "Ask the committee" in answer.text
    assert session.scalar(select(Phase.removed_at)) is None
