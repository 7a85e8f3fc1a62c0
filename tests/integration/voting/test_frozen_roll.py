"""The list of voters is noted when the vote has begun, and whoever adds somebody behind everybody's back is seen."""

import hashlib
import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from app.extensions import db as database
from app.features.committee import printing
from app.features.committee.protocol import record_of
from app.features.spaces.models import Process
from app.features.voting.models import FrozenRoll, RollEntry
from app.features.voting.package import archive
from app.features.voting.queries import frozen_roll
from app.features.voting.rules import voter_key
from app.features.voting.tasks import note_rolls
from app.features.voting.use_cases import begun_votes, close_box, forget_voters, hashed, import_roll, note_roll
from app.features.voting.use_cases.casting import ready_box
from app.features.voting.voters.roll_file import RollRow
from app.kernel.permissions import SYSTEM
from tests.factories import spaces, voting

NUMBERS = ("AB12345", "CD98765", "EF55555")


def digest_of(process_id, *numbers):
    """As anybody would work it out who has the list and the key: not with the program's own function."""
    keys = sorted(voter_key(voting.SECRET, process_id, one) for one in numbers)
    return hashlib.sha256("".join(f"{key}\n" for key in keys).encode()).hexdigest()


def test_the_list_is_noted_once_the_vote_has_begun_and_not_before(session, clock):
    process = voting.process_with_roll(*NUMBERS, opens_in=3)
    voting.pot(process)
    voting.process_with_roll("AB12345")  # people vote, and no ballot is fixed
    assert begun_votes(session) == []
    clock.advance(days=4)

    assert begun_votes(session) == [process.id]
    noted = note_roll(session, process.id)

    assert (noted.entries, noted.sha256) == (3, digest_of(process.id, *NUMBERS))
    assert begun_votes(session) == []
    voting.listed(process, "ZZ99999")
    assert note_roll(session, process.id).entries == 3


def test_the_task_notes_every_vote_in_its_own_transaction(db, clock):
    processes = [voting.process_with_roll(*NUMBERS[:number]) for number in (1, 2)]
    for process in processes:
        voting.pot(process)
    ids = [process.id for process in processes]
    db.session.commit()

    assert (note_rolls(), note_rolls()) == (2, 0)
    assert [frozen_roll(database.session(), one).entries for one in ids] == [1, 2]


@pytest.mark.parametrize("intruder", [False, True])
def test_an_entry_that_comes_in_during_the_vote_is_seen_in_the_protocol(session, clock, keyring, intruder):
    process = voting.process_with_roll(*NUMBERS)
    pot = voting.pot(process)
    noted = note_roll(session, process.id)
    voting.ballots(pot, [])
    ready_box(session, process.id, keyring)
    if intruder:
        session.delete(session.query(RollEntry).filter_by(process_id=process.id).first())
        voting.listed(process, "ZZ99999")  # so that the length is the same
    clock.advance(days=400)
    close_box(session, SYSTEM, process.id, keyring)

    said = record_of(session, session.get(Process, process.id))["list_of_voters"]

    assert (said["entries"], said["sha256"]) == (3, noted.sha256)
    assert said["at_closing"]["entries"] == 3
    assert said["unchanged"] is not intruder
    forget_voters(session, process.id)
    assert record_of(session, session.get(Process, process.id))["list_of_voters"] == said


def test_the_note_is_made_anew_when_the_list_changes_because_the_phase_was_moved(session, clock):
    process = voting.process_with_roll(*NUMBERS)
    voting.pot(process)
    note_roll(session, process.id)
    for phase in process.phases:
        phase.starts_at = clock.now + timedelta(days=2)
    session.flush()

    import_roll(session, SYSTEM, process.id, hashed([RollRow("GH11111")], process.id, voting.SECRET))

    assert session.query(FrozenRoll).count() == 0
    clock.advance(days=3)
    assert note_roll(session, process.id).sha256 == digest_of(process.id, *NUMBERS, "GH11111")


def test_everybody_can_copy_the_note_while_people_vote(client, db):
    pot = voting.pot(voting.process_with_roll(*NUMBERS))
    pot_id, process_id = pot.id, pot.process_id
    note_roll(db.session(), process_id)
    db.session.commit()

    page = client.get(f"/budgets/{pot_id}").text

    assert "3 voters were on the list" in page
    assert digest_of(process_id, *NUMBERS) in page


def test_the_package_has_it_beside_the_digests_of_its_files(app, session, keyring):
    pot = voting.published_pot(keyring)
    session.add(FrozenRoll(process_id=pot.process_id, entries=3, sha256="a" * 64, closed_entries=3, closed_sha256="a" * 64))
    session.flush()

    with app.test_request_context():
        whole = zipfile.ZipFile(BytesIO(b"".join(archive.stream(session, pot))))
        alone = b"".join(archive.single(session, pot, "manifest.json"))
    manifest = json.loads(whole.read("manifest.json"))

    assert (manifest["list_of_voters"]["sha256"], manifest["list_of_voters"]["unchanged"]) == ("a" * 64, True)
    assert alone == whole.read("manifest.json")
    assert set(manifest["files"]) == set(whole.namelist()) - {"manifest.json"}


def test_the_printed_protocol_says_whether_it_is_the_same_list(app, session):
    process = spaces.process("Vote", open_for=None)
    note = FrozenRoll(process_id=process.id, entries=3, sha256="a" * 64, closed_entries=4, closed_sha256="b" * 64)
    session.add(note)
    session.flush()

    with app.test_request_context():
        printed = str(printing._about(record_of(session, process)))

    assert "3 entries, check code" in printed
    assert "the list was another one: 4 entries" in printed
