"""Scanned files for tests: rows with pages as if they had been read, and files that are really drawn, marked and scanned."""

import hashlib
import io
from typing import Any
from uuid import uuid4

import numpy as np
from PIL import Image

from app.extensions import celery, db, files
from app.features.printing.queries import FormKey, FormLayout, Kind, Look, PageCode
from app.features.printing.use_cases import copies_of, draw, form_now
from app.features.scans.commands import DecidePage
from app.features.scans.models import FileState, PageState, PageTray, ScanFile, ScanPage
from app.features.scans.queries import BubbleReading, PageReading, State, Tray
from app.features.scans.rules import UNCLEAR, copy_key, machine_answer
from app.features.scans.use_cases import decide_page, page_data
from tests.factories.tools import add, number
from tests.support.paper import CLEAN, Grey, Hand, Scan, filled, pages_of_pdf, scanned

CITY = "City of Example"


def file(process: Any, **attributes: Any) -> ScanFile:
    """A file of one page that was read."""
    content = b"%PDF-1.4 made up"
    n = number()
    values: dict[str, Any] = {
        "process_id": process.id,
        "digest": hashlib.sha256(f"{n}".encode()).hexdigest(),
        "name": f"box-{n}.pdf",
        "bytes": len(content),
        "key": files.write(content, ".pdf"),
        "state": FileState.READ,
        "pages_total": 1,
        "pages_done": 1,
    }
    return add(ScanFile(**{**values, **attributes}))


def page(
    of: ScanFile,
    layout: FormLayout | None = None,
    *,
    marked: tuple[int, ...] = (),
    doubtful: tuple[int, ...] = (),
    form_page: int = 1,
    code: str = "",
    tray: PageTray = PageTray.READ,
    state: PageState = PageState.TO_REVIEW,
    **attributes: Any,
) -> ScanPage:
    """A page of the file; with a layout it says which circles (by their place on the page) are marked or doubtful."""
    values: dict[str, Any] = {"file_id": of.id, "process_id": of.process_id, "number": number(), "part": 1}
    if layout is not None:
        read = reading(layout, form_page, marked, doubtful, code)
        values |= {
            "form_kind": layout.key.kind.value,
            "form_subject": layout.key.subject,
            "revision": layout.short_version,
            "look": f"{layout.look.variant.value}/{layout.look.language}/{layout.look.paper.value}",
            "page": form_page,
            "pages": len(layout.pages),
            "code": code,
            "readings": page_data(read),
            "doubtful": len(doubtful),
            "image_key": files.write(_jpeg(layout), ".jpg"),
        }
        if state is PageState.TO_REVIEW:
            values["copy_key"] = copy_key(layout.key.kind.value, layout.key.subject, code, form_page)
    return add(ScanPage(**{**values, "tray": tray, "state": state, **attributes}))


def reviewed(of: ScanFile, layout: FormLayout, *, doubtful: tuple[int, ...] = (), **attributes: Any) -> ScanPage:
    """A page as people accepted it: what was doubtful stays unclear."""
    found = page(of, layout, doubtful=doubtful, state=PageState.REVIEWED, **attributes)
    fields = {one["name"]: machine_answer(one) or UNCLEAR for one in found.readings["fields"]}
    found.result = {"fields": fields, "texts": {}}
    return add(found)


def circles(layout: FormLayout, marks: dict[str, str], form_page: int = 1) -> tuple[int, ...]:
    """The places of these circles on a page of the form: of each field the value that is marked."""
    found = tuple(at for at, one in enumerate(layout.pages[form_page - 1].bubbles) if marks.get(one.field) == one.value)
    assert len(found) == len(marks), "a circle that is not on this page"
    return found


def reading(
    layout: FormLayout, form_page: int, marked: tuple[int, ...], doubtful: tuple[int, ...] = (), code: str = ""
) -> PageReading:
    """A page as the reader would give it."""
    bubbles = []
    for at, one in enumerate(layout.pages[form_page - 1].bubbles):
        state = State.CROSSED_OUT if at in doubtful else State.FILLED if at in marked else State.EMPTY
        bubbles.append(BubbleReading(one.field, one.value, state, 0.4 if at in doubtful else 0.99, one.box))
    form = PageCode(layout.key, layout.short_version, form_page, len(layout.pages), layout.look, code=code)
    image = np.full((20, 20), 255, np.uint8)
    return PageReading(1, 1, Tray.READ, form, layout, bubbles=tuple(bubbles), image=image)


def _jpeg(layout: FormLayout) -> bytes:
    buffer = io.BytesIO()
    width, height = layout.size
    Image.new("L", (round(width * 2), round(height * 2)), 240).save(buffer, "JPEG")
    return buffer.getvalue()


def layout_of(kind: Kind, subject: Any, *, numbered: bool = False, look: Look | None = None, city: str = CITY) -> FormLayout:
    """A form as it is now; with the installation's own address and age where the city is the installation's."""
    settings = celery.flask_app.config["SETTINGS"]
    ours = {"base_url": settings.base_url, "age": settings.consent_age} if city == settings.city_name else {}
    with celery.flask_app.app_context():
        found = form_now(db.session(), FormKey(kind, subject.id), look or Look(), city, numbered=numbered, **ours)
    assert found is not None
    return found


def sheet(
    layout: FormLayout,
    marks: dict[int, dict[int, Hand]] | None = None,
    *,
    test: bool = False,
    scan: Scan = CLEAN,
    seed: int = 5,
) -> list[Grey]:
    """One copy, printed, marked and scanned; `marks` are by page of the form, from 1, and place of the circle on it."""
    rng = np.random.default_rng(seed)
    pdf = draw(layout, copies_of(layout, 1, b"secret", test=test))
    printed = zip(layout.pages, pages_of_pdf(pdf), strict=True)
    return [scanned(filled(drawn, page, (marks or {}).get(page.number, {}), rng), scan, rng) for page, drawn in printed]


def as_pdf(*pages: Grey) -> bytes:
    """Scanned pages as one PDF, another one each time it is made."""
    file = io.BytesIO()
    first, *others = (Image.fromarray(one) for one in pages)
    first.save(file, "PDF", resolution=200, save_all=True, append_images=others, title=str(uuid4()))
    return file.getvalue()


def accepted(
    of: ScanFile,
    layout: FormLayout,
    actor: Any,
    *,
    chosen: dict[str, str] | None = None,
    texts: dict[str, str] | None = None,
    form_page: int = 1,
    **attributes: Any,
) -> ScanPage:
    """A page that somebody has looked through: `chosen` is what is marked by field, `texts` what they typed from it."""
    bubbles = layout.pages[form_page - 1].bubbles
    marked = tuple(at for at, one in enumerate(bubbles) if (chosen or {}).get(one.field) == one.value)
    found = page(of, layout, marked=marked, form_page=form_page, **attributes)
    fields = {one["name"]: f"={one['values'][0]}" if one["values"] else "none" for one in found.readings["fields"]}
    return decide_page(db.session(), actor, DecidePage(found.id, found.version, fields, texts or {}))
