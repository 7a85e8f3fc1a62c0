"""The officers' queue and the page on which they answer."""

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup

from app.extensions import db
from app.features.answers import implementation_manage_routes
from app.features.answers.forms import AnswerForm, PromiseForm
from app.features.answers.models import AnswerStatus
from app.features.answers.queries import QueueFilter, answer_of, promised_days, queue, versions_of, waiting_count
from app.features.answers.rules import LOOKS, date_problem
from app.features.answers.use_cases import promise_answers, publish_answer
from app.features.proposals.queries import Proposal, ProposalState, proposal_by_reference
from app.features.spaces.queries import Process, visible_processes
from app.kernel import clock
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.paging import page_number
from app.kernel.permissions import Permission
from app.web import navigation, slots
from app.web.access import requires, viewer
from app.web.forms import typed_amount
from app.web.paging import steps
from app.web.transaction import commits

if TYPE_CHECKING:
    from app.features.answers.models import OfficialAnswer

bp = Blueprint("answers_manage", __name__, template_folder="templates", url_prefix="/staff/answers")
blueprints = [bp, implementation_manage_routes.bp]
navigation.staff("answers_manage.queue_page", msg("Official answers"), icon="landmark", order=30, needs=Permission.ANSWER)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _processes() -> dict[UUID, Process]:
    """The processes in which this officer answers."""
    allowed = viewer().processes_where(Permission.ANSWER)
    return {p.id: p for p in visible_processes(db.session(), viewer()) if allowed is None or p.id in allowed}


@bp.get("")
@requires(Permission.ANSWER)
def queue_page() -> str:
    """Which proposals wait for an answer, and until when."""
    allowed = viewer().processes_where(Permission.ANSWER)
    process_id = _uuid(request.args.get("process", ""))
    ids = allowed
    if process_id is not None:
        ids = frozenset({process_id}) if allowed is None or process_id in allowed else frozenset()
    view = "answered" if request.args.get("view") == "answered" else "waiting"
    wanted = QueueFilter(view, ids, _uuid(request.args.get("category", "")), page_number(request.args.get("page")))
    page = queue(db.session(), wanted, clock.now())
    answered = "answered" if view == "answered" else None
    return render_template(
        "answers/queue.html",
        page=page,
        pages=steps(page, lambda number: url_for(".queue_page", view=answered, process=process_id, page=number)),
        view=view,
        process_id=process_id,
        processes=_processes(),
        looks=LOOKS,
    )


@bp.route("/<reference>", methods=["GET", "POST"])
@requires(Permission.ANSWER)
@commits
def answer_page(reference: str) -> ResponseReturnValue:
    """Answer one proposal: write, look at it as people will see it, publish."""
    session = db.session()
    proposal = proposal_by_reference(session, reference)
    if (
        proposal is None
        or proposal.state != ProposalState.PUBLISHED
        or not viewer().may(Permission.ANSWER, proposal.process_id)
    ):
        raise NotFound
    answer = answer_of(session, proposal.id)
    form = AnswerForm(data=_typed(answer))
    status = 200
    preview = False
    if form.validate_on_submit():
        if request.form.get("step") == "publish":
            try:
                publish_answer(session, viewer(), form.to_command(proposal.id))
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
                proposal = proposal_by_reference(session, reference)
                answer = answer_of(session, proposal.id) if proposal else None
                form.seen_version.data = str(answer.version if answer else 0)
            else:
                flash(_("Your answer is published. Everyone who follows the proposal gets a letter."), "good")
                return redirect(url_for("proposals.show", reference=reference))
        elif request.form.get("step") != "change":
            problem = _date_problem(form, answer)
            preview, status = problem is None, 422 if problem else 200
    elif form.is_submitted():
        status = 422
    return _answer_page(proposal, answer, form, preview=preview), status


def _date_problem(form: AnswerForm, answer: "OfficialAnswer | None") -> Message | None:
    """Said before the preview: what could not be published is not shown as it would be read."""
    stood = answer.planned_for if answer else None
    problem = date_problem(AnswerStatus(form.status.data), form.planned_for.data, stood, clock.now())
    if problem:
        form.refuse(Invalid({"planned_for": problem}))
    return problem


def _typed(answer: "OfficialAnswer | None") -> dict[str, object]:
    if answer is None:
        return {"department": current_user.department, "seen_version": "0"}
    return {
        "status": answer.status.value,
        "reasons": answer.reasons,
        "department": answer.department,
        "cost": typed_amount(answer.cost, answer.currency),
        "planned_for": answer.planned_for,
        "seen_version": str(answer.version),
    }


def _answer_page(proposal: Proposal | None, answer: "OfficialAnswer | None", form: AnswerForm, *, preview: bool) -> str:
    return render_template(
        "answers/write.html",
        proposal=proposal,
        answer=answer,
        versions=versions_of(db.session(), answer.id) if answer else [],
        form=form,
        preview=form.to_command(proposal.id) if preview and proposal else None,
        looks=LOOKS,
    )


@bp.route("/promise/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.ANSWER)
@commits
def promise(process_id: UUID) -> ResponseReturnValue:
    """Say within how many days this process answers."""
    form = PromiseForm(data={"days": promised_days(db.session(), process_id)})
    processes = _processes()
    if process_id not in processes:
        raise NotFound
    sent = form.send(lambda: promise_answers(db.session(), viewer(), form.to_command(process_id)))
    if sent.done:
        flash(_("Saved. The proposals' pages say until when an answer is due."), "good")
        return redirect(url_for(".queue_page"))
    page = render_template("answers/promise.html", form=form, process=processes[process_id])
    return page, 422 if form.is_submitted() else 200


def _tile(_subject: object) -> Markup:
    """On the staff overview: how many proposals the queue holds."""
    if not viewer().may(Permission.ANSWER):
        return Markup("")
    count = waiting_count(db.session(), viewer().processes_where(Permission.ANSWER))
    text = (
        ngettext("%(num)s proposal waits for a final answer", "%(num)s proposals wait for a final answer", count)
        if count
        else _("Every proposal has an answer")
    )
    return slots.partial("answers/_tile.html", text=text, count=count)


slots.register("staff.home", 30, _tile)
