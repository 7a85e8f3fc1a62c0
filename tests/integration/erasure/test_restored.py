"""A backup is restored: whoever had been erased since is erased again, and nobody else."""

import pytest

from app.extensions import db, files
from app.features.accounts.queries import person as person_by_id
from app.features.erasure.nightly import take_up
from app.features.erasure.use_cases import after_restore, erase_now
from app.kernel.erasure_ledger import Ledger, digest_of, ledger
from app.kernel.permissions import Actor, Role
from tests.factories import accounts


@pytest.fixture
def book(tmp_path):
    found = Ledger()
    found.bind(tmp_path / "copy.jsonl")
    return found


def test_people_and_files_of_the_ledger_go_again_and_nobody_else(session, book, mailbox):
    back, other = accounts.person(), accounts.person()
    key, kept = files.write(b"back", ".jpg"), files.write(b"other", ".jpg")
    book.add(back.id, [key])
    assert after_restore(session, book.path, dry_run=True).found == 1
    assert files.read(key) == b"back"

    found = after_restore(session, book.path)
    session.commit()
    take_up(stalled_only=False)

    assert (found.found, len(found.begun), found.files) == (1, 1, 1)
    assert person_by_id(session, back.id) is None
    assert person_by_id(session, other.id) is not None
    assert files.read(kept) == b"other"
    with pytest.raises(FileNotFoundError):
        files.read(key)
    assert mailbox.collect() == []  # they have had their last letter
    again = after_restore(session, book.path)
    assert (again.found, len(again.begun), again.files) == (0, 0, 0)


def test_a_backup_made_in_the_midst_of_it_goes_on(session, book):
    person = accounts.person()
    erase_now(session, Actor(person_id=person.id), person.id)
    session.commit()
    book.add(person.id)

    after_restore(session, book.path)
    session.commit()
    assert take_up(stalled_only=False) == 1
    assert person_by_id(session, person.id) is None


def test_an_administrator_who_came_back_as_the_last_one_is_reported(session, book):
    person = accounts.staff(Role.ADMINISTRATOR)
    book.add(person.id)

    assert after_restore(session, book.path).refused == 1


def test_half_a_line_and_a_missing_ledger(session, book, tmp_path):
    person = accounts.person()
    book.path.write_text('{"person": "abc", "at"')
    book.add(person.id)

    assert [entry.digest for entry in book.entries()] == [digest_of(person.id)]
    with pytest.raises(FileNotFoundError):
        after_restore(session, tmp_path / "nowhere")


def test_the_command_says_what_it_does(app, session):
    person_id = accounts.person().id
    ledger.add(person_id)
    session.commit()
    run = app.test_cli_runner().invoke

    said = run(args=["erasure", "after-restore", "--dry-run"]).output
    assert "1 people and 0 files of the ledger have come back." in said
    assert person_by_id(db.session(), person_id) is not None
    assert "1 people erased again." in run(args=["erasure", "after-restore"]).output
    assert run(args=["erasure", "after-restore", "/nowhere/ledger"]).exit_code == 1
    assert "0 taken up" in run(args=["erasure", "go-on"]).output
