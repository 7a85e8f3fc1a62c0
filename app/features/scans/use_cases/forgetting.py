"""After certification no scan of a ballot stays: neither its page nor its picture, nor what people saw on it."""

import uuid

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.scans.models import FileState, PageState, PageTray, ScanFile, ScanPage
from app.features.scans.queries.ballots import read_to_an_end
from app.features.scans.rules import BALLOT
from app.features.scans.use_cases.taking_in import ERASE
from app.kernel import audit, outbox
from app.kernel.permissions import SYSTEM

_AT_ONCE = 500
_FETCH = {"synchronize_session": "fetch"}


def forget_ballots(session: Session, pot_id: uuid.UUID) -> int:
    """Remove all ballots of a certified pot from the scans. Returns how many pages went; the log says no more than that.

    A file that holds nothing else goes as a whole. Of one with other forms the original goes, because the ballots are in it,
    too, and what was set aside without a name; its other pages stay. One that is still being read waits until that is done:
    nothing of it can be in a batch.
    """
    mine = (ScanPage.form_kind == BALLOT) & (ScanPage.form_subject == pot_id)
    with_mine = exists().where(ScanPage.file_id == ScanFile.id, mine)
    keys = dict(session.execute(select(ScanFile.id, ScanFile.key).where(with_mine, read_to_an_end())).tuples().all())
    if not keys:
        return 0
    other = or_(ScanPage.form_kind.not_in((BALLOT, "")), (ScanPage.form_kind == BALLOT) & (ScanPage.form_subject != pot_id))
    holding = select(ScanPage.file_id).where(ScanPage.file_id.in_(keys), other, ScanPage.tray != PageTray.TEST_PRINT)
    mixed = set(session.scalars(holding))
    whole = keys.keys() - mixed
    nameless = (ScanPage.form_kind == "") & (ScanPage.state == PageState.SET_ASIDE)
    gone = ScanPage.file_id.in_(keys) & or_(ScanPage.file_id.in_(whole), mine, nameless)
    pictures = list(session.scalars(delete(ScanPage).where(gone).returning(ScanPage.image_key), execution_options=_FETCH))
    session.execute(delete(ScanFile).where(ScanFile.id.in_(whole)), execution_options=_FETCH)
    no_original = update(ScanFile).where(ScanFile.id.in_(mixed)).values(key="", state=FileState.READ, fault="")
    session.execute(no_original, execution_options=_FETCH)
    erased = sorted(filter(None, [*pictures, *keys.values()]))  # by their names, which say nothing of the order in a file
    for at in range(0, len(erased), _AT_ONCE):
        outbox.post(session, ERASE, keys=erased[at : at + _AT_ONCE])
    pot = session.get_one(Pot, pot_id)
    audit.record(
        session, SYSTEM, "pot.scans_forgotten", pot, process_id=pot.process_id, pages=len(pictures), files=len(whole)
    )  # fmt: skip
    session.flush()
    return len(pictures)
