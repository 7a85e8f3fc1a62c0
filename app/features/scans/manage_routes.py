"""The clerk's pages for scanned forms: files come in and are read; trays show where every page lies."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.extensions import db
from app.features.printing.queries import grouped
from app.features.scans.commands import TakeInScan
from app.features.scans.forms import ReasonForm, UploadForm
from app.features.scans.models import FileState, PageTray
from app.features.scans.queries import Fault, Unreadable, missing_pages
from app.features.scans.queries.files import (
    count_files,
    file_of,
    files_of,
    goes_on_day,
    holds_ballots,
    next_in_tray,
    pages_of_file,
    pictures_in_trays,
    rests,
    trays_of,
    waiting,
)
from app.features.scans.rules import MOST_BYTES, MOST_FILES
from app.features.scans.use_cases import AlreadyHere, ballots_rest, read_again, remove_scan, take_in_scan
from app.features.spaces.queries import Process, process, visible_processes
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.paging import Page, last_page, page_number
from app.kernel.permissions import Permission
from app.web import navigation
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.paging import steps
from app.web.transaction import attempt, commits
from app.web.uploads import takes_up_to

bp = Blueprint("scans_manage", __name__, template_folder="templates", url_prefix="/staff/scans")
navigation.staff("scans_manage.processes", msg("Scanned forms"), icon="upload", order=41, needs=Permission.INTAKE)
FILES_SHOWN = 30
PAGES_SHOWN = 50
COMES_AGAIN = 5
"""Seconds after which a page comes again by itself while a file on it is read."""


@bp.get("")
@requires(Permission.INTAKE)
def processes() -> str:
    """The processes for which this clerk takes in paper."""
    allowed = viewer().processes_where(Permission.INTAKE)
    found = [one for one in visible_processes(db.session(), viewer()) if allowed is None or one.id in allowed]
    return render_template("scans/processes.html", processes=[one for one in found if not one.imported])


@bp.get("/<uuid:process_id>")
@requires(Permission.INTAKE)
def index(process_id: UUID) -> ResponseReturnValue:
    """Files with their trays, what waits, what is missing; comes again by itself while a file is read, unless `?still=1`."""
    return _index(process_id, UploadForm(formdata=None), 200)


@bp.post("/<uuid:process_id>")
@requires(Permission.INTAKE)
@takes_up_to(MOST_BYTES, Permission.INTAKE)
@commits
def upload(process_id: UUID) -> ResponseReturnValue:
    """Take in files. What cannot be taken is named with its reason; the others are taken all the same."""
    form = UploadForm()
    sent = [one for one in (*request.files.getlist("files"), *request.files.getlist("photo")) if one.filename]
    if not form.validate_on_submit():
        return _index(process_id, form, 422)
    problem = _("Choose a file.") if not sent else None
    if len(sent) > MOST_FILES:
        problem = _("These are %(number)s files; at most %(most)s are taken at once.", number=len(sent), most=MOST_FILES)
    if problem is not None:
        form.files.errors = [problem]
        return _index(process_id, form, 422)
    refused = [said for one in sent if (said := _taken_in(process_id, one)) is not None]
    if len(refused) == len(sent) and any(not same for _words, same in refused):
        form.files.errors = [words for words, _same in refused]
        return _index(process_id, form, 422)
    for words, same in refused:
        flash(words, "info" if same else "bad")
    if taken := len(sent) - len(refused):
        flash(_("Files taken in: %(number)s. They are being read now.", number=taken), "good")
    return redirect(url_for(".index", process_id=process_id), 303)


def _taken_in(process_id: UUID, sent: FileStorage) -> tuple[str, bool] | None:
    """None for a file that was taken in; else why not, and whether that is because it is here already."""
    name = sent.filename or ""
    try:
        take_in_scan(db.session(), viewer(), TakeInScan(process_id, name, sent.stream))
    except Refused as refusal:
        if refusal.status == 404:
            raise
        return f"{name}: {translate(refusal.message)}", isinstance(refusal, AlreadyHere)
    return None


def _index(process_id: UUID, form: UploadForm, status: int) -> ResponseReturnValue:
    session = db.session()
    if status >= 400:
        session.rollback()
    total = count_files(session, process_id)
    number = last_page(page_number(request.args.get("page")), total, FILES_SHOWN)
    files = files_of(session, process_id, FILES_SHOWN, (number - 1) * FILES_SHOWN)
    at_work = any(one.state in (FileState.WAITING, FileState.READING) for one in files)
    page = render_template(
        "scans/index.html",
        process=_space(process_id),
        form=form,
        most=MOST_BYTES,
        files=files,
        trays=trays_of(session, [one.id for one in files]),
        words=tray_words(),
        faults=fault_words(files),
        steps=steps(Page(files, number, FILES_SHOWN, total), lambda at: url_for(".index", process_id=process_id, page=at)),
        waiting=waiting(session, process_id),
        in_tray=next_in_tray(session, process_id, ballots=ballots_rest(session, process_id) is None),
        missing=missing_pages(session, process_id),
        grouped=grouped,
        at_work=at_work,
        still="still" in request.args,
    )
    again = at_work and status == 200 and "still" not in request.args
    return page, status, {"Refresh": str(COMES_AGAIN)} if again else {}


@bp.get("/file/<uuid:file_id>")
@requires(Permission.INTAKE)
def file(file_id: UUID) -> ResponseReturnValue:
    """One file: how far it is read, its trays and the pages in them."""
    return _file(file_id, ReasonForm(formdata=None), 200)


def _file(file_id: UUID, form: ReasonForm, status: int) -> ResponseReturnValue:
    session = db.session()
    found = file_of(session, file_id)
    if found is None or not viewer().may(Permission.INTAKE, found.process_id):
        raise NotFound
    trays = trays_of(session, [file_id])[file_id]
    tray = next((one for one in PageTray if one.value == request.args.get("tray")), None)
    total = trays.get(tray, 0) if tray else sum(trays.values())
    number = last_page(page_number(request.args.get("page")), total, PAGES_SHOWN)
    pages = pages_of_file(session, file_id, tray, PAGES_SHOWN, (number - 1) * PAGES_SHOWN)
    resting = rests(session, found)
    at_work = found.state in (FileState.WAITING, FileState.READING) and not resting

    def address(at: int) -> str:
        return url_for(".file", file_id=file_id, tray=tray.value if tray else None, page=at)

    page = render_template(
        "scans/file.html",
        grouped=grouped,
        process=_space(found.process_id),
        file=found,
        form=form,
        trays=trays,
        pictures=pictures_in_trays(session, file_id),
        tray=tray,
        pages=pages,
        words=tray_words(),
        faults=fault_words([found, *pages]),
        steps=steps(Page(pages, number, PAGES_SHOWN, total), address),
        rests=resting,
        at_work=at_work,
        goes_on=goes_on_day(found),
        ballots=holds_ballots(session, file_id),
        still="still" in request.args,
    )
    return page, status, {"Refresh": str(COMES_AGAIN)} if at_work and status == 200 and "still" not in request.args else {}


@bp.post("/file/<uuid:file_id>/again")
@requires(Permission.INTAKE)
@commits
def again(file_id: UUID) -> ResponseReturnValue:
    """Have a file taken up again."""
    attempt(lambda: read_again(db.session(), viewer(), file_id), _("The file is taken up again."))
    return redirect(url_for(".file", file_id=file_id), 303)


@bp.post("/file/<uuid:file_id>/remove")
@requires(Permission.INTAKE)
@commits
def remove(file_id: UUID) -> ResponseReturnValue:
    """Remove a file that should not be here."""
    form = ReasonForm()
    found = file_of(db.session(), file_id)
    process_id = found.process_id if found is not None else None
    sent = form.send(lambda: remove_scan(db.session(), viewer(), file_id, form.reason.data))
    if not sent.done or process_id is None:
        return _file(file_id, form, sent.status)
    flash(_("The file and its pages are removed."), "good")
    return redirect(url_for(".index", process_id=process_id), 303)


def _space(process_id: UUID) -> Process:
    space = process(db.session(), process_id)
    if space is None or not viewer().may(Permission.INTAKE, process_id):
        raise NotFound
    return space


def fault_words(found: Sequence[object]) -> dict[str, str]:
    """Why files or pages cannot be read, by the name of the fault."""
    names = {name for one in found if (name := getattr(one, "fault", ""))}
    return {one.value: translate(Unreadable(one).message) for one in Fault if one.value in names}


def tray_words() -> dict[str, tuple[str, str]]:
    """Each tray's name, and what to do with what lies in it."""
    return {
        "read": (_("Read"), _("These pages are looked through.")),
        "turned": (_("Upside down or on the side"), _("Turned, read, and looked through like the others.")),
        "two_on_one": (_("Two on one picture"), _("Each was read by itself and is looked through.")),
        "outdated": (_("Earlier form"), _("The form has changed since. Decide whether these sheets still count.")),
        "duplicate": (_("Here already"), _("This sheet was scanned before, or copied. Keep the better one.")),
        "foreign": (_("Of something else"), _("A form that does not belong to this process. Bring it where it belongs.")),
        "damaged": (
            _("Damaged"),
            _("Its code or a corner is missing, or it is too pale. Scan it again, or type it in."),
        ),
        "unknown": (_("No form"), _("Nothing on it says that it is a form of ours. Look at the paper.")),
        "test_print": (_("Test print"), _("It counts nowhere.")),
        "blank": (_("Blank"), _("Nothing is on it, such as the back of a sheet.")),
        "broken": (_("Cannot be opened"), _("This page of the file is damaged. Scan the sheet again.")),
    }


from app.features.scans import review_pages  # noqa: E402  it needs `bp`

__all__ = ["bp", "review_pages"]
