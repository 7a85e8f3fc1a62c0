"""Staff who look at the sheet of somebody's answer leave a usage, which that person reads."""

import pytest

from app.extensions import db as database
from app.features.consents.models import Usage
from app.features.scans.models import ScanPage
from app.kernel.permissions import Role
from tests.factories import answers_from_scans, spaces


@pytest.fixture
def db(committing_db):
    """Real commits: a look is kept although the page's own transaction is not."""
    return committing_db


def test_a_clerk_looks_at_it_and_the_person_is_told(app, as_role) -> None:
    answered = answers_from_scans.closed(answers_from_scans.entered(app.config["SETTINGS"].city_name))
    person_id = answered.sheet.person_id
    roads = spaces.process("Roads")
    client = as_role(Role.CLERK, answered.process)
    batch = f"/staff/intake/batches/{answered.batch.id}"
    where = f"{batch}/sheets/{answered.sheet.id}/paper"
    database.session.commit()
    database.session.remove()
    assert where in client.get(batch).text
    page = client.get(where).text
    assert f"{where}/1.jpg" in page
    assert client.get(f"{where}/1.jpg").data == answered.pictures[0]
    assert client.get(f"{where}/99.jpg").status_code == 404
    with database.transaction() as session:
        looks = session.query(Usage).filter_by(person_id=person_id, kind="consent_paper").all()
        assert [(look.by_role, look.basis) for look in looks] == [("clerk", "public_task")]
    stranger = as_role(Role.CLERK, database.session().merge(roads))
    database.session.remove()
    assert [stranger.get(path).status_code for path in (where, f"{where}/1.jpg")] == [404, 404]


def test_nor_does_anybody_look_at_its_scan_unseen(app, as_role) -> None:
    """The same picture lies in the scans for some months more, where every clerk of the process finds it."""
    answered = answers_from_scans.closed(answers_from_scans.entered(app.config["SETTINGS"].city_name))
    person_id, record = answered.sheet.person_id, f"intake:{answered.sheet.id}"
    page_id = database.session.query(ScanPage).filter_by(taken_by=record).first().id
    client = as_role(Role.CLERK, answered.process)
    for address in (f"/staff/scans/page/{page_id}.jpg", f"/staff/scans/page/{page_id}"):
        database.session.remove()
        with database.transaction() as session:
            session.query(Usage).delete()
        assert client.get(address).status_code == 200
        with database.transaction() as session:
            looks = session.query(Usage).filter_by(person_id=person_id, kind="scan_page").all()
            assert [look.by_role for look in looks] == ["clerk"], address


def test_nobody_is_told_of_a_page_that_is_nobodys_yet(app, as_role) -> None:
    answered = answers_from_scans.entered(app.config["SETTINGS"].city_name)
    page_id = database.session.query(ScanPage).filter_by(taken_by=f"intake:{answered.sheet.id}").first().id
    client = as_role(Role.CLERK, answered.process)
    database.session.remove()
    assert client.get(f"/staff/scans/page/{page_id}").status_code == 200
    with database.transaction() as session:
        assert session.query(Usage).count() == 0
