"""The desk, where a clerk enters a ballot for somebody."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets.queries import (
    Choices,
    PotState,
    check_new_choices,
    in_order,
    most_cost,
    pots_in,
    withdrawn_from,
)
from app.features.budgets.use_cases import voting_open
from app.features.spaces.queries import Action, action_open
from app.features.voting.ballot.marks import OUTDATED, is_outdated
from app.features.voting.forms.ballot import DeskForm, envelope_id
from app.features.voting.keys.installation import keyring, voters_key
from app.features.voting.manage_routes.shared import pot_of, spaces_seen
from app.features.voting.queries import (
    has_roll,
)
from app.features.voting.use_cases import cast_at_desk, check_at_desk
from app.kernel import clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation
from app.web.access import requires, viewer
from app.web.transaction import commits

bp = Blueprint("voting_desk", __name__, template_folder="../templates", url_prefix="/staff/desk")
navigation.staff("voting_desk.index", msg("Voting desk"), icon="vote", order=45, needs=Permission.INTAKE)


@bp.get("")
@requires(Permission.INTAKE)
def index() -> str:
    """Which votes are open now in the clerk's processes."""
    pots = pots_in(db.session(), viewer().processes_where(Permission.INTAKE))
    spaces, now = spaces_seen(), clock.now()
    opened = [
        pot
        for pot in pots
        if pot.state is PotState.READY
        and (space := spaces.get(pot.process_id)) is not None
        and action_open(space, Action.VOTE, now)
    ]
    processes = {pot.process_id: spaces[pot.process_id] for pot in opened}
    return render_template("voting/desk_index.html", pots=opened, processes=processes.values())


@bp.route("/<uuid:pot_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def enter(pot_id: UUID) -> ResponseReturnValue:
    """Type the card's number and see whether the person can vote; type the choices, look at them, cast."""
    pot = pot_of(pot_id, Permission.INTAKE)
    is_open = voting_open(db.session(), pot)
    if not is_open and request.form.get("step") != "cast":
        raise NotFound  # a ballot that was sent is answered: it may be in the box already
    form = DeskForm()
    form.explain(pot)
    review: Choices | None = None
    status, can_vote, used = 200, False, False
    if form.validate_on_submit():
        step = request.form.get("step")
        try:
            if is_outdated(pot, request.form):
                raise Refused(OUTDATED)
            secret = voters_key(pot.process_id)
            if step in ("number", "review"):
                check_at_desk(db.session(), viewer(), pot_id, form.number.data, form.birth(), secret)
                can_vote = step == "number"
            choices = form.chosen(pot)
            if step != "cast":  # one that was cast before a project was withdrawn is answered, if it is sent again
                check_new_choices(pot, choices)
            if step == "cast":
                command = form.to_command(pot, choices, envelope_id(request.form))
                cast_at_desk(db.session(), viewer(), command, secret, keyring())
                flash(_("The ballot is cast. The next person can come."), "good")
                return redirect(url_for(".enter", pot_id=pot_id) if is_open else url_for(".index"))
            if step == "review":
                review = in_order(pot, choices)
        except Refused as refusal:
            form.refuse(refusal)
            status, used = refusal.status, isinstance(refusal, Conflict)
            pot = pot_of(pot_id, Permission.INTAKE)
    elif form.is_submitted():
        status = 422
    roll = has_roll(db.session(), pot.process_id)
    projects = {project.number: project for project in pot.projects}
    return render_template(
        "voting/desk.html",
        form=form,
        pot=pot,
        review=review,
        projects=projects,
        gone=withdrawn_from(pot),
        cap=most_cost(pot),
        roll=roll,
        can_vote=can_vote,
        used=used,
        envelope=uuid4(),
    ), status
