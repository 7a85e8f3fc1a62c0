"""Reading a file in the background: a page, a transaction. Whoever is killed in between goes on where the last page ended."""

import hashlib
import io
import time
import uuid
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.printing.queries import PageCode, Takes
from app.features.scans import rules
from app.features.scans.models import FileState, PageState, PageTray, ScanFile, ScanPage
from app.features.scans.queries import FieldReading, PageReading, State, Tray, Unreadable
from app.features.scans.use_cases.reading import FormsOf, Transactions, pages_of_scan, read_scans
from app.kernel import clock
from app.kernel.automated import decides
from app.kernel.files import files

PORTION = 240.0
"""Seconds after which a worker puts a file back into the queue: well below the time after which another takes it up."""
_QUALITY = 82


def read_on(
    transactions: Transactions,
    file_id: uuid.UUID,
    city: str,
    *,
    base_url: str = "",
    age: int = 0,
    seconds: float = PORTION,
) -> bool:
    """Read the pages of a file that are not read yet, each in a transaction of its own. True when some are left.

    `city`, `base_url` and `age` are what forms were printed with; what differs from that is an earlier form.

    Two workers at one file do no harm: the one whose page is there already stops.
    """
    until = time.monotonic() + seconds
    begun = _begin(transactions, file_id)
    if begun is None:
        return False
    key, process_id, done = begun
    try:
        total = pages_of_scan(files.path(key))
        with transactions() as session:
            if (file := _locked(session, file_id)) is not None:
                file.pages_total = total
        pages = read_scans(files.path(key), FormsOf(transactions, process_id, city, base_url, age), after=done)
        for number, parts in groupby(pages, key=lambda one: one.number):
            if not _keep(transactions, file_id, number, list(parts)):
                return False
            if time.monotonic() >= until and number < total:
                return True
    except Unreadable as error:
        with transactions() as session:
            if (file := _locked(session, file_id)) is not None and file.state is not FileState.READ:
                file.state, file.fault, file.moved_at = FileState.FAILED, error.fault.value, clock.now()
    return False


def _begin(transactions: Transactions, file_id: uuid.UUID) -> tuple[str, uuid.UUID, int] | None:
    with transactions() as session:
        file = _locked(session, file_id)
        if file is None or file.state in (FileState.READ, FileState.FAILED):
            return None
        file.state, file.moved_at = FileState.READING, clock.now()
        return file.key, file.process_id, file.pages_done


def _locked(session: Session, file_id: uuid.UUID) -> ScanFile | None:
    return session.get(ScanFile, file_id, with_for_update=True)


def _keep(transactions: Transactions, file_id: uuid.UUID, number: int, parts: list[PageReading]) -> bool:
    """Store what was found in one picture. False when somebody else has done so, or the file is gone."""
    images = [_stored_image(file_id, one) for one in parts]
    with transactions() as session:
        file = _locked(session, file_id)
        if file is None:
            for key in filter(None, images):
                files.delete(key)
            return False
        if file.pages_done != number - 1:
            return False
        for one, key in zip(parts, images, strict=True):
            _add(session, file, one, key)
        file.pages_done, file.moved_at = number, clock.now()
        if number == file.pages_total:
            file.state = FileState.READ
    return True


def _stored_image(file_id: uuid.UUID, page: PageReading) -> str:
    """The straightened page as JPEG, under a name that the same page always gets; empty where there is none."""
    if page.image is None or page.tray is Tray.BLANK:
        return ""
    from PIL import Image

    name = hashlib.sha256(f"{file_id}/{page.number}/{page.part}".encode()).hexdigest()[:32]
    buffer = io.BytesIO()
    Image.fromarray(page.image).save(buffer, "JPEG", quality=_QUALITY)
    files.put(f"{name}.jpg", buffer.getvalue())
    return f"{name}.jpg"


@decides("scans_sorted")
def _add(session: Session, file: ScanFile, page: PageReading, image_key: str) -> None:
    """One page with its tray. Who comes second with a number that is here already lies in the tray of duplicates."""
    tray = _tray_of(page)
    data = page_data(page)
    row = ScanPage(
        id=uuid.uuid4(),
        file_id=file.id,
        process_id=file.process_id,
        number=page.number,
        part=page.part,
        tray=tray,
        state=PageState.SET_ASIDE if _asks_nothing(page) else rules.state_of_new(tray, bool(data)),
        turned=page.turned,
        fault=page.fault.value if page.fault else "",
        readings=data,
        doubtful=sum(one["for_a_person"] for one in data.get("fields", ())),
        image_key=image_key,
        **(_of_code(page.code) if page.code else {}),
    )
    if row.state is PageState.TO_REVIEW and page.code:
        row.copy_key = rules.copy_key(row.form_kind, row.form_subject, row.code, row.page)
    if row.copy_key and _is_held(session, row):
        _to_duplicates(row)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:  # the other scan of it was faster, in another file
        _to_duplicates(row)
        session.add(row)
        session.flush()


def _asks_nothing(page: PageReading) -> bool:
    """A page of a known form on which nobody is asked anything, such as the rest of a long text or a slip nobody tore off."""
    asked = page.page is None or page.page.bubbles or page.page.write_ins
    return page.tray is Tray.READ and page.layout is not None and not asked


def _is_held(session: Session, row: ScanPage) -> bool:
    same = (ScanPage.process_id == row.process_id, ScanPage.copy_key == row.copy_key)
    return session.scalar(select(ScanPage.id).where(*same).limit(1)) is not None


def _to_duplicates(row: ScanPage) -> None:
    row.tray, row.state, row.copy_key = PageTray.DUPLICATE, PageState.IN_TRAY, None


def _tray_of(page: PageReading) -> PageTray:
    if page.tray is Tray.READ and page.turned:
        return PageTray.TURNED
    return PageTray(page.tray.value)


def _of_code(code: PageCode) -> dict[str, Any]:
    look = code.look
    return {
        "form_kind": code.key.kind.value,
        "form_subject": code.key.subject,
        "revision": code.version,
        "look": f"{look.variant.value}/{look.language}/{look.paper.value}",
        "page": code.page,
        "pages": code.pages,
        "code": code.code,
    }


def page_data(page: PageReading) -> dict[str, Any]:
    """What was read, with all that is needed to show it in years: sizes, fields, circles, places for handwriting."""
    if page.layout is None or page.page is None or not (page.bubbles or page.write_ins) or page.image is None:
        return {}
    if not page.bubbles and page.page.bubbles:
        return {}  # a page whose circles could not be read: its picture is not straightened either
    width, height = page.layout.size
    return {
        "size": [width, height],
        "language": page.layout.look.language,
        "title": page.layout.title,
        "asked_on": [one.number for one in page.layout.pages if one.bubbles or one.write_ins],
        "fields": [_field(page, one) for one in page.fields()],
        "write_ins": [{"name": one.name, "place": _rect(one.place), "lines": one.lines} for one in page.write_ins],
    }


def _field(page: PageReading, field: FieldReading) -> dict[str, Any]:
    circles = [one for one in page.bubbles if one.field == field.field]
    takes = page.layout.fields.get(field.field, Takes.ONE) if page.layout else Takes.ONE
    return {
        "name": field.field,
        "takes": takes.value,
        "values": list(field.values),
        "state": field.state.value,
        "confidence": round(field.confidence, 3),
        "for_a_person": field.for_a_person or field.state not in (State.FILLED, State.EMPTY),
        "options": [one.value for one in circles],
        "crops": [_rect(one.crop) for one in circles],
    }


def _rect(place: Any) -> list[float]:
    return [round(value, 2) for value in (place.x, place.y, place.width, place.height)]
