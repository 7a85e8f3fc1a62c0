"""Objections: the list of those that wait, the longest first; one of them with its decision; how many on the staff overview."""

from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.extensions import db
from app.features.accounts.queries import people_names
from app.features.consents.commands import ConfirmObjection, DecideObjection
from app.features.consents.forms.objections import ConfirmForm, DecideForm
from app.features.consents.manage_routes import bp
from app.features.consents.objecting import RULINGS, why_not_confirm, why_not_decide
from app.features.consents.queries import (
    Objection,
    Ruling,
    decided_objections,
    objection,
    objections_waiting,
    open_objections,
)
from app.features.consents.rules import may_manage
from app.features.consents.shown import language_name, vocabulary
from app.features.consents.use_cases import confirm_objection, decide_objection
from app.kernel.errors import NotFound
from app.kernel.looks import Look
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import requires, viewer
from app.web.looks import looked_at
from app.web.transaction import commits

LIST = Look(
    "objection_list",
    msg("%(role)s saw your name and your objection in the list of objections"),
    msg("Examining objections to uses of data"),
    basis="legal_obligation",
)
ONE = Look(
    "objection",
    msg("%(role)s read your objection to decide about it"),
    msg("Examining objections to uses of data"),
    basis="legal_obligation",
)
PAGE = 50


@bp.get("/objections")
@requires(Permission.AGREEMENT_MANAGE)
def objections() -> str:
    """Who objects to a use that rests on the public task, and why: what waits, the longest first; or what was decided."""
    session, mine = db.session(), viewer().processes_where(Permission.AGREEMENT_MANAGE)
    decided = request.args.get("show") == "decided"
    page = min(max(1, request.args.get("page", 1, type=int)), 100_000)
    find = decided_objections if decided else open_objections
    found = find(session, mine, (page - 1) * PAGE, PAGE + 1)
    shown = found[:PAGE]
    looked_at(LIST, [one.person_id for one in shown])
    show = "decided" if decided else None
    return render_template(
        "consents/objections.html",
        objections=shown,
        decided=decided,
        waiting=objections_waiting(session, mine),
        names=people_names(session, [one.person_id for one in shown]),
        rulings=RULINGS,
        more=url_for(".objections", show=show, page=page + 1) if len(found) > PAGE else None,
    )


@bp.route("/objections/<uuid:event_id>", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def decide(event_id: UUID) -> ResponseReturnValue:
    """One objection with its agreement: uphold it, or propose compelling grounds that a second person agrees with."""
    found = _mine(event_id)
    looked_at(ONE, [found.person_id])
    form = DecideForm(data={"reason": found.decision.reason} if found.decision else {})
    uphold = request.form.get("decision") == "uphold"
    if request.method == "POST" and request.form.get("decision") not in ("uphold", "compelling"):
        flash(_("Choose one of the two decisions."), "bad")
        return redirect(url_for(".decide", event_id=event_id))
    command = DecideObjection(event_id, uphold, form.reason.data or "")
    sent = form.send(lambda: decide_objection(db.session(), viewer(), command))
    if sent.done:
        flash(
            _("Upheld. Their data is not used for this any more, and they are told.")
            if uphold
            else _("Proposed. A second person reads it now; until they agree, the use rests."),
            "good",
        )
        return redirect(url_for(".objections"))
    return _page(event_id, decide_form=form), sent.status


@bp.route("/objections/<uuid:event_id>/confirm", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def confirm(event_id: UUID) -> ResponseReturnValue:
    """The second person's yes or no to compelling grounds."""
    found = _mine(event_id)
    looked_at(ONE, [found.person_id])
    if request.method == "GET":
        return redirect(url_for(".decide", event_id=event_id))
    form, agree = ConfirmForm(), request.form.get("decision") == "agree"
    command = ConfirmObjection(event_id, agree, form.reason.data or "", _moment(request.form.get("read", "")))
    sent = form.send(lambda: confirm_objection(db.session(), viewer(), command))
    if sent.done:
        flash(_("Decided, and the person is told.") if agree else _("Sent back. Somebody decides anew."), "good")
        return redirect(url_for(".objections"))
    return _page(event_id, confirm_form=form), sent.status


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _mine(event_id: UUID) -> Objection:
    """An objection to an agreement that the viewer looks after. Raises NotFound for all others, and once it was taken back."""
    found = objection(db.session(), event_id)
    if found is None or not may_manage(viewer(), found.agreement.process_id):
        raise NotFound
    return found


def _page(event_id: UUID, decide_form: DecideForm | None = None, confirm_form: ConfirmForm | None = None) -> str:
    """The page with the objection as it is now: after a refusal the session has begun anew."""
    found, session, actor = _mine(event_id), db.session(), viewer()
    decision = found.decision
    people = [found.person_id, found.event.hands_id]
    if decision is not None:
        people += [decision.proposed_by_id, decision.confirmed_by_id]
    proposed = decision is not None and decision.state is Ruling.PROPOSED
    return render_template(
        "consents/objection.html",
        objection=found,
        decision=decision,
        proposed=proposed,
        names=people_names(session, people),
        rulings=RULINGS,
        words=vocabulary(),
        language_name=language_name,
        decide_form=decide_form or DecideForm(data={"reason": decision.reason} if decision else {}),
        confirm_form=confirm_form or ConfirmForm(formdata=None),
        form=confirm_form or decide_form,
        may_not_decide=why_not_decide(actor, found.person_id),
        may_not_confirm=why_not_confirm(actor, decision) if decision is not None and proposed else None,
    )


def _tile(_subject: object) -> Markup:
    """On the staff overview: how many objections wait, and how many for too long."""
    if not viewer().may(Permission.AGREEMENT_MANAGE):
        return Markup("")
    waiting, overdue = objections_waiting(db.session(), viewer().processes_where(Permission.AGREEMENT_MANAGE))
    text = (
        ngettext("%(num)s objection waits for a decision", "%(num)s objections wait for a decision", waiting)
        if waiting
        else _("No objection waits for a decision")
    )
    if overdue:
        text = f"{text}. " + ngettext(
            "%(num)s has waited for more than a month", "%(num)s have waited for more than a month", overdue
        )
    return slots.partial("consents/_tile.html", text=text, count=waiting)


slots.register("staff.home", 70, _tile)
