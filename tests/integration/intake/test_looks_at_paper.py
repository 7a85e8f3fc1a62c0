"""Staff who look at the sheet of somebody's answer leave a usage, which that person reads."""

import pytest

from app.extensions import db as database
from app.features.consents.models import Usage
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
