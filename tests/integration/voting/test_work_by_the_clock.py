"""What the worker does by the clock: one damaged vote stops no other, and whoever watches the worker hears of it."""

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.budgets.models import Pot
from app.features.committee import nightly
from app.features.committee.tasks import retention
from app.features.spaces.models import Process
from app.features.voting import tasks
from app.features.voting.commands import CastBallot
from app.features.voting.keys.keyring import Keyring
from app.features.voting.queries import open_boxes
from app.features.voting.use_cases import begun_votes, cast_ballot
from app.kernel.one_by_one import SomeFailed
from app.kernel.permissions import Actor
from tests.factories import voting


@pytest.fixture
def votes(app, session):
    """Three votes in which people vote; the second will be damaged."""
    kept = Keyring(app.config["SETTINGS"].keys)
    pots = [voting.pot() for _ in range(3)]
    for pot in pots:
        (person,) = voting.voters(pot, 1)
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), kept)
    session.commit()
    return [pot.process_id for pot in pots]


WORK = {
    "seal_boxes": (tasks, tasks.seal),
    "note_roll": (tasks, tasks.note_rolls),
    "sign_heads": (tasks, tasks.sign),
    "announce_destruction": (nightly, retention),
}


@pytest.mark.parametrize("name", WORK)
def test_one_damaged_vote_stops_no_other(votes, monkeypatch, caplog, name):
    module, task = WORK[name]
    works, done = getattr(module, name), []

    def fragile(session, process_id, *more):
        if process_id == votes[1]:
            raise ValueError("damaged")
        done.append(process_id)
        return works(session, process_id, *more)

    monkeypatch.setattr(module, name, fragile)
    database.session.commit()

    with pytest.raises(SomeFailed, match="1 of 3"):
        task()

    assert set(done) == {votes[0], votes[2]}
    assert str(votes[1]) in caplog.text


def test_a_vote_whose_pots_are_all_annulled_is_left_alone_once_its_last_day_is_signed(clock, votes, session):
    dead, half = votes[:2]
    voting.pot(session.get_one(Process, half))  # one more, which counts
    for process_id in (dead, half):
        pot = session.scalars(select(Pot).where(Pot.process_id == process_id).order_by(Pot.created_at)).first()
        pot.annulled_at = clock.now
    session.flush()

    assert set(open_boxes(session)) == set(votes)  # what came before it was annulled is still signed
    assert set(begun_votes(session)) == {half, votes[2]}
    clock.advance(hours=25)
    assert set(open_boxes(session)) == {half, votes[2]}


def test_the_command_says_what_was_done_and_that_something_failed(app, votes, monkeypatch):
    def fragile(_session, process_id):
        if process_id == votes[1]:
            raise ValueError("damaged")

    monkeypatch.setattr(nightly, "announce_destruction", fragile)

    told = app.test_cli_runner().invoke(args=["voting", "retention"])

    assert told.exit_code == 1
    assert told.output.count("nothing is due") == 3
    assert "ending a vote failed for 1 of 3" in told.output
