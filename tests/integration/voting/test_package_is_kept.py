"""A package is built once and kept; it is never served when what it is made from has changed."""

import zipfile
from io import BytesIO
from os import urandom
from uuid import uuid4

import pytest

from app.extensions import db as database
from app.features.committee.models import DecisionKind
from app.features.spaces.models import Process
from app.features.voting.box.envelopes import receipt_of
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Envelope
from app.features.voting.package import archive, kept
from app.features.voting.sealing import seal_waiting
from app.features.voting.use_cases import count_pot
from app.features.voting.use_cases.casting import ready_box
from tests.factories import committee, voting
from tests.factories.tools import add


@pytest.fixture
def pot(app, session):
    """A pot that two members certified, published ballot by ballot."""
    found = voting.opened_pot(Keyring(app.config["SETTINGS"].keys))
    count_pot(session, committee.member(found.process_id, "Clara Counter"), found.id)
    voting.to_publish(found, "rows")
    committee.decided(DecisionKind.CERTIFICATION, found.process_id, pot_id=found.id)
    session.commit()
    return found


@pytest.fixture
def built(monkeypatch):
    """Counts how often a package is built."""
    times, build = [], archive.stream

    def counted(session, pot):
        times.append(pot.id)
        return build(session, pot)

    monkeypatch.setattr(archive, "stream", counted)
    return times


def folder(app, pot_id):
    return sorted((app.config["SETTINGS"].var / "packages" / pot_id.hex).iterdir())


def test_it_is_built_once_and_lost_files_are_built_anew(app, client, pot, built):
    pot_id = pot.id
    first = client.get(f"/voting/{pot_id}/package.zip").data
    assert client.get(f"/voting/{pot_id}/package.zip").data == first
    assert len(built) == 1
    (place,) = folder(app, pot_id)
    assert place.read_bytes() == first

    place.unlink()
    assert client.get(f"/voting/{pot_id}/package.zip").data == first
    assert len(built) == 2


def test_after_a_correction_or_an_annulment_the_old_one_is_never_served(app, client, pot, built):
    pot_id, process_id = pot.id, pot.process_id
    first = client.get(f"/voting/{pot_id}/package.zip").data
    (old,) = folder(app, pot_id)

    committee.decided(DecisionKind.CORRECTION, process_id, pot_id=pot_id)
    database.session.commit()
    second = client.get(f"/voting/{pot_id}/package.zip").data
    assert second != first
    assert '"version": 2' in zipfile.ZipFile(BytesIO(second)).read("protocol.json").decode()
    assert [place != old for place in folder(app, pot_id)] == [True]

    committee.decided(DecisionKind.ANNULMENT, process_id, pot_id=pot_id)
    database.session.commit()
    third = client.get(f"/voting/{pot_id}/package.zip").data
    assert "annulled" in zipfile.ZipFile(BytesIO(third)).read("publication.json").decode()
    assert len(built) == 3


def test_a_reader_who_goes_away_leaves_the_whole_package_to_the_next(app, session, pot, built):
    place = app.config["SETTINGS"].var / "packages"
    with app.app_context():
        pieces = kept.whole(session, pot, place)
        assert next(pieces)
        pieces.close()
        assert zipfile.ZipFile(BytesIO(b"".join(kept.whole(session, pot, place)))).testzip() is None
    assert len(built) == len(folder(app, pot.id)) == 1


def test_whoever_asks_for_single_files_first_has_the_package_built_once(client, pot, built):
    pot_id = pot.id
    names = archive.file_names(database.session(), pot)
    alone = {name: client.get(f"/voting/{pot_id}/package/{name}").data for name in names}
    whole = zipfile.ZipFile(BytesIO(client.get(f"/voting/{pot_id}/package.zip").data))
    assert {name: whole.read(name) for name in whole.namelist()} == alone
    assert len(built) == 1


def test_a_rehearsal_keeps_nothing(app, client, session, pot):
    from app.features.spaces.models import ProcessState
    from tests.factories import spaces

    space = session.get_one(Process, pot.process_id)
    space.rehearsal_of, space.state = spaces.process().id, ProcessState.DRAFT
    session.flush()
    with app.app_context():
        assert b"".join(kept.whole(session, pot, app.config["SETTINGS"].var / "packages"))
    assert not (app.config["SETTINGS"].var / "packages" / pot.id.hex).exists()


def test_whoever_edits_the_title_of_the_process_changes_neither_board_nor_package(client, session, pot):
    pot_id, process_id = pot.id, pot.process_id
    board, package = client.get(f"/voting/{pot_id}/board.jsonl").data, client.get(f"/voting/{pot_id}/package.zip").data
    session.get_one(Process, process_id).title = {"en": "Another title of everything"}
    session.commit()
    assert client.get(f"/voting/{pot_id}/board.jsonl").data == board
    assert client.get(f"/voting/{pot_id}/package.zip").data == package


def test_a_package_that_is_kept_says_the_words_of_today(client, session, pot):
    pot_id, process_id = pot.id, pot.process_id
    client.get(f"/voting/{pot_id}/package.zip")
    session.get_one(Process, process_id).area.name = {"en": "Renamed quarter"}
    session.commit()
    whole = zipfile.ZipFile(BytesIO(client.get(f"/voting/{pot_id}/package.zip").data))
    assert "Renamed quarter" in whole.read("ballots.pb").decode()
    assert client.get(f"/voting/{pot_id}/package/ballots.pb").data == whole.read("ballots.pb")


def test_blocks_of_a_copy_stay_when_others_come_and_the_page_says_no_more_than_that(app, client, session):
    pot = voting.pot()
    ready_box(session, pot.process_id, Keyring(app.config["SETTINGS"].keys))
    pot_id = pot.id
    copies = []
    for _ in range(2):
        for content in (urandom(60) for _ in range(25)):
            add(Envelope(id=uuid4(), pot_id=pot_id, ciphertext=content, receipt=receipt_of(pot_id, content)))
        seal_waiting(database.session(), pot_id, everything=True)
        database.session.commit()
        copies.append(client.get(f"/voting/{pot_id}/board.jsonl").data.splitlines())
    _head, *earlier, _foot = copies[0]
    assert copies[1][1:3] == [*earlier, copies[1][2]]
    assert copies[0] != copies[1]
    assert "a block in your copy stays as it is" in client.get(f"/voting/{pot_id}/board").text
