"""Print runs of a process: order one, see how far it is, download it, note who got it, delete its files."""

from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.budgets.queries import pots_of
from app.features.consents.queries import AgreementState, DataAgreement
from app.features.consents.queries import register as agreements
from app.features.printing import register
from app.features.printing.forms import IssueForm, OrderForm
from app.features.printing.layout.model import Kind
from app.features.printing.manage_routes import bp
from app.features.printing.models import RunState
from app.features.printing.rules import MAY_ORDER, is_one_file
from app.features.printing.use_cases import (
    KINDS,
    archive_of,
    cancel_run,
    delete_run_files,
    draw_again,
    form_now,
    issue_run,
    may_order,
    note_download,
    only_file_of,
    order_print,
)
from app.features.spaces.queries import Process, process
from app.kernel.errors import NotFound
from app.kernel.paging import Page, last_page, page_number
from app.kernel.permissions import Permission
from app.kernel.texts import Texts
from app.web import slots
from app.web.access import requires, viewer
from app.web.filters import local_text
from app.web.locale import language_choices
from app.web.paging import steps
from app.web.transaction import attempt, commits

RUNS_SHOWN = 30
COMES_AGAIN = 5


@bp.get("/runs/<uuid:process_id>")
@requires(Permission.STAFF_AREA)
def runs(process_id: UUID) -> ResponseReturnValue:
    """What was printed for a process, and the form to order more; comes again by itself while something is drawn."""
    return _runs(process_id, OrderForm(formdata=None, number=100), 200)


@bp.post("/runs/<uuid:process_id>")
@requires(Permission.STAFF_AREA)
@commits
def order(process_id: UUID) -> ResponseReturnValue:
    """Order a print run."""
    space, form, session = _space(process_id), OrderForm(), db.session()
    _offer(form, space)

    def step() -> UUID:
        command = form.to_command(process_id, current_app.config["SETTINGS"].city_name)
        settings = current_app.config["SETTINGS"]
        layout = form_now(
            session,
            command.key,
            command.look,
            command.city,
            numbered=True,
            base_url=settings.base_url,
            age=settings.consent_age,
        )
        return order_print(session, viewer(), command, layout).id

    sent = form.send(step)
    if not sent.done:
        return _runs(process_id, form, sent.status)
    flash(_("The print run is being made."), "good")
    return redirect(url_for(".run", run_id=sent.result), 303)


@bp.get("/run/<uuid:run_id>")
@requires(Permission.STAFF_AREA)
def run(run_id: UUID) -> ResponseReturnValue:
    """One print run."""
    return _run(run_id, IssueForm(formdata=None), 200)


@bp.get("/run/<uuid:run_id>.zip")
@requires(Permission.STAFF_AREA)
def archive(run_id: UUID) -> ResponseReturnValue:
    """All copies, in files of 250. Who takes codes of slips along is written down, in a short transaction of its own."""
    name, pieces = archive_of(db.session(), viewer(), run_id)
    with db.separate_transaction() as own:
        note_download(own, viewer(), run_id)
    response = Response(stream_with_context(pieces), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/run/<uuid:run_id>.pdf")
@requires(Permission.STAFF_AREA)
def only_file(run_id: UUID) -> ResponseReturnValue:
    """A run that is one file, as it is: nothing to unpack."""
    name, pdf = only_file_of(db.session(), viewer(), run_id)
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/run/<uuid:run_id>/issue")
@requires(Permission.STAFF_AREA)
@commits
def issue(run_id: UUID) -> ResponseReturnValue:
    """Note which station or desk got the copies."""
    form = IssueForm()
    sent = form.send(lambda: issue_run(db.session(), viewer(), run_id, form.issued_to.data))
    if not sent.done:
        return _run(run_id, form, sent.status)
    flash(_("It is noted who got these sheets."), "good")
    return redirect(url_for(".run", run_id=run_id), 303)


@bp.post("/run/<uuid:run_id>/cancel")
@requires(Permission.STAFF_AREA)
@commits
def cancel(run_id: UUID) -> ResponseReturnValue:
    """Stop drawing."""
    attempt(lambda: cancel_run(db.session(), viewer(), run_id), _("The print run is cancelled."))
    return redirect(url_for(".run", run_id=run_id), 303)


@bp.post("/run/<uuid:run_id>/again")
@requires(Permission.STAFF_AREA)
@commits
def again(run_id: UUID) -> ResponseReturnValue:
    """Go on with a run that failed or rests."""
    attempt(lambda: draw_again(db.session(), viewer(), run_id), _("The print run is taken up again."))
    return redirect(url_for(".run", run_id=run_id), 303)


@bp.post("/run/<uuid:run_id>/delete")
@requires(Permission.STAFF_AREA)
@commits
def delete(run_id: UUID) -> ResponseReturnValue:
    """Delete the files; the register stays."""
    attempt(lambda: delete_run_files(db.session(), viewer(), run_id), _("The files are deleted. The register stays."))
    return redirect(url_for(".run", run_id=run_id), 303)


def _runs(process_id: UUID, form: OrderForm, status: int) -> ResponseReturnValue:
    session, space = db.session(), _space(process_id)
    _offer(form, space)
    kinds = _kinds(process_id)
    total = register.count_runs(session, process_id, kinds)
    number = last_page(page_number(request.args.get("page")), total, RUNS_SHOWN)
    found = register.runs_of(session, process_id, kinds, RUNS_SHOWN, (number - 1) * RUNS_SHOWN)
    at_work = any(one.state in (RunState.WAITING, RunState.PRINTING) for one in found)
    page = render_template(
        "printing/runs.html",
        process=space,
        form=form,
        runs=found,
        forms=register.forms_of(session, found),
        names=_names(),
        subjects=_subjects(space),
        at_work=at_work,
        still="still" in request.args,
        steps=steps(Page(found, number, RUNS_SHOWN, total), lambda at: url_for(".runs", process_id=process_id, page=at)),
    )
    return page, status, {"Refresh": str(COMES_AGAIN)} if at_work and status == 200 and "still" not in request.args else {}


def _run(run_id: UUID, form: IssueForm, status: int) -> ResponseReturnValue:
    session = db.session()
    found = register.run_of(session, run_id)
    if found is None or not may_order(viewer(), found[0].process_id, found[1].kind):
        raise NotFound
    one, printed = found
    rests = register.rests(session, one)
    at_work = one.state in (RunState.WAITING, RunState.PRINTING) and not rests
    page = render_template(
        "printing/run.html",
        process=_space(one.process_id),
        run=one,
        printed=printed,
        names=_names(),
        subjects=_subjects(_space(one.process_id)),
        form=form,
        rests=rests,
        at_work=at_work,
        still="still" in request.args,
        serials=register.serials_of(session, run_id),
        one_file=is_one_file(one.number),
    )
    return page, status, {"Refresh": str(COMES_AGAIN)} if at_work and status == 200 and "still" not in request.args else {}


def _names() -> dict[str, str]:
    """Languages by their codes, as they call themselves."""
    return {choice.code: choice.name for choice in language_choices()}


def _space(process_id: UUID) -> Process:
    space = process(db.session(), process_id)
    if space is None or not _kinds(process_id):
        raise NotFound
    return space


def _kinds(process_id: UUID) -> list[str]:
    return [kind for kind in MAY_ORDER if may_order(viewer(), process_id, kind)]


def _offer(form: OrderForm, space: Process) -> None:
    kinds, choices = _kinds(space.id), []
    if Kind.PROPOSAL.value in kinds:
        choices.append((f"P/{space.id}", _("Proposal form, with a number and a slip")))
    if Kind.CONSENT.value in kinds:
        choices += [
            (f"C/{one.id}", _("Consent form: %(purpose)s", purpose=local_text(one.current.purpose))) for one in _asked(space)
        ]
    if Kind.BALLOT.value in kinds:
        pots = [pot for pot in pots_of(db.session(), space.id) if pot.vote_type in KINDS and pot.projects]
        choices += [(f"B/{pot.id}", _("Ballot: %(pot)s", pot=local_text(pot.title))) for pot in pots]
    form.offer(choices, [(one.code, one.name) for one in language_choices()])


def _subjects(space: Process) -> dict[UUID, Texts]:
    """What the forms of a process are about: of ballots the pot, of consent forms what is asked."""
    session = db.session()
    names = {pot.id: pot.title for pot in pots_of(session, space.id)}
    return names | {found.id: found.current.purpose for found, _count in agreements(session)}


def _asked(space: Process) -> list[DataAgreement]:
    """What people are asked in this process, and in the whole city."""
    return [
        found
        for found, _count in agreements(db.session())
        if found.state is AgreementState.IN_FORCE and found.asks and found.process_id in (None, space.id)
    ]


def _link(space: Process) -> Markup:
    """On the staff pages of a process: its print runs, for whoever may order one."""
    if not _kinds(space.id):
        return Markup("")
    return slots.partial("printing/_runs_link.html", url=url_for("printing_manage.runs", process_id=space.id))


slots.register("budgets.process", 70, _link)
slots.register("process.staff", 70, _link)
