"""A withdrawal while a release is being made: the person is not in it, or it says that it was before. Never a half."""

import csv
import json
import threading
import time

import pytest

from app.extensions import db as database
from app.features.consents.commands import EndAgreement, WithdrawConsent
from app.features.consents.models import ConsentRecord, Notice, NoticeKind, Usage
from app.features.consents.queries import reference_of
from app.features.consents.use_cases import end_agreement, withdraw_consent
from app.features.dataplatform import use_cases
from app.features.dataplatform.commands import MakeRelease
from app.features.dataplatform.models import Release
from app.features.dataplatform.use_cases import make_release
from app.features.erasure.use_cases import erase_now
from app.features.erasure.use_cases.running import one_step
from app.kernel.errors import Conflict
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, consents


@pytest.fixture
def city(committing_db):
    """An agreement that four people allow, committed: (agreement id, recipient id, ids of the people)."""
    agreement = consents.agreement()
    people = [accounts.person() for _ in range(4)]
    for person in people:
        consents.consent(agreement, person)
    found = agreement.id, agreement.recipient_id, [person.id for person in people]
    database.session.commit()
    database.session.remove()
    return found


def withdraw(agreement_id, person_id):
    with database.transaction() as session:
        withdraw_consent(session, Actor(person_id=person_id), WithdrawConsent(agreement_id, person_id))


def release(folder, name="contact-opt-ins", agreement_id=None):
    """Make and publish a release; returns its facts, manifest and the references in its table."""
    with database.transaction() as session:
        made = make_release(session, SYSTEM, MakeRelease(name, folder, "", agreement_id))
        facts = made.release.id, made.release.read_at, made.release.people, made.release.rows
    made.publish()
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        references = {row["reference"] for row in csv.DictReader(file)}
    return facts, json.loads((folder / f"{name}.json").read_text()), references


def told(release_id):
    """Whose usage names this release."""
    with database.transaction() as session:
        rows = session.query(Usage).filter_by(kind="release").all()
        return {one.person_id: one.at for one in rows if one.details.get("release") == str(release_id)}


def since(agreement_id, person_id):
    with database.transaction() as session:
        return session.query(ConsentRecord).filter_by(agreement_id=agreement_id, person_id=person_id).one().since


def is_postgresql():
    return not database.is_sqlite


@pytest.mark.parametrize("name", ["contact-opt-ins", "hand-over"])
def test_who_leaves_while_the_rows_are_read_is_in_no_part_of_the_release(city, tmp_path, monkeypatch, name):
    """On SQLite writers wait for each other: there the withdrawal comes after the release, and is seen to."""
    agreement_id, recipient_id, people = city
    leaves = people[0]
    reference = reference_of(recipient_id, leaves)
    threads = []
    real = use_cases._files

    def files_while_somebody_leaves(making, rows, left):
        if not threads:
            thread = threading.Thread(target=withdraw, args=(agreement_id, leaves))
            threads.append(thread)
            thread.start()
            if is_postgresql():
                thread.join(timeout=20)
                assert not thread.is_alive(), "a withdrawal waits for the reading of a release"
        return real(making, rows, left)

    monkeypatch.setattr(use_cases, "_files", files_while_somebody_leaves)
    (release_id, read_at, count, rows), manifest, references = release(tmp_path, name, agreement_id)
    threads[0].join(timeout=20)

    assert manifest["read_at"] == manifest["predates_withdrawals_after"] == read_at.isoformat()
    assert count == rows == len(references) == len(told(release_id))
    if is_postgresql():
        assert reference not in references
        assert leaves not in told(release_id)
        assert len(references) == 3
    else:
        assert reference in references
        assert told(release_id)[leaves] == read_at
        assert since(agreement_id, leaves) > read_at
    readme = (tmp_path / f"{name}.README.md").read_text()
    assert "predates the withdrawal" in readme
    assert all(file["sha256"] for file in manifest["files"])


def test_who_is_erased_while_a_release_is_made_is_not_in_it(city, tmp_path, monkeypatch):
    """Erasing deletes the answers themselves, so nothing is left that would say when they were taken back."""
    _agreement_id, recipient_id, people = city
    if not is_postgresql():
        pytest.skip("on SQLite an erasure waits for the whole release")
    leaves, reference = people[0], reference_of(recipient_id, people[0])
    real, parts = use_cases._tell, []

    def tell_after_somebody_was_erased(*arguments):
        if not parts:
            with database.separate_transaction() as session:
                erasure_id = erase_now(session, Actor(person_id=leaves), leaves).id
            while not parts or parts[-1] != "handed_over":
                with database.separate_transaction() as session:
                    parts.append(one_step(session, erasure_id, _Book()))
        return real(*arguments)

    monkeypatch.setattr(use_cases, "_tell", tell_after_somebody_was_erased)
    (release_id, _read_at, count, rows), _manifest, references = release(tmp_path)

    with database.transaction() as session:
        assert session.query(ConsentRecord).filter_by(person_id=leaves).count() == 0
        assert NoticeKind.ERASED in {one.kind for one in session.query(Notice)}
    assert reference not in references
    assert leaves not in told(release_id)
    assert count == rows == len(references) == 3


class _Book:
    """A ledger that nobody reads."""

    def add(self, *_arguments):
        """Take no note."""


def test_who_leaves_at_the_very_end_waits_and_is_later_than_the_release(city, tmp_path, monkeypatch):
    agreement_id, recipient_id, people = city
    leaves = people[0]
    held, finished = threading.Event(), []
    real = use_cases.left_since
    calls = []

    def left_since_while_somebody_leaves(*arguments):
        calls.append(1)
        found = real(*arguments)
        if len(calls) == 2:  # the second look is the one that holds everybody still
            thread = threading.Thread(target=lambda: (withdraw(agreement_id, leaves), finished.append(time.monotonic())))
            thread.start()
            calls.append(thread)
            time.sleep(0.4)
            held.set()
            assert finished == [], "the withdrawal went through between the last look and the commit"
        return found

    monkeypatch.setattr(use_cases, "left_since", left_since_while_somebody_leaves)
    (release_id, read_at, count, _rows), _manifest, references = release(tmp_path)
    calls[2].join(timeout=20)

    assert held.is_set()
    assert finished
    assert count == 4
    assert reference_of(recipient_id, leaves) in references
    assert told(release_id)[leaves] == read_at < since(agreement_id, leaves)
    with database.transaction() as session:
        assert session.query(Notice).one().reference == reference_of(recipient_id, leaves)


def test_a_release_under_an_agreement_that_ends_meanwhile_does_not_come_about(city, tmp_path, monkeypatch):
    agreement_id, _recipient_id, _people = city
    if not is_postgresql():
        pytest.skip("on SQLite whoever ends an agreement waits for the whole release")
    real, calls = use_cases._tell, []

    def tell_after_it_has_ended(*arguments):
        if not calls:
            calls.append(1)
            with database.separate_transaction() as session:
                end_agreement(session, SYSTEM, EndAgreement(agreement_id))
        return real(*arguments)

    monkeypatch.setattr(use_cases, "_tell", tell_after_it_has_ended)
    with pytest.raises(Conflict):
        release(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with database.transaction() as session:
        assert session.query(Usage).count() == session.query(Release).count() == 0


def test_many_who_leave_and_many_releases_agree_about_everybody(committing_db, tmp_path):
    agreement = consents.agreement()
    people = [accounts.person() for _ in range(24)]
    for person in people:
        consents.consent(agreement, person)
    agreement_id, recipient_id, ids = agreement.id, agreement.recipient_id, [person.id for person in people]
    database.session.commit()
    database.session.remove()
    start, errors = threading.Barrier(5), []

    def leave(mine):
        try:
            start.wait(timeout=20)
            for person_id in mine:
                withdraw(agreement_id, person_id)
                time.sleep(0.01)
        except Exception as error:
            errors.append(error)

    leaving = [ids[first:24:4][:5] for first in range(4)]
    threads = [threading.Thread(target=leave, args=(mine,)) for mine in leaving]
    for thread in threads:
        thread.start()
    start.wait(timeout=20)
    made = []
    for number in range(6):
        folder = tmp_path / str(number)
        folder.mkdir()
        made.append(release(folder))
        time.sleep(0.02)
    for thread in threads:
        thread.join(timeout=60)

    assert errors == []
    stays = set(ids).difference(*leaving)
    for (release_id, read_at, count, _rows), _manifest, references in made:
        noted = told(release_id)
        assert {reference_of(recipient_id, one) for one in noted} == references
        assert count == len(references)
        assert stays <= set(noted)
        assert all(since(agreement_id, person_id) > read_at for person_id in set(noted) - stays)


def test_an_account_that_is_erased_meanwhile_stops_the_release_with_words(city, tmp_path, monkeypatch):
    _agreement_id, _recipient_id, _people = city

    def gone(*_arguments, **_words):
        from sqlalchemy.exc import IntegrityError

        raise IntegrityError("insert", {}, Exception("foreign key"))

    monkeypatch.setattr(use_cases, "note_usages", gone)
    with pytest.raises(Conflict, match="erased"):
        release(tmp_path)
    assert list(tmp_path.iterdir()) == []
