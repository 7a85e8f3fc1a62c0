""" "Somebody voted in my name": recorded at a desk, decided by the committee, answered on paper."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts.queries import people_names
from app.features.budgets.queries import PotState, pots_of
from app.features.spaces.queries import Action, action_open, process
from app.features.voting.forms.voters import ContestForm, DecideForm, ReturnForm
from app.features.voting.keys.installation import voters_key
from app.features.voting.use_cases import (
    contest_of,
    contests_of,
    decide_contest,
    may_sign_contest,
    open_contest,
    return_contest,
    sign_contest,
)
from app.features.voting.voters.eligibility import granted_ballots
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import local_text
from app.web.transaction import attempt, commits

if TYPE_CHECKING:
    from app.features.voting.models import Contest

desk = Blueprint("voting_contest_desk", __name__, template_folder="../templates", url_prefix="/staff/desk/contests")
bp = Blueprint("voting_contests", __name__, template_folder="../templates", url_prefix="/staff/contests")


@desk.route("/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def record(process_id: UUID) -> ResponseReturnValue:
    """Write down what somebody says, and give them the outcome once there is one."""
    session = db.session()
    pots = [pot for pot in pots_of(session, process_id) if pot.state is not PotState.DRAFT]
    form = ContestForm()
    form.offer([(str(pot.id), local_text(pot.title)) for pot in pots])
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit() and (command := form.to_command()) is not None:
        try:
            contest = open_contest(session, viewer(), command, voters_key(process_id))
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
            status = refusal.status
        else:
            flash(_("Recorded. Give the person the number %(reference)s.", reference=contest.reference), "good")
            return redirect(url_for(".slip", contest_id=contest.id), 303)
    return _list("voting/contests_desk.html", process_id, status, form=form)


@desk.get("/slip/<uuid:contest_id>")
@requires(Permission.INTAKE)
def slip(contest_id: UUID) -> ResponseReturnValue:
    """For the person: what was recorded, and the outcome."""
    return _slip(contest_id)


@bp.get("/<uuid:process_id>")
@requires(Permission.BUDGET_INSPECT)
def index(process_id: UUID) -> ResponseReturnValue:
    """What was recorded, what was decided, and how many granted ballots were cast."""
    granted = sum(granted_ballots(db.session(), process_id).values())
    return _list("voting/contests.html", process_id, granted=granted)


@bp.get("/slip/<uuid:contest_id>")
@requires(Permission.BUDGET_INSPECT)
def outcome(contest_id: UUID) -> ResponseReturnValue:
    """The paper for the person."""
    return _slip(contest_id)


@bp.route("/decide/<uuid:contest_id>", methods=["GET", "POST"])
@requires(Permission.BUDGET_CERTIFY)
@commits
def decide(contest_id: UUID) -> ResponseReturnValue:
    """Propose to uphold or dismiss, with an outcome for the person and the reason; another member signs."""
    process_id = _may_decide(contest_id).process_id
    form = DecideForm()
    sent = form.send(lambda: decide_contest(db.session(), viewer(), form.to_command(contest_id)))
    if sent.done:
        flash(_("Proposed and signed by you. A different member must sign second."), "good")
        return redirect(url_for(".proposed", contest_id=contest_id), 303)
    contest = contest_of(db.session(), viewer(), contest_id)
    if (contest.state != "open" or contest.proposed) and not form.is_submitted():
        return redirect(url_for(".proposed", contest_id=contest_id))
    space = process(db.session(), process_id)
    is_open = space is not None and action_open(space, Action.VOTE, clock.now())
    return render_template(
        "voting/contest_decide.html", form=form, contest=contest, process=space, is_open=is_open
    ), sent.status


@bp.get("/proposed/<uuid:contest_id>")
@requires(Permission.BUDGET_INSPECT)
def proposed(contest_id: UUID) -> ResponseReturnValue:
    """The answer that a member has proposed: what the person will be told, and why. Another member signs it here."""
    contest = contest_of(db.session(), viewer(), contest_id)
    if not viewer().may(Permission.BUDGET_INSPECT, contest.process_id):
        raise NotFound
    if contest.state != "open" or not contest.proposed:
        return redirect(url_for(".outcome", contest_id=contest_id))
    return _proposed(contest, ReturnForm())


@bp.post("/proposed/<uuid:contest_id>/sign")
@requires(Permission.BUDGET_CERTIFY)
@commits
def sign(contest_id: UUID) -> ResponseReturnValue:
    """The second member signs: the answer is given."""
    _may_decide(contest_id)
    attempt(lambda: sign_contest(db.session(), viewer(), contest_id), _("Decided. Print the outcome for the person."))
    return redirect(url_for(".outcome", contest_id=contest_id), 303)


@bp.post("/proposed/<uuid:contest_id>/return")
@requires(Permission.BUDGET_CERTIFY)
@commits
def send_back(contest_id: UUID) -> ResponseReturnValue:
    """Do not sign, and say why; or take back one's own."""
    contest, form = _may_decide(contest_id), ReturnForm()
    if contest.first_hand != viewer().person_id and not form.validate_on_submit():
        return _proposed(contest, form, 422) if contest.proposed else redirect(url_for(".outcome", contest_id=contest_id), 303)
    attempt(lambda: return_contest(db.session(), viewer(), form.to_command(contest_id)), _("It is to be decided again."))
    return redirect(url_for(".index", process_id=contest.process_id), 303)


def _may_decide(contest_id: UUID) -> "Contest":
    contest = contest_of(db.session(), viewer(), contest_id)
    if not viewer().may(Permission.BUDGET_CERTIFY, contest.process_id):
        raise NotFound
    return contest


def _proposed(contest: "Contest", form: ReturnForm, status: int = 200) -> tuple[str, int]:
    session = db.session()
    pots = {pot.id: pot for pot in pots_of(session, contest.process_id)}
    may_decide = viewer().may(Permission.BUDGET_CERTIFY, contest.process_id)
    page = render_template(
        "voting/contest_proposed.html",
        contest=contest,
        process=process(session, contest.process_id),
        pot=pots[contest.pot_id],
        name=people_names(session, [contest.first_hand]).get(contest.first_hand, "") if contest.first_hand else "",
        may_sign=may_sign_contest(viewer(), contest),
        mine=may_decide and contest.first_hand == viewer().person_id,
        may_decide=may_decide,
        form=form,
    )
    return page, status


def _list(template: str, process_id: UUID, status: int = 200, **more: Any) -> ResponseReturnValue:
    session = db.session()
    space = process(session, process_id)
    if space is None:
        raise NotFound
    pots = {pot.id: pot for pot in pots_of(session, process_id)}
    may_decide = viewer().may(Permission.BUDGET_CERTIFY, process_id)
    contests = contests_of(session, process_id)
    page = render_template(template, process=space, contests=contests, pots=pots, may_decide=may_decide, **more)
    return page, status


def _slip(contest_id: UUID) -> ResponseReturnValue:
    contest = contest_of(db.session(), viewer(), contest_id)
    space = process(db.session(), contest.process_id)
    pots = {pot.id: pot for pot in pots_of(db.session(), contest.process_id)}
    return render_template("voting/contest_slip.html", contest=contest, process=space, pot=pots[contest.pot_id])
