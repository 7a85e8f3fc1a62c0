"""Somebody about whom every room knows something is erased; then every table, file and index is looked through."""

from shutil import rmtree

import pytest

from app.extensions import files
from app.features.consents.models import Notice, NoticeKind
from app.features.erasure.models import Erasure, ErasureState
from app.features.erasure.queries import preview_erasure
from app.features.erasure.use_cases import erase_now, go_on
from app.features.newsletters.models import Newsletter
from app.features.notifications.tasks import empty_outbox
from app.features.proposals.models import Comment, Photo, Proposal
from app.features.receipts.models import Receipt
from app.kernel.erasure_ledger import digest_of, ledger
from app.kernel.mail import FolderPostman, letter
from app.kernel.permissions import Actor
from tests.factories.erasure import EMAIL, MARK, NAME, PHONE, busy_person
from tests.support.traces import in_files, in_tables, spellings

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def erased(committing_db, app):
    """The busy person's id, what was foretold, and what was done."""
    var = app.config["SETTINGS"].var
    rmtree(var / "files")
    rmtree(var / "mail", ignore_errors=True)
    with app.app_context(), committing_db.transaction():
        person_id = busy_person().id
    earlier = letter(sender="a@example.org", to=f"{NAME} <{EMAIL}>", subject="Hello", body=MARK, key="earlier")
    FolderPostman(var / "mail").send(earlier)
    with committing_db.transaction() as session:
        foretold = preview_erasure(session, person_id)
    before = in_tables(committing_db.engine, spellings(person_id, MARK, NAME, EMAIL, PHONE))
    with committing_db.transaction() as session:
        erasure_id = erase_now(session, Actor(person_id=person_id), person_id).id
    with app.app_context():
        go_on(committing_db.transaction, erasure_id)
    empty_outbox()
    with committing_db.transaction() as session:
        done = session.get_one(Erasure, erasure_id)
        session.expunge(done)
    return person_id, foretold, done, before


def test_no_table_no_file_and_no_index_knows_them_any_more(erased, committing_db, app):
    person_id, _, done, before = erased
    wanted = spellings(person_id, MARK, NAME, EMAIL, PHONE)

    assert done.state is ErasureState.DONE
    assert len({table for table, _, _ in before}) > 15  # the scan sees what was there
    assert in_tables(committing_db.engine, wanted) == set()
    letters = app.config["SETTINGS"].var / "mail"
    last = {path for path, _ in in_files(app.config["SETTINGS"].var, wanted)}
    assert len(last) == 1  # the last letter, in the folder of this test's postman
    assert (letters.parent / last.pop()).read_text().count("Your data is erased") == 1


def test_the_preview_foretells_exactly_what_is_done(erased):
    _, foretold, done, _ = erased

    promised = {told.part.name: told.count for told in (*foretold.goes, *foretold.anonymous)}
    promised["audit"] = foretold.counts["audit"]
    promised.pop("account")
    assert {name: number for name, number in done.counts.items() if number} == promised
    assert len(promised) >= 24
    assert foretold.allowed


def test_each_recipient_is_told_that_it_is_over_and_that_they_are_gone(erased, committing_db):
    *_, before = erased
    session = committing_db.session()

    assert {"receipt", "recipient_notice", "newsletter", "city_profile", "interface_individual"} <= {
        table for table, *_ in before
    }
    told = session.query(Notice).filter_by(kind=NoticeKind.ERASED).all()
    withdrawn = session.query(Notice).filter_by(kind=NoticeKind.WITHDRAWN).filter(Notice.reference != "0" * 32).one()
    assert len(told) == 2  # of one agreement they had said yes to, and of one they had refused
    assert withdrawn.reference in {one.reference for one in told}
    assert {one.person_id for one in session.query(Notice)} == {None}
    assert session.query(Receipt).count() == 0
    assert session.query(Newsletter).one().written_by_id is None


def test_what_others_built_on_stays_under_a_resident(erased, committing_db):
    session = committing_db.session()

    bench = session.query(Proposal).filter_by(title="A bench that others want").one()
    assert (bench.author_id, bench.author_name, bench.supports_count) == (None, "", 1)
    photo = session.query(Photo).filter_by(proposal_id=bench.id).one()
    assert files.read(photo.key) == b"large"
    assert session.query(Comment).filter_by(text="A remark that others answer").one().author_id is None
    emptied = session.query(Proposal).filter_by(state="hidden").one()
    assert (emptied.title, emptied.text, emptied.geojson, emptied.lon) == (emptied.reference, "", None, None)


def test_numbers_beside_proposals_are_right_afterwards(erased, committing_db):
    session = committing_db.session()

    for proposal in session.query(Proposal):
        top = session.query(Comment).filter_by(proposal_id=proposal.id, parent_id=None, state="published").count()
        assert proposal.comments_count == top
    assert session.query(Proposal).filter(Proposal.supports_count > 0).count() == 1


def test_their_files_are_gone_and_those_of_others_are_not(erased, app):
    kept = [path for path in (app.config["SETTINGS"].var / "files").rglob("*.jpg") if path.is_file()]

    assert len(kept) == 2


def test_the_ledger_knows_them_and_nobody_can_read_it(erased):
    person_id, *_ = erased
    entries = list(ledger.entries())

    assert entries[-1].digest == digest_of(person_id)
    assert len(entries[-1].files) == 4
    assert str(person_id) not in ledger.path.read_text()
