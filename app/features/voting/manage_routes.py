"""The desk, where a clerk enters a ballot for somebody; and the committee's page."""

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.budgets.queries import (
    Choices,
    Pot,
    PotState,
    check_choices,
    gives_points,
    in_order,
    is_ranking,
    pots_in,
    score_head,
    score_number,
    score_words,
)
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import voting_open
from app.features.spaces.queries import Action, Process, action_open, visible_processes
from app.features.voting import (
    board_routes,
    box_routes,
    compare_routes,
    contest_routes,
    draw_routes,
    letter_routes,
    lookup_routes,
    package_routes,
    publication_routes,
    roll_routes,
    rule_compare_routes,
    setup_routes,
)
from app.features.voting.forms import DeskForm, envelope_id
from app.features.voting.installation import keyring, voters_key
from app.features.voting.marks import OUTDATED, is_outdated
from app.features.voting.publication import can_choose, choice_of, needs_choice
from app.features.voting.queries import (
    ballots_cast,
    closed,
    has_roll,
    is_opened,
    is_over,
    participations,
    roll_size,
    totals_by_channel,
)
from app.features.voting.use_cases import cast_at_desk, check_at_desk, count_pot
from app.kernel import clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation, slots
from app.web.access import requires, viewer
from app.web.transaction import attempt, commits

desk = Blueprint("voting_desk", __name__, template_folder="templates", url_prefix="/staff/desk")
committee = Blueprint("voting_committee", __name__, template_folder="templates", url_prefix="/staff/committee")
blueprints = [
    desk,
    committee,
    roll_routes.bp,
    setup_routes.bp,
    letter_routes.bp,
    lookup_routes.bp,
    contest_routes.desk,
    contest_routes.bp,
    box_routes.bp,
    board_routes.bp,
    compare_routes.bp,
    draw_routes.bp,
    package_routes.bp,
    publication_routes.bp,
    rule_compare_routes.bp,
]
navigation.staff("voting_desk.index", msg("Voting desk"), icon="vote", order=45, needs=Permission.INTAKE)
navigation.staff("voting_committee.pots", msg("Counting"), icon="scale", order=60, needs=Permission.BUDGET_INSPECT)


@desk.get("")
@requires(Permission.INTAKE)
def index() -> str:
    """Which votes are open now in the clerk's processes."""
    pots = pots_in(db.session(), viewer().processes_where(Permission.INTAKE))
    spaces, now = _spaces(), clock.now()
    opened = [
        pot
        for pot in pots
        if pot.state is PotState.READY
        and (space := spaces.get(pot.process_id)) is not None
        and action_open(space, Action.VOTE, now)
    ]
    processes = {pot.process_id: spaces[pot.process_id] for pot in opened}
    return render_template("voting/desk_index.html", pots=opened, processes=processes.values())


@desk.route("/<uuid:pot_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def enter(pot_id: UUID) -> ResponseReturnValue:
    """Type the card's number and see whether the person can vote; type the choices, look at them, cast."""
    pot = _pot(pot_id, Permission.INTAKE)
    if not voting_open(db.session(), pot):
        raise NotFound
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
            check_choices(pot, choices)
            if step == "cast":
                command = form.to_command(pot, choices, envelope_id(request.form))
                cast_at_desk(db.session(), viewer(), command, secret, keyring())
                flash(_("The ballot is cast. The next person can come."), "good")
                return redirect(url_for(".enter", pot_id=pot_id))
            if step == "review":
                review = in_order(pot, choices)
        except Refused as refusal:
            form.refuse(refusal)
            status, used = refusal.status, isinstance(refusal, Conflict)
            pot = _pot(pot_id, Permission.INTAKE)
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
        roll=roll,
        can_vote=can_vote,
        used=used,
        envelope=uuid4(),
    ), status


def _pot(pot_id: UUID, permission: Permission) -> Pot:
    pot = pot_by_id(db.session(), pot_id)
    if pot is None or not viewer().may(permission, pot.process_id):
        raise NotFound
    return pot


def _spaces() -> dict[UUID, Process]:
    """The processes that this person sees, by id."""
    return {space.id: space for space in visible_processes(db.session(), viewer())}


@committee.get("")
@requires(Permission.BUDGET_INSPECT)
def pots() -> str:
    """Every pot of the committee's processes and what is to be done with it."""
    session = db.session()
    found = [
        pot for pot in pots_in(session, viewer().processes_where(Permission.BUDGET_INSPECT)) if pot.state is not PotState.DRAFT
    ]
    spaces = _spaces()
    now = clock.now()
    rows = [(pot, spaces.get(pot.process_id), is_over(spaces.get(pot.process_id), pot, now)) for pot in found]
    processes = {space.id: space for _pot, space, _over in rows if space is not None and not space.imported}
    return render_template("voting/committee_index.html", rows=rows, processes=processes.values())


@committee.get("/<uuid:pot_id>")
@requires(Permission.BUDGET_INSPECT)
def pot_page(pot_id: UUID) -> str:
    """While people vote: turnout only. Afterwards: totals by channel, the count, its ties, and certifying."""
    session = db.session()
    pot = _pot(pot_id, Permission.BUDGET_INSPECT)
    is_closed = closed(session, pot)
    return render_template(
        "voting/committee.html",
        pot=pot,
        is_closed=is_closed,
        opened=is_opened(session, pot),
        has_box=not pot.options.get("imported"),
        turnout=participations(session, pot.id),
        roll=roll_size(session, pot.process_id),
        may_import=viewer().may(Permission.BUDGET_MANAGE, pot.process_id) and not pot.options.get("imported"),
        channels=totals_by_channel(session, pot) if is_closed else {},
        ballots=ballots_cast(session, pot) if is_closed else None,
        by_number={project.number: project for project in pot.projects},
        by_points=gives_points(pot) or is_ranking(pot),
        score_head=score_head(pot),
        score_number=score_number,
        score_words=score_words,
        may_certify=viewer().may(Permission.BUDGET_CERTIFY, pot.process_id),
        needs_choice=is_closed and can_choose(session, pot) and needs_choice(session, pot),
        choice=choice_of(session, pot.id),
    )


@committee.post("/<uuid:pot_id>/count")
@requires(Permission.BUDGET_CERTIFY)
@commits
def count(pot_id: UUID) -> ResponseReturnValue:
    """Count by the announced rule from the stored ballots."""
    done = _("Counted. Look at the result and the ties, then certify it.")
    attempt(lambda: count_pot(db.session(), viewer(), pot_id), done)
    return redirect(url_for(".pot_page", pot_id=pot_id))


def _tile(_subject: object) -> Markup:
    """On the staff overview: how many pots wait to be counted or certified."""
    if not viewer().may(Permission.BUDGET_CERTIFY):
        return Markup("")
    spaces, now = _spaces(), clock.now()
    waiting = [
        pot
        for pot in pots_in(db.session(), viewer().processes_where(Permission.BUDGET_CERTIFY))
        if pot.state is PotState.COUNTED or (pot.state is PotState.READY and is_over(spaces.get(pot.process_id), pot, now))
    ]
    return slots.partial("voting/_tile.html", count=len(waiting))


slots.register("staff.home", 60, _tile)
