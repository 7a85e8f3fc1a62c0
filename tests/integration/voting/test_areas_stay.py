"""Where areas lie says who may vote where: it stays while a vote needs it, and a second ballot in a pot is never taken."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.features.budgets.choices import Choices
from app.features.budgets.models import PotState
from app.features.spaces.area_files.rows import ImportOptions
from app.features.spaces.commands import ChangeProcess, ProcessDetails, UploadAreas
from app.features.spaces.models import Area, Process
from app.features.spaces.use_cases import change_process, import_areas, upload_areas
from app.features.voting.commands import CastAtDesk
from app.features.voting.models import ContestState, Envelope, VotingParticipation
from app.features.voting.rules import granted_slot
from app.features.voting.sealing import scatter
from app.features.voting.use_cases import cast_at_desk
from app.features.voting.voters.eligibility import granted_ballots
from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.permissions import SYSTEM, Channel
from tests.factories import spaces, voting
from tests.integration.voting.test_slots import SECRET, Town


def moved(area, parent):
    """A file that hangs an area into another one."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"name": area.name["en"], "code": area.code, "parent": parent.code},
                    "geometry": json.loads(area.geojson),
                }
            ],
        }
    ).encode()


def details_of(process, area_id):
    """The process as it is, but for its area."""
    return ProcessDetails(
        title=process.title,
        area_id=area_id,
        summary=process.summary,
        description=process.description,
        publication=process.publication,
        participation=process.participation,
        slug=process.slug,
        contact=process.contact,
    )


def change_area(session, process, area):
    return change_process(session, SYSTEM, ChangeProcess(process.id, process.version, details_of(process, area.id)))


@pytest.mark.parametrize(("pot", "move"), [("north", "quarter"), ("city", "process")])
def test_whoever_changes_areas_in_the_database_itself_gives_nobody_a_second_ballot(session, keyring, pot, move):
    town = Town("own_plus_one")
    town.cast(session, keyring, pot)
    if move == "quarter":
        session.get_one(Area, town.areas["quarter"].id).parent_id = town.areas["south"].id
    else:
        session.get_one(Process, town.process.id).area_id = town.areas["north"].id
    session.flush()
    session.expire_all()

    with pytest.raises(Conflict, match="cast for this person already"):
        town.cast(session, keyring, pot)
    assert session.query(VotingParticipation).count() == session.query(Envelope).count() == 1


def test_a_granted_ballot_is_one_more_and_no_third(session, keyring):
    town = Town("own_plus_one")
    town.cast(session, keyring, "north")
    pot, key = town.pots["north"], town.voter(session).key
    voting.contest(pot, voter_key=key, state=ContestState.UPHELD, granted_slot=granted_slot("own"))
    again = CastAtDesk(pot.id, "AB12345", Choices(("2",)), voting.BORN)
    cast_at_desk(session, voting.clerk(pot), again, SECRET, keyring)
    scatter(session, town.process.id)  # as closing the box does

    assert granted_ballots(session, town.process.id) == {pot.id: 1}
    assert sorted(session.scalars(select(VotingParticipation.granted))) == [False, True]
    third = CastAtDesk(pot.id, "AB12345", Choices(("3",)), voting.BORN)
    with pytest.raises(Conflict):
        cast_at_desk(session, voting.clerk(pot), third, SECRET, keyring)


def test_the_database_itself_refuses_two_ballots_of_one_entry_in_a_pot(session):
    pot = voting.pot()
    for slot in ("own", "other"):
        values = {"process_id": pot.process_id, "pot_id": pot.id, "voter_key": "a" * 64, "slot": slot}
        session.add(VotingParticipation(**values, channel=Channel.WEB, day=clock.now().date()))
    with pytest.raises(IntegrityError):
        session.flush()


def test_areas_of_a_vote_are_not_put_elsewhere_before_it_is_over(session):
    town = Town("own_plus_one")
    file = moved(town.areas["quarter"], town.areas["south"])

    for refused in (
        lambda: import_areas(session, SYSTEM, file, ImportOptions()),
        lambda: upload_areas(session, SYSTEM, UploadAreas("areas.geojson", file, ImportOptions())),
    ):
        with pytest.raises(Conflict, match=r"Quarter.*cannot be put into another area"):
            refused()
    same = import_areas(session, SYSTEM, moved(town.areas["quarter"], town.areas["north"]), ImportOptions())

    assert not any("parent" in one.changes for one in same.areas)
    for pot in town.pots.values():
        pot.annulled_at = clock.now()
    session.flush()
    import_areas(session, SYSTEM, file, ImportOptions())
    assert session.get_one(Area, town.areas["quarter"].id).parent_id == town.areas["south"].id


def test_areas_that_no_vote_needs_may_move(session):
    Town("own_plus_one")
    elsewhere = spaces.area("Other city")
    one, other = spaces.area("One", parent=elsewhere), spaces.area("Other", parent=elsewhere)
    import_areas(session, SYSTEM, moved(one, other), ImportOptions())

    assert session.get_one(Area, one.id).parent_id == other.id


@pytest.mark.parametrize(
    ("state", "held"), [(PotState.DRAFT, False), (PotState.READY, True), (PotState.COUNTED, True), (PotState.CERTIFIED, False)]
)
def test_the_area_of_a_process_stays_while_a_ballot_is_fixed_and_not_certified(session, state, held):
    process = voting.process_with_roll("AB12345")
    pot = voting.pot(process)
    pot.state = state
    session.flush()
    if held:
        with pytest.raises(Conflict, match="who may vote where"):
            change_area(session, process, spaces.area("Elsewhere"))
        change_area(session, process, process.area)  # nothing changes, nothing is refused
    else:
        change_area(session, process, spaces.area("Elsewhere"))


def test_a_rehearsal_and_an_imported_election_keep_no_area(session):
    process = voting.process_with_roll("AB12345")
    pot = voting.pot(process)
    pot.options = {"imported": True}
    rehearsal = spaces.process("Copy", state="draft", rehearsal_of=process.id)
    voting.pot(rehearsal)

    for one in (process, rehearsal):
        change_area(session, one, spaces.area("Elsewhere"))
