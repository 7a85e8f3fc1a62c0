"""Who takes codes of slips along is written down, as when the slips of a batch are printed: they open what their owners see."""

from types import SimpleNamespace

import pytest

from app.extensions import db as database
from app.features.printing.models import RunState
from app.features.printing.queries import Kind
from app.kernel.audit import AuditEntry
from app.kernel.permissions import Role
from tests.factories import printing, scans, voting


@pytest.fixture
def db(committing_db):
    """Real commits: what is noted is kept although the page itself keeps nothing."""
    return committing_db


@pytest.mark.parametrize(("kind", "told"), [(Kind.PROPOSAL, 1), (Kind.BALLOT, 0)])
def test_the_files_of_a_run_are_noted_where_codes_are_in_them(db, as_role, kind, told) -> None:
    pot = voting.closed_pot()
    process = SimpleNamespace(id=pot.process_id)
    ballots = kind is Kind.BALLOT
    layout = scans.layout_of(kind, pot if ballots else process, numbered=not ballots)
    address = f"/staff/paper/run/{printing.run(process, layout, files=True, state=RunState.READY).id}.zip"
    client = as_role(Role.ADMINISTRATOR) if ballots else as_role(Role.CLERK, process)
    clerk = client.person.id
    database.session.remove()
    assert client.get(address).data.startswith(b"PK")
    with database.transaction() as session:
        entries = session.query(AuditEntry).filter_by(action="print_run.downloaded").all()
        assert [entry.actor_id for entry in entries] == [clerk] * told
