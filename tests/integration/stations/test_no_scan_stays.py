"""After certification somebody with full read access finds no scan of a ballot, and nothing that joins one with a batch.

The attack is first let loose where it must succeed, so that its failure afterwards means something.
"""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.features.committee.models import DecisionKind
from app.features.printing.queries import Kind
from app.features.scans.models import FileState, PageState, PageTray, ScanFile, ScanPage
from app.features.scans.queries.files import lies_with_ballots
from app.features.spaces.models import Process
from app.features.stations.commands import TypeBallot
from app.features.stations.models import PaperRow
from app.features.stations.use_cases import finish_batch, give_back_scans, pots_to_loosen, settle
from app.features.voting.use_cases import count_pot
from app.kernel import clock, outbox, retention
from app.kernel.audit import AuditEntry
from app.kernel.files import files
from app.kernel.permissions import Role
from tests.factories import committee, scans, stations
from tests.support import matching
from tests.support.database import renew

pytestmark = pytest.mark.timeout(180)  # a whole vote, and every table read
SET = {"code": "7KXMAB2C", "pages": 2}
WHOLE = {"rule": "equalshares/add1", "max_projects": 3, "limit_by_cost": False}  # every ballot is read a second time


@pytest.fixture(autouse=True)
def new_tables(committing_db):
    if not committing_db.is_sqlite:
        renew(committing_db.engine)


class Scanned:
    """A vote of which all ballots on paper were scanned: one upload of ballots alone, and one with a proposal among them."""

    def __init__(self, db):
        self.db, self.box = db, stations.OpenBox(5, **WHOLE)
        box, session = self.box, db.session()
        self.pot_id = box.pot.id
        proposal = scans.layout_of(Kind.PROPOSAL, SimpleNamespace(id=box.pot.process_id))
        alone, mixed = box.file(), box.file()
        looked = {"chosen": {"1": "yes"}}
        self.ballots = [
            scans.accepted(alone, box.layout, box.third, **looked),
            scans.accepted(alone, box.layout, box.third, **looked, **SET),
            scans.accepted(alone, box.layout, box.third, chosen={"2": "yes"}, **SET, page=2, copy_key="B/7KXMAB2C/2"),
            box.page(alone, {"3": "yes"}, doubtful=(0,)),
            scans.page(alone, tray=PageTray.UNKNOWN, state=PageState.SET_ASIDE, why="Typed by hand"),
            scans.page(alone, box.layout, tray=PageTray.DUPLICATE, state=PageState.SET_ASIDE, code="7KXMAB2C"),
            scans.accepted(mixed, box.layout, box.third, **looked),
            scans.page(mixed, tray=PageTray.DAMAGED, state=PageState.SET_ASIDE, why="Typed by hand"),
        ]
        self.proposal = scans.page(mixed, proposal)
        self.alone_id, self.mixed_id, self.proposal_id = alone.id, mixed.id, self.proposal.id
        self.proposal_picture = self.proposal.image_key
        self.pages = {str(one.id) for one in self.ballots}
        self.pictures = {one.image_key for one in self.ballots if one.image_key} | {alone.key, mixed.key}
        session.commit()

    def counted(self):
        """The ballots are taken into two batches, read again, decided, signed, counted and certified."""
        box, session = self.box, self.db.session()
        first = box.taken(session.get_one(ScanFile, self.alone_id), 3)
        give_back_scans(session, box.first, first.id)
        batches = [
            box.taken(session.get_one(ScanFile, self.alone_id), 3, first),
            box.taken(session.get_one(ScanFile, self.mixed_id), 1),
        ]
        self.batches = {str(one.id) for one in batches}
        for batch in batches:
            finish_batch(session, box.first, batch.id)
            stations.read_second(box.second, batch, ["1", "12", "3"])
        for who in (box.second, box.third):
            settle(session, who, TypeBallot(batches[0].id, 3, "3"))
        stations.signed(box.first, box.second, box.place, box.pot, "One was lost")
        session.commit()
        self.before = matching.dump(self.db.engine)
        committing = committee.member(box.pot.process_id)
        stations.voting.ballots(box.pot, [""])
        count_pot(session, committing, self.pot_id)
        committee.decided(DecisionKind.CERTIFICATION, box.pot.process_id, pot_id=self.pot_id)
        session.commit()

    def cleaned(self):
        """The night's clean-up, and what it posted is done."""
        rule = next(one for one in retention.rules() if one.name == "paper_batches")
        with self.db.transaction() as session:
            assert rule.count(session, clock.now()) == rule.run(session, clock.now(), 10) == 1
        with self.db.transaction() as session:
            assert pots_to_loosen(session) == []
        outbox.deliver_due(self.db.transaction)
        return matching.dump(self.db.engine)

    def joined(self, found):
        """Rows that say of a ballot on a scan in which batch it lay, or at which station."""
        scanned = self.pages | {str(self.alone_id), str(self.mixed_id), SET["code"]} | self.pictures
        places = self.batches | {str(self.box.place.id), self.box.place.name, "ballots:"}
        rows = [(table, _text(row)) for table, rows in found.items() for row in rows]
        return [
            (table, text) for table, text in rows if any(one in text for one in places) and any(one in text for one in scanned)
        ]


def _text(row):
    """A row as text, with ids as people write them, however the database keeps them."""
    text = str(row)
    return text + " ".join(f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}" for one in _plain_ids(text))


def _plain_ids(text):
    return [word for word in "".join(sign if sign.isalnum() else " " for sign in text).split() if len(word) == 32]


def test_no_scan_of_a_ballot_stays_and_nothing_says_in_which_batch_one_lay(committing_db, keyring, app):
    vote = Scanned(committing_db)
    vote.counted()
    assert any(table == "scan_page" for table, _row in vote.joined(vote.before)), "until then it is known, to find a ballot"
    assert all(files.path(key).exists() for key in vote.pictures)

    found = vote.cleaned()
    assert vote.joined(found) == []
    assert [row["form_kind"] for row in found["scan_page"]] == ["P"]
    assert found["scan_decision"] == []
    assert SET["code"] not in str(found)
    assert "ballots:" not in str(found)
    assert [key for key in vote.pictures if files.path(key).exists()] == []
    for table in ("scan_page", "scan_file", "outbox", "paper_row"):
        assert not any(one in _text(row) for row in found[table] for one in vote.pages | vote.batches | {str(vote.alone_id)})
    with committing_db.transaction() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "pot.scans_forgotten")).one()
        assert entry.details == {"pages": len(vote.ballots), "files": 1}
        rows = session.execute(select(PaperRow.choices, PaperRow.number).order_by(PaperRow.choices)).tuples().all()
        assert rows == [("1", 2), ("1,2", 1), ("3", 1)]


def test_other_forms_in_the_same_file_stay_and_its_page_says_what_went(committing_db, keyring, app):
    vote = Scanned(committing_db)
    vote.counted()
    vote.cleaned()
    with committing_db.transaction() as session:
        mixed = session.get_one(ScanFile, vote.mixed_id)
        assert (mixed.key, mixed.state) == ("", FileState.READ)
        assert session.get(ScanFile, vote.alone_id) is None
        page = session.get_one(ScanPage, vote.proposal_id)
        assert files.path(page.image_key).exists()
        assert not lies_with_ballots(session, page)
        process = session.get_one(Process, mixed.process_id)
        person = stations.accounts.staff(Role.CLERK, process)
        session.flush()
        person_id = person.id
    client = app.test_client()
    stations.accounts.sign_in(client, committing_db.session.get_one(type(person), person_id))
    text = client.get(f"/staff/scans/file/{vote.mixed_id}").text
    assert "went after their count was certified" in text
    assert "Not balanced" not in text


def test_a_file_that_is_read_later_is_cleaned_then(committing_db, keyring, app):
    """Nothing of it can be in a batch; once it is read its ballots go like the others."""
    vote = Scanned(committing_db)
    with committing_db.transaction() as session:
        late = vote.box.file()
        late.state = FileState.READING
        scans.page(late, vote.box.layout, marked=(0,))
        late_id = late.id
    vote.counted()
    vote.cleaned()
    with committing_db.transaction() as session:
        late = session.get_one(ScanFile, late_id)
        assert pots_to_loosen(session) == []
        late.state = FileState.READ
        session.flush()
        assert pots_to_loosen(session) == [vote.pot_id]
    vote.cleaned()
    with committing_db.transaction() as session:
        assert session.get(ScanFile, late_id) is None
