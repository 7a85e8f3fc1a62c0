"""A consent on paper that was scanned, looked through and taken into a batch; and what it becomes."""

from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.features.consents.models import ConsentPaper
from app.features.intake.commands import TakeScans
from app.features.intake.models import SheetKind
from app.features.intake.use_cases import take_scans
from app.features.maps.queries import street_table
from app.features.printing.layout.codes import new_code
from app.features.printing.queries import SERIAL_LENGTH, Kind
from app.kernel.files import files
from app.kernel.permissions import Actor
from tests.factories import consents, intake, scans, spaces

SAID = {"person": "Hilja Virtanen", "name": "Hilja Virtanen", "address": "hilja@example.org", "guardian": ""}
MARKED = {"answer": "yes", "of_age": "yes"}


def entered(city: str, process: Any = None, clerks: tuple[Actor, Actor] | None = None) -> SimpleNamespace:
    """Two clerks, and an open batch with one sheet: its first reading is what was accepted in the scans."""
    process = process or spaces.process("Parks")
    one, other = clerks or (intake.clerk(process), intake.clerk(process))
    asked = consents.agreement(process, categories=("name", "contact"))
    form = scans.layout_of(Kind.CONSENT, asked, numbered=True, city=city)
    file, serial = scans.file(process), new_code(SERIAL_LENGTH)
    for page in form.pages:
        if page.bubbles or page.write_ins:
            scans.accepted(file, form, one, chosen=MARKED, texts=SAID, code=serial, form_page=page.number)
    batch = intake.batch(process, one, kind=SheetKind.CONSENT, agreement_id=asked.id)
    (sheet,) = take_scans(db.session(), one, TakeScans(batch.id, None), street_table({})).sheets
    return SimpleNamespace(
        process=process, one=one, other=other, asked=asked, file=file, serial=serial, batch=batch, sheet=sheet
    )


def closed(desk: SimpleNamespace) -> SimpleNamespace:
    """The batch is read a second time and closed: `papers` are the pages that are kept, `pictures` their bytes."""
    intake.finish(desk.batch, desk.one)
    intake.read(desk.sheet, desk.other)
    intake.reconcile(desk.batch, desk.other)
    intake.close(desk.batch, desk.other)
    desk.papers = db.session().scalars(select(ConsentPaper).order_by(ConsentPaper.number)).all()
    desk.pictures = [files.read(paper.key) for paper in desk.papers]
    return desk
