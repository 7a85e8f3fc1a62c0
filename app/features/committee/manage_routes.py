"""The committee at work: proposing, signing, declining; how long people can object. Auditors see it all and change nothing."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.budgets.queries import Pot, PotState
from app.features.budgets.use_cases import ties_to_draw
from app.features.committee import objection_routes, paper_routes
from app.features.committee.balances import unsettled
from app.features.committee.forms import DeclineForm, RetentionForm, propose_form
from app.features.committee.models import DecisionKind, DecisionState, ObjectionOutcome
from app.features.committee.offers import obstacle_to, offers, to_choose
from app.features.committee.queries import (
    Decision,
    being_corrected,
    certificates_in,
    decision,
    decisions_of,
    in_doubt,
    objection_deadline,
    objections_of,
    retention_of,
    waiting_for,
)
from app.features.committee.shown import PROPOSALS, ShownDecision, show, will_happen
from app.features.committee.use_cases import concerns, decline, propose, require_possible, set_retention, sign, withdraw
from app.features.spaces.queries import Process, process
from app.features.voting.queries import fixed_pots
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.transaction import attempt, commits

bp = Blueprint("committee_staff", __name__, template_folder="templates", url_prefix="/staff/decisions")
blueprints = [bp, paper_routes.bp, objection_routes.bp]


def _space(process_id: UUID) -> Process:
    space = process(db.session(), process_id)
    if space is None or space.imported or not viewer().may(Permission.BUDGET_INSPECT, process_id):
        raise NotFound
    return space


def _pots(process_id: UUID) -> dict[UUID, Pot]:
    return {pot.id: pot for pot in fixed_pots(db.session(), process_id)}


@bp.get("/<uuid:process_id>")
@requires(Permission.BUDGET_INSPECT)
def index(process_id: UUID) -> ResponseReturnValue:
    """Every decision, whatever became of it; what can be proposed; objections; the days."""
    return _index(process_id)


def _index(process_id: UUID, form: RetentionForm | None = None, status: int = 200) -> ResponseReturnValue:
    space, session, pots = _space(process_id), db.session(), _pots(process_id)
    kept = retention_of(session, process_id)
    days = {"objection_days": str(kept.objection_days), "keep_days": str(kept.keep_days)}
    decided, may_change = decisions_of(session, process_id), viewer().may(Permission.BUDGET_CERTIFY, process_id)
    page = render_template(
        "committee/staff_index.html",
        process=space,
        rows=[show(one, pots) for one in decided],
        pots=list(pots.values()),
        certified=certificates_in(session, pots),
        about_process=offers(session, process_id, decided) if may_change else [],
        about_pots=[(pot, offers(session, process_id, decided, pot)) for pot in pots.values()] if may_change else [],
        objections=objections_of(session, process_id),
        until=objection_deadline(session, process_id),
        retention=kept,
        may_change=may_change,
        form=form or RetentionForm(data=days),
    )
    return page, status


@bp.post("/<uuid:process_id>/days")
@requires(Permission.BUDGET_CERTIFY)
@commits
def days(process_id: UUID) -> ResponseReturnValue:
    """Say how many days people can object."""
    _space(process_id)
    form = RetentionForm()
    if not form.validate_on_submit():
        return _index(process_id, form, 422)
    try:
        set_retention(db.session(), viewer(), form.to_command(process_id))
    except Refused as refusal:
        form.refuse(refusal)
        return _index(process_id, form, refusal.status)
    flash(_("Saved."), "good")
    return redirect(url_for(".index", process_id=process_id), 303)


@bp.route("/<uuid:process_id>/propose/<kind>", methods=["GET", "POST"])
@requires(Permission.BUDGET_CERTIFY)
@commits
def new(process_id: UUID, kind: str) -> ResponseReturnValue:
    """Propose a decision: what will happen, and the reason that everybody will read. `?pot=` names the pot it is about."""
    space, pots = _space(process_id), _pots(process_id)
    if kind not in {one.value for one in DecisionKind} or not viewer().may(Permission.BUDGET_CERTIFY, process_id):
        raise NotFound
    wanted = DecisionKind(kind)
    pot = next((one for one in pots.values() if str(one.id) == request.args.get("pot")), None)
    if wanted.about_a_pot and pot is None:
        raise NotFound
    pot = pot if wanted.about_a_pot else None
    objections = [one for one in objections_of(db.session(), process_id) if one.outcome is ObjectionOutcome.OPEN]
    form, status = propose_form(wanted, objections, to_choose(db.session(), wanted, pot)), 200
    pot_id = pot.id if pot else None
    if form.validate_on_submit():
        try:
            made = propose(db.session(), viewer(), form.to_command(process_id, wanted, pot_id))
        except Refused as refusal:
            form.refuse(refusal)
            status, space, pot = refusal.status, _space(process_id), _pots(process_id).get(pot_id) if pot_id else None
        else:
            flash(_("Proposed and signed by you. A different member must sign second."), "good")
            return redirect(url_for(".show_one", decision_id=made.id), 303)
    elif form.is_submitted():
        status = 422
    return render_template(
        "committee/propose.html",
        process=space,
        pot=pot,
        form=form,
        kind=wanted,
        title=translate(PROPOSALS[wanted]),
        will=will_happen(wanted, {}),
        obstacle=obstacle_to(db.session(), wanted, process_id, pot),
    ), status


def _decision(decision_id: UUID) -> Decision:
    found = decision(db.session(), decision_id)
    if found is None or not viewer().may(Permission.BUDGET_INSPECT, found.process_id):
        raise NotFound
    return found


@bp.get("/one/<uuid:decision_id>")
@requires(Permission.BUDGET_INSPECT)
def show_one(decision_id: UUID) -> ResponseReturnValue:
    """One decision: what will happen with the second signature; signing, declining, taking back."""
    return _show_one(_decision(decision_id), DeclineForm())


def _show_one(found: Decision, form: DeclineForm, status: int = 200) -> ResponseReturnValue:
    shown: ShownDecision = show(found, _pots(found.process_id))
    mine = found.proposed_by == viewer().person_id
    waits = found.state is DecisionState.PROPOSED and viewer().may(Permission.BUDGET_CERTIFY, found.process_id)
    objection = None
    if found.kind is DecisionKind.OBJECTION:
        of_process = objections_of(db.session(), found.process_id)
        objection = next((one for one in of_process if str(one.id) == found.details.get("objection")), None)
    own = objection is not None and concerns(objection, viewer().person_id)
    page = render_template(
        "committee/staff_one.html",
        process=_space(found.process_id),
        one=shown,
        decision=found,
        may_sign=waits and not mine and not own,
        own=waits and not mine and own,
        may_withdraw=waits and mine,
        objection=objection,
        form=form,
    )
    return page, status


@bp.post("/one/<uuid:decision_id>/sign")
@requires(Permission.BUDGET_CERTIFY)
@commits
def sign_one(decision_id: UUID) -> ResponseReturnValue:
    """Sign second: it takes effect."""
    _decision(decision_id)
    attempt(lambda: sign(db.session(), viewer(), decision_id), _("Signed. The decision is in force."))
    return redirect(url_for(".show_one", decision_id=decision_id), 303)


@bp.post("/one/<uuid:decision_id>/decline")
@requires(Permission.BUDGET_CERTIFY)
@commits
def decline_one(decision_id: UUID) -> ResponseReturnValue:
    """Do not sign, and say why."""
    _decision(decision_id)
    form = DeclineForm()
    if not form.validate_on_submit():
        return _show_one(_decision(decision_id), form, 422)
    attempt(lambda: decline(db.session(), viewer(), form.to_command(decision_id)), _("Declined."))
    return redirect(url_for(".show_one", decision_id=decision_id), 303)


@bp.post("/one/<uuid:decision_id>/withdraw")
@requires(Permission.BUDGET_CERTIFY)
@commits
def withdraw_one(decision_id: UUID) -> ResponseReturnValue:
    """Take back what one has proposed."""
    _decision(decision_id)
    attempt(lambda: withdraw(db.session(), viewer(), decision_id), _("Taken back."))
    return redirect(url_for(".show_one", decision_id=decision_id), 303)


def _on_committee_page(pot: Pot) -> Markup:
    """On the committee's page of a pot: certifying, what is missing before it, and the way to decisions and reconciliation."""
    if pot.options.get("imported"):
        return Markup("")
    open_now = [one for one in decisions_of(db.session(), pot.process_id) if one.state is DecisionState.PROPOSED]
    return slots.partial(
        "committee/_on_pot.html",
        pot=pot,
        waiting=[show(one, {pot.id: pot}) for one in open_now if one.pot_id in (None, pot.id)],
        certifiable=_can_be_certified(pot),
        certified=pot.state is PotState.CERTIFIED,
        corrected=being_corrected(db.session(), pot),
        doubt=in_doubt(db.session(), pot),
        to_draw=pot.state is PotState.CERTIFIED and bool(ties_to_draw(pot)),
        missing=bool(unsettled(db.session(), pot)),
        proposed=any(one.kind is DecisionKind.CERTIFICATION and one.pot_id == pot.id for one in open_now),
        may_certify=viewer().may(Permission.BUDGET_CERTIFY, pot.process_id),
    )


def _can_be_certified(pot: Pot) -> bool:
    try:
        require_possible(db.session(), DecisionKind.CERTIFICATION, pot.process_id, pot)
    except Refused:
        return False
    return True


def _on_box(space: Process) -> Markup:
    """Beside the box: the way to reconciliation and decisions."""
    return slots.partial("committee/_on_box.html", process=space)


def _out_of_dispute(space: Process) -> Markup:
    """Below openings that differ: the way out of them."""
    if not viewer().may(Permission.BUDGET_CERTIFY, space.id):
        return Markup("")
    if obstacle_to(db.session(), DecisionKind.OPENING_ANEW, space.id, None) is not None:
        return Markup("")
    return slots.partial("committee/_anew.html", process=space)


def _waiting() -> list[tuple[ShownDecision, Process]]:
    """What waits for the viewer's signature, each with its process."""
    found = waiting_for(db.session(), viewer().person_id, viewer().processes_where(Permission.BUDGET_CERTIFY))
    return [(show(one, {pot.id: pot} if pot else {}), space) for one, space, pot in found]


def _waits_for_you(_subject: object) -> Markup:
    """On top of the committee's first page: the decisions that wait for the viewer's signature."""
    waiting = _waiting()
    return slots.partial("committee/_waiting.html", waiting=waiting) if waiting else Markup("")


def _tile(_subject: object) -> Markup:
    """On the staff overview: how many decisions wait for the viewer's signature, with the way to them."""
    if not viewer().may(Permission.BUDGET_CERTIFY):
        return Markup("")
    waiting = _waiting()
    tried = bool(waiting) and all(space.rehearsal_of for _one, space in waiting)
    return slots.partial("committee/_tile.html", waiting=waiting, tried=tried) if waiting else Markup("")


slots.register("voting.pot", 10, _on_committee_page)
slots.register("voting.box", 10, _on_box)
slots.register("voting.box.disputed", 10, _out_of_dispute)
slots.register("voting.committee", 10, _waits_for_you)
slots.register("staff.home", 61, _tile)
