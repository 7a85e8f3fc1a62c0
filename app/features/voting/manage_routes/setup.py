"""How people vote in a process, and, when the vote is over, how many took part where."""

from collections.abc import Collection
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.budgets.queries import Pot, PotState, Step, more_steps
from app.features.spaces.queries import Process, area_names, process
from app.features.voting.forms.voters import SetupForm
from app.features.voting.queries import box_of, closed, fixed_pots, frozen_roll, has_roll
from app.features.voting.use_cases import fixed_reason, write_setup
from app.features.voting.voters.announced_setup import paper_rules
from app.features.voting.voters.eligibility import announced_custody, prepared, setup_of
from app.features.voting.voters.turnout import Group, by_area, by_bracket, by_sex
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import requires, viewer
from app.web.filters import city_zone, local_text
from app.web.transaction import commits

bp = Blueprint("voting_setup", __name__, template_folder="../templates", url_prefix="/staff/how-people-vote")


def space_of(process_id: UUID) -> Process:
    """The process. Raises NotFound."""
    space = process(db.session(), process_id)
    if space is None:
        raise NotFound
    return space


@bp.route("/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
@commits
def edit(process_id: UUID) -> ResponseReturnValue:
    """Where a voter may vote and by which ways people come in; fixed with the first ballot."""
    stored = setup_of(db.session(), process_id)
    form = SetupForm(obj=stored)
    if stored.postal_until is not None and not form.is_submitted():
        form.postal_until.data = stored.postal_until.astimezone(city_zone()).strftime("%Y-%m-%d %H:%M")
    if stored not in db.session() and not form.is_submitted():
        form.custody.data = None  # nobody has chosen: a page that proposes it would choose for them
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            write_setup(db.session(), viewer(), form.to_command(process_id))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            flash(_("Saved. This is announced with every ballot that is fixed from now on."), "good")
            return redirect(url_for(".edit", process_id=process_id), 303)
    fixed = fixed_reason(db.session(), process_id)
    page = render_template(
        "voting/setup.html",
        form=form,
        may_change=viewer().may(Permission.BUDGET_MANAGE, process_id),
        process=space_of(process_id),
        fixed=fixed.message if fixed else None,
        roll=has_roll(db.session(), process_id),
        setup=setup_of(db.session(), process_id),
    )
    return page, status


@bp.get("/<uuid:process_id>/turnout")
@requires(Permission.BUDGET_INSPECT)
def turnout(process_id: UUID) -> ResponseReturnValue:
    """How many of the list took part, by area, age and sex, once the vote is over; small numbers are not shown."""
    session = db.session()
    space = space_of(process_id)
    pots = fixed_pots(session, process_id)
    is_closed = bool(pots) and all(closed(session, pot) for pot in pots)
    names = {str(area): local_text(name) for area, name in area_names(session).items()} if is_closed else {}
    sexes = {"f": _("women"), "m": _("men"), "x": _("other")}
    tables: list[tuple[str, list[tuple[str, Group]]]] = []
    if is_closed:
        tables = [
            (_("By area"), [(names.get(one.name, _("not on the list")), one) for one in by_area(session, process_id)]),
            (_("By age"), [(one.name or _("not on the list"), one) for one in by_bracket(session, process_id)]),
            (_("By sex"), [(sexes.get(one.name, _("not on the list")), one) for one in by_sex(session, process_id)]),
        ]
    return render_template("voting/turnout.html", process=space, is_closed=is_closed, tables=tables)


def _links(space: Process) -> Markup:
    """Beside the pots of a process, and on every page about its voters: all the others."""
    may_manage = viewer().may(Permission.BUDGET_MANAGE, space.id)
    may_inspect = viewer().may(Permission.BUDGET_INSPECT, space.id)
    if space.imported or not (may_manage or may_inspect):
        return Markup("")
    return slots.partial(
        "voting/_voters_links.html", process=space, may_manage=may_manage, may_inspect=may_inspect, here=request.endpoint
    )


def _links_by_id(process_id: UUID) -> Markup:
    """The same on the pages of a pot."""
    return _links(space_of(process_id))


def _steps(session: Session, process_ids: Collection[UUID]) -> dict[UUID, list[Step]]:
    """What is to be done about the voters before a ballot is fixed."""
    there = prepared(session, process_ids)
    return {
        one: [
            Step(msg("How people vote"), url_for("voting_setup.edit", process_id=one), one in there.setups),
            *_key_step(one, there.keys.get(one)),
            Step(msg("List of voters"), url_for("voting_roll.roll", process_id=one), one in there.rolls),
            Step(msg("Codes and letters"), url_for("voting_letters.show", process_id=one), one in there.letters),
        ]
        for one in process_ids
    }


def _key_step(process_id: UUID, there: bool | None) -> list[Step]:
    """Where the committee is to keep the key: whether it is there. Linked for those who see the page of the box."""
    if there is None:
        return []
    url = url_for("voting_box.show", process_id=process_id) if viewer().may(Permission.BUDGET_INSPECT, process_id) else ""
    return [Step(msg("Bring the key of the committee"), url, there)]


def _on_paper(pot: Pot) -> Markup:
    """With what is announced: how ballots on paper are read, where there are any."""
    rules = None if pot.options.get("imported") else paper_rules(db.session(), pot)
    return slots.partial("voting/_paper_rules.html", rules=rules) if rules else Markup("")


def _who_keeps(pot: Pot) -> Markup:
    """With what is announced: who keeps the key; on drafts as it is chosen now, and what is missing."""
    session = db.session()
    if pot.options.get("imported"):
        return Markup("")
    chosen = frozenset({setup_of(session, pot.process_id).custody})
    said = chosen if pot.state is PotState.DRAFT else announced_custody([pot])
    box = box_of(session, pot.process_id)
    if not said and box is not None:
        said = frozenset({box.custody})
    roll = frozen_roll(session, pot.process_id)
    return slots.partial("voting/_who_keeps.html", custody=next(iter(said), None), box=box, roll=roll)


slots.register("pot.staff", 5, _who_keeps)
slots.register("pot.fixed", 10, _who_keeps)
slots.register("pot.staff", 6, _on_paper)
slots.register("pot.fixed", 11, _on_paper)
more_steps.append((10, _steps))
slots.register("budgets.process", 10, _links)
slots.register("voting.voters", 10, _links_by_id)
