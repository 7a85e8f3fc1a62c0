"""One decision on several things of the queue, and taking it back."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.extensions import db
from app.features.moderation.forms import TogetherForm
from app.features.moderation.manage_routes import bp
from app.features.moderation.models import Verb
from app.features.moderation.queries import named
from app.features.moderation.use_cases import Outcome, decide_together, undo_together
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import requires, safe_next, viewer
from app.web.filters import translate
from app.web.transaction import commits


@bp.post("/together")
@requires(Permission.MODERATE)
@commits
def decide_on_several() -> ResponseReturnValue:
    """Decide on everything that was chosen; a hiding first asks for its reason, on a page that names what will be hidden."""
    form = TogetherForm()
    back = _back()
    command = form.to_together() if form.validate_on_submit() else None
    if form.verb.data == Verb.HIDE and form.chosen.data and form.step.data != "reason":
        return _ask_for_reason(form, back)
    if command is None:
        if form.verb.data == Verb.HIDE and form.chosen.data:
            return _ask_for_reason(form, back), 422
        flash(_("We could not read this decision. Try again."), "bad")
        return redirect(back)
    try:
        outcome = decide_together(db.session(), viewer(), command)
    except Refused as refusal:
        form.refuse(refusal)
        if command.verb is Verb.HIDE and command.subjects:
            return _ask_for_reason(form, back), 422
        flash(translate(refusal.message), "warning")
        return redirect(back)
    done = _what_was_done(command.verb, len(outcome.decided))
    return _report(outcome, done, back, undo=True)


@bp.post("/together/<uuid:together_id>/undo")
@requires(Permission.MODERATE)
@commits
def undo_several(together_id: UUID) -> ResponseReturnValue:
    """Lead what was decided together back to where it was."""
    outcome = undo_together(db.session(), viewer(), together_id)
    number = len(outcome.decided)
    done = ngettext("%(num)s decision is taken back.", "%(num)s decisions are taken back.", number)
    return _report(outcome, done, _back(), undo=False)


def _back() -> str:
    return safe_next(request.form.get("back"), url_for(".queue_page"))


def _ask_for_reason(form: TogetherForm, back: str) -> str:
    subjects = form.subjects()
    names = named(db.session(), subjects, viewer().processes_where(Permission.MODERATE))
    known = [names[key] for key in subjects if key in names]
    if not known:
        raise NotFound
    return render_template("moderation/hide_several.html", form=form, names=known, back=back)


def _what_was_done(verb: Verb, number: int) -> str:
    texts = {
        Verb.APPROVE: lambda: ngettext(
            "%(num)s proposal is published. Its author is told, where they left an address.",
            "%(num)s proposals are published. Their authors are told, where they left an address.",
            number,
        ),
        Verb.HIDE: lambda: ngettext(
            "%(num)s contribution is hidden. Its author gets the reason.",
            "%(num)s contributions are hidden. Their authors get the reason.",
            number,
        ),
        Verb.RESTORE: lambda: ngettext(
            "%(num)s contribution is visible again. Its author is told, where they left an address.",
            "%(num)s contributions are visible again. Their authors are told, where they left an address.",
            number,
        ),
        Verb.DISMISS: lambda: ngettext(
            "%(num)s contribution is left as it is. The reports are settled.",
            "%(num)s contributions are left as they are. The reports are settled.",
            number,
        ),
    }
    return texts[verb]()


def _report(outcome: Outcome, done: str, back: str, *, undo: bool) -> ResponseReturnValue:
    """Back to the queue when everything was done; else a page that names what was not, and why."""
    undo_url = url_for(".undo_several", together_id=outcome.together_id) if undo and outcome.decided else None
    if not outcome.refused:
        html = Markup("{}").format(done)
        if undo_url:
            html += Markup(" ") + slots.partial("moderation/_undo.html", url=undo_url, back=back)
        flash(html, "good")
        return redirect(back)
    page = render_template("moderation/not_all.html", outcome=outcome, done=done, back=back, undo_url=undo_url)
    return page, 200 if outcome.decided else 409
