"""Two who begin a rehearsal of one process at the same moment make one."""

from sqlalchemy import func, select

from app.features.budgets.models import PotState
from app.features.rehearsals.commands import BeginRehearsal
from app.features.rehearsals.models import Rehearsal
from app.features.rehearsals.use_cases import begin_rehearsal
from app.features.spaces.models import Process
from app.features.voting.keys.keyring import Keyring
from app.kernel.errors import Conflict
from app.kernel.permissions import SYSTEM
from tests.factories import budgets, spaces


def test_ten_rehearsals_begun_at_once_are_one(committing_db, race, tmp_path):
    process = spaces.process()
    pot = budgets.pot(process, state=PotState.DRAFT)
    for _ in range(2):
        budgets.project(pot)
    committing_db.session.commit()
    process_id, keyring = process.id, Keyring(tmp_path / "keys")

    def begin():
        with committing_db.transaction() as session:
            return begin_rehearsal(session, SYSTEM, BeginRehearsal(process_id, 3), keyring).id

    outcome = race(begin, times=10)

    assert len(outcome.results) == 1
    assert all(isinstance(error, Conflict) for error in outcome.errors), outcome.errors
    with committing_db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Process)) == 2
        assert session.scalar(select(func.count()).select_from(Rehearsal)) == 1
