"""The moderators' queue."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.extensions import db
from app.features.moderation.forms import DecisionForm
from app.features.moderation.manage_routes import bp
from app.features.moderation.models import Subject, Verb
from app.features.moderation.queries import QueueFilter, can_be_told, queue, waiting_count
from app.features.moderation.rules import REASONS
from app.features.moderation.use_cases import decide
from app.features.proposals.queries import Comment, Proposal
from app.features.spaces.queries import visible_processes
from app.kernel.errors import Conflict, Refused
from app.kernel.looks import Look
from app.kernel.messages import msg
from app.kernel.paging import page_number
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import requires, safe_next, viewer
from app.web.filters import translate
from app.web.looks import looked_at
from app.web.paging import steps
from app.web.transaction import commits

MODERATION = Look(
    "moderation",
    msg("%(role)s saw something you wrote, with your name, in the list of what needs a decision"),
    msg("Deciding whether contributions keep to the rules"),
)


@bp.get("")
@requires(Permission.MODERATE)
def queue_page() -> str:
    """What needs a decision; or what is hidden and can be restored."""
    wanted, process_id = _wanted()
    allowed = viewer().processes_where(Permission.MODERATE)
    page = queue(db.session(), wanted)
    looked_at(MODERATION, [item.author_id for item in page.items])
    hidden = "hidden" if wanted.view == "hidden" else None
    return render_template(
        "moderation/queue.html",
        page=page,
        pages=steps(page, lambda number: url_for(".queue_page", view=hidden, process=process_id, page=number)),
        view=wanted.view,
        process_id=process_id,
        processes={p.id: p for p in visible_processes(db.session(), viewer()) if allowed is None or p.id in allowed},
        reasons=REASONS,
        all_chosen=request.args.get("chosen") == "all",
        here=_here(),
    )


def _here() -> str:
    """The address of this part of the queue, to come back to: without what was chosen on it."""
    view, process, page = (request.args.get(key) or None for key in ("view", "process", "page"))
    return url_for(".queue_page", view=view, process=process, page=page)


def _wanted() -> tuple[QueueFilter, UUID | None]:
    allowed = viewer().processes_where(Permission.MODERATE)
    view = "hidden" if request.args.get("view") == "hidden" else "waiting"
    try:
        process_id = UUID(request.args.get("process", ""))
    except ValueError:
        process_id = None
    ids = allowed
    if process_id is not None:
        ids = frozenset({process_id}) if allowed is None or process_id in allowed else frozenset()
    return QueueFilter(view, ids, page_number(request.args.get("page"))), process_id


@bp.post("/<any(proposal, comment):kind>/<uuid:subject_id>")
@requires(Permission.MODERATE)
@commits
def decide_on(kind: str, subject_id: UUID) -> ResponseReturnValue:
    """Take one decision and go back to the queue, which offers to undo it."""
    form = DecisionForm()
    subject_type = Subject(kind)
    back = safe_next(request.form.get("back"), url_for(".queue_page"))
    command = form.to_command(subject_type, subject_id) if form.validate_on_submit() else None
    if command is None:
        problems = [text for _field, text in form.problems] or [_("We could not read this decision. Try again.")]
        flash(problems[0], "bad")
        return redirect(back)
    try:
        decision = decide(db.session(), viewer(), command)
    except Conflict as refusal:
        db.session.rollback()
        flash(translate(refusal.message), "warning")
        return redirect(back)
    except Refused as refusal:
        form.refuse(refusal)
        if refusal.status == 404:
            raise
        return _one(form, kind, subject_id, back), 422
    # Restoring publishes; what nobody had approved yet is therefore not one click away from being public.
    undo = decision.verb is Verb.HIDE and decision.state_before == "published"
    subject = db.session.get(Comment if decision.subject_type is Subject.COMMENT else Proposal, subject_id)
    told = isinstance(subject, Proposal | Comment) and can_be_told(db.session(), subject)
    _say_what_was_done(decision.verb, kind, subject_id, back, undo=undo, told=told)
    return redirect(back)


def _one(form: DecisionForm, kind: str, subject_id: UUID, back: str) -> str:
    """The decision on a page of its own, with what was typed, to complete it."""
    return render_template("moderation/decide.html", form=form, kind=kind, subject_id=subject_id, back=back)


def _say_what_was_done(verb: Verb, kind: str, subject_id: UUID, back: str, *, undo: bool, told: bool) -> None:
    author = _("The author is told.") if told else _("The author left no address, so nobody can tell them.")
    texts = {
        Verb.APPROVE: _("Published. %(author)s", author=author),
        Verb.HIDE: _("Hidden. The author gets the reason.") if told else _("Hidden. %(author)s", author=author),
        Verb.RESTORE: _("Visible again. %(author)s", author=author),
        Verb.DISMISS: _("Left as it is. The reports are settled."),
    }
    html = Markup("{}").format(texts[verb])
    if undo:
        html += Markup(" ") + slots.partial(
            "moderation/_undo.html", url=url_for(".decide_on", kind=kind, subject_id=subject_id), verb="restore", back=back
        )
    flash(html, "good")


def _tile(_subject: object) -> Markup:
    """On the staff overview: how much is waiting."""
    if not viewer().may(Permission.MODERATE):
        return Markup("")
    count = waiting_count(db.session(), viewer().processes_where(Permission.MODERATE))
    text = (
        ngettext("%(num)s contribution waits for a decision", "%(num)s contributions wait for a decision", count)
        if count
        else _("Nothing waits for a decision")
    )
    return slots.partial("moderation/_tile.html", text=text, count=count)


slots.register("staff.home", 20, _tile)
