"""After a correction new winners are carried out, and what no longer wins is stopped until the officer says otherwise."""

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.answers.commands import ChangeMilestone
from app.features.answers.models import Implementation, Milestone, MilestoneState
from app.features.answers.queries import carried
from app.features.answers.use_cases import remove_milestone
from app.features.budgets.models import Pot
from app.features.committee.models import DecisionKind, Station
from app.kernel import outbox
from app.kernel.audit import AuditEntry
from app.kernel.permissions import SYSTEM
from tests.factories import committee


@pytest.fixture
def deliver(app):
    """Does what the worker does."""

    def run():
        with app.app_context():
            outbox.deliver_due(database.transaction)

    return run


def first_result():
    """Project 1 wins: two ballots from the box are for it, one is for 2; nobody voted on paper, it seems."""
    pot, place = committee.certified_with_paper({}, choices=("1", "1", "2"), amount=600_00)
    return pot, place.id


def recounted(pot_id, place_id, on_paper, deliver):
    """Other totals of the station are typed; the result is corrected, and the worker has run."""
    pot, place = database.session.get_one(Pot, pot_id), database.session.get_one(Station, place_id)
    committee.typed_again(pot, place, on_paper)
    committee.decided(DecisionKind.CORRECTION, pot.process_id, pot_id=pot_id)
    database.session.commit()
    deliver()


def standing():
    """The project numbers that are carried out, each with where it stands."""
    pot = {project.id: project.number for one in database.session.scalars(select(Pot)) for project in one.projects}
    found = database.session.scalars(select(Implementation), execution_options={"populate_existing": True})
    return {pot[one.project_id]: carried(one).state for one in found}


def test_new_winners_begin_and_what_lost_is_stopped_with_the_reason(session, client, deliver):
    pot, place_id = first_result()
    pot_id = pot.id
    session.commit()
    assert standing() == {"1": MilestoneState.PLANNED}

    recounted(pot_id, place_id, {"2": 2}, deliver)

    assert standing() == {"1": MilestoneState.STOPPED, "2": MilestoneState.PLANNED}
    lost = database.session.scalars(select(Milestone)).one()
    implementation = database.session.get_one(Implementation, lost.implementation_id)
    assert "The result was corrected" in client.get(f"/implementations/{implementation.reference}").text
    assert set(lost.title) >= {"en"}
    entry = database.session.scalars(select(AuditEntry).where(AuditEntry.action == "milestone.written")).one()
    assert entry.actor_id is None


def test_the_officer_takes_the_stop_off_and_a_later_correction_lets_it_go_on(session, deliver):
    pot, place_id = first_result()
    pot_id = pot.id
    session.commit()
    recounted(pot_id, place_id, {"2": 2}, deliver)
    recounted(pot_id, place_id, {"1": 1}, deliver)
    assert standing() == {"1": MilestoneState.PLANNED, "2": MilestoneState.STOPPED}

    lost = database.session.scalars(select(Milestone).where(Milestone.removed_at.is_(None))).one()
    remove_milestone(database.session(), SYSTEM, ChangeMilestone(lost.id, lost.version))
    assert standing() == {"1": MilestoneState.PLANNED, "2": MilestoneState.PLANNED}


def test_a_correction_to_the_same_result_stops_nothing_and_an_annulment_everything(session, deliver):
    pot, place_id = first_result()
    pot_id, process_id = pot.id, pot.process_id
    session.commit()
    recounted(pot_id, place_id, {"1": 1}, deliver)
    assert standing() == {"1": MilestoneState.PLANNED}

    committee.decided(DecisionKind.ANNULMENT, process_id, pot_id=pot_id)
    database.session.commit()
    deliver()
    assert standing() == {"1": MilestoneState.STOPPED}
    assert "annulled" in database.session.scalars(select(Milestone)).one().note["en"]
