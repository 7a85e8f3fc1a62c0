"""What somebody wrote on paper goes with them: when a person is erased, so are the pages of their sheets."""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from app.features.printing.queries import FormKey
from app.features.scans.models import FileState, PageState, ScanDecision, ScanFile, ScanPage
from app.features.scans.use_cases.taking_in import ERASE
from app.kernel import audit, outbox
from app.kernel.permissions import SYSTEM


def forget_pages(session: Session, records: Collection[str], copies: Sequence[tuple[FormKey, str]] = ()) -> int:
    """Empty the pages that these records have taken, and all other scans of these numbered copies. Returns how many.

    That there was a page stays, so that no page of its file seems lost; what stood on it, its picture, what people decided
    about it and the file as it came go. The other pages of the file keep their pictures.
    """
    same = [
        and_(ScanPage.form_kind == form.kind.value, ScanPage.form_subject == form.subject, ScanPage.code == code)
        for form, code in copies
        if code
    ]
    query = select(ScanPage).where(or_(ScanPage.taken_by.in_(records), *same)).order_by(ScanPage.id).with_for_update()
    pages = session.scalars(query.execution_options(populate_existing=True)).all()
    if not pages:
        return 0
    keys = [page.image_key for page in pages if page.image_key]
    session.execute(delete(ScanDecision).where(ScanDecision.page_id.in_([page.id for page in pages])))
    for page in pages:
        page.readings, page.result, page.image_key, page.doubtful = {}, None, "", 0
        page.code, page.copy_key, page.form_subject, page.why = "", None, None, ""
        page.taken_by, page.taken_at, page.state, page.version = None, None, PageState.SET_ASIDE, page.version + 1
    whole = session.scalars(select(ScanFile).where(ScanFile.id.in_({page.file_id for page in pages}))).all()
    for file in whole:
        if file.state is FileState.READ and file.key:
            keys.append(file.key)
            file.key = ""
        audit.record(session, SYSTEM, "scan_file.page_erased", file, process_id=file.process_id)
    outbox.post(session, ERASE, keys=keys)
    session.flush()
    return len(pages)
