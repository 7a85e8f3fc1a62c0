"""Staff set up pots, one question after the other, and fix the ballot before the vote."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets import announcing, ties
from app.features.budgets.checklist import Step, problems_of, steps_between
from app.features.budgets.commands import FreezePot, MovePot, UnfreezePot, WritePot
from app.features.budgets.forms import with_languages
from app.features.budgets.manage_routes import bp
from app.features.budgets.manage_routes.projects import sources_for
from app.features.budgets.manage_routes.shared import area_choices, my_pot, my_process, seen_pot, seen_processes, take
from app.features.budgets.pot_forms import BallotForm, DetailsForm, LimitsForm, MoneyForm, RuleForm
from app.features.budgets.queries import Pot, PotState, pots_in, project_numbers
from app.features.budgets.setting import command_of
from app.features.budgets.use_cases import (
    freeze_pot,
    move_pot,
    unfreeze_pot,
    why_none_is_fixed,
    why_not_fixed,
    write_pot,
)
from app.features.spaces.queries import Process, Stage, area_names, stage
from app.kernel import clock
from app.kernel.messages import Message, msg
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.transaction import attempt, commits

FEWEST_PROJECTS = 2
PARTS = ("money", "ballot", "limits", "rule", "details")


@bp.get("")
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
def index() -> str:
    """Every pot of one's processes, in the order in which residents see them."""
    mine = seen_processes()
    pots = [pot for pot in pots_in(db.session(), frozenset(mine)) if pot.process_id in mine]
    numbers = project_numbers(db.session(), [pot.id for pot in pots])
    areas = area_names(db.session())
    now = clock.now()
    finished = {one.id for one in mine.values() if stage(one, now) is Stage.FINISHED}
    return render_template(
        "budgets_manage/index.html",
        processes=mine,
        changeable={one for one in mine if viewer().may(Permission.BUDGET_MANAGE, one)},
        pots=pots,
        numbers=numbers,
        areas=areas,
        finished=finished,
        steps=_steps({one: space for one, space in mine.items() if one not in finished}, pots, numbers),
    )


def _page_of(pots: Sequence[Pot]) -> str:
    """The page of the first of these pots."""
    return url_for(".show", pot_id=pots[0].id) if pots else ""


def _steps(processes: dict[UUID, Process], pots: Sequence[Pot], numbers: dict[UUID, int]) -> dict[UUID, list[Step]]:
    """For each process with a ballot that is still to be fixed: what is to be done before, in order."""
    of = {one: [pot for pot in pots if pot.process_id == one] for one in processes}
    to_do = [one for one, mine in of.items() if not mine or any(pot.state is PotState.DRAFT for pot in mine)]
    between = steps_between(db.session(), to_do)
    late = why_none_is_fixed(db.session(), {one: processes[one] for one in to_do})
    found = {}
    for process_id in to_do:
        mine = of[process_id]
        few = [pot for pot in mine if numbers.get(pot.id, 0) < FEWEST_PROJECTS]
        draft = next((pot for pot in mine if pot.state is PotState.DRAFT), None)
        begin = "" if mine else url_for(".new", process_id=process_id)
        found[process_id] = [
            Step(msg("Set up a pot"), begin, bool(mine)),
            Step(msg("Put projects on the ballot"), _page_of(few or mine), bool(mine) and not few),
            *between[process_id],
            _fix_step(draft, late.get(process_id)),
        ]
    return found


def _fix_step(draft: Pot | None, late: Message | None) -> Step:
    """The last step, linked while it can be taken; of a draft that is too late, why it cannot."""
    if draft is None or late is not None:
        return Step(msg("Fix the ballot"), "", False, late if draft is not None else None)
    return Step(msg("Fix the ballot"), url_for(".fix", pot_id=draft.id), False)


@bp.route("/new/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE)
@commits
def new(process_id: UUID) -> ResponseReturnValue:
    """A new pot in a process: its name and money first."""
    my_process(process_id)
    currency = current_app.config["SETTINGS"].currency
    begun = WritePot(process_id, {}, 0, currency, limit_by_cost=True)
    return _ask("money", begun)


@bp.route("/<uuid:pot_id>/change", methods=["GET", "POST"], defaults={"part": "money"})
@bp.route("/<uuid:pot_id>/change/<any(ballot,limits,rule,details):part>", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE)
@commits
def change(pot_id: UUID, part: str) -> ResponseReturnValue:
    """One of the questions about a pot, while it is a draft."""
    pot = my_pot(pot_id)
    my_process(pot.process_id)
    return _ask(part, command_of(pot))


def _ask(part: str, pot: WritePot) -> ResponseReturnValue:
    form = _form(part, pot)
    sent = form.send(lambda: write_pot(db.session(), viewer(), form.changed(pot)))
    if sent.done:
        flash(_("Saved."), "good")
        on = PARTS.index(part) + 1
        if request.form.get("step") == "back" or on == len(PARTS):
            return redirect(url_for(".show", pot_id=sent.result.id))
        return redirect(url_for(".change", pot_id=sent.result.id, part=PARTS[on]))
    process = my_process(pot.process_id)
    return render_template(
        "budgets_manage/pot_form.html", form=form, process=process, pot=pot, part=part, parts=PARTS
    ), sent.status


def _form(part: str, pot: WritePot) -> Any:
    """The form of one question, with what the pot says now unless something was sent."""
    form: Any
    match part:
        case "money":
            form = with_languages(MoneyForm)
            form.area.choices = area_choices(my_process(pot.process_id))
        case "ballot":
            form = BallotForm()
        case "limits":
            form = LimitsForm(vote_type=pot.vote_type)
        case "rule":
            form = RuleForm(vote_type=pot.vote_type)
        case _:
            form = DetailsForm(vote_type=pot.vote_type, rule=pot.rule)
    if not form.is_submitted() and (part != "money" or pot.pot_id is not None):
        form.fill(pot)
    return form


@bp.get("/<uuid:pot_id>")
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
def show(pot_id: UUID) -> str:
    """One pot with its projects, what is missing, and the next step."""
    pot = seen_pot(pot_id)
    may_change = viewer().may(Permission.BUDGET_MANAGE, pot.process_id)
    return render_template(
        "budgets_manage/show.html",
        pot=pot,
        process=seen_processes().get(pot.process_id),
        may_change=may_change,
        problems=problems_of(db.session(), pot),
        too_late=_too_late(pot),
        areas=area_names(db.session()),
        sources=sources_for(pot) if may_change else None,
        **_announced(pot),
    )


def _too_late(pot: Pot) -> Message | None:
    return why_not_fixed(db.session(), pot) if pot.state is PotState.DRAFT else None


def _announced(pot: Pot) -> dict[str, Any]:
    """What residents are told, in the sentences in which they are told."""
    return {
        "ballot": announcing.ballot_steps(pot),
        "rule": announcing.rule_steps(pot),
        "ties": ties.tie_steps(pot),
        "groups": announcing.groups(pot),
    }


@bp.post("/<uuid:pot_id>/move")
@requires(Permission.BUDGET_MANAGE)
@commits
def move(pot_id: UUID) -> ResponseReturnValue:
    """Put a pot one place up or down among those of its process."""
    my_pot(pot_id)
    up = request.form.get("to") == "up"
    attempt(lambda: move_pot(db.session(), viewer(), MovePot(pot_id, up)), _("Moved."))
    return redirect(url_for(".index"))


@bp.route("/<uuid:pot_id>/fix", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE)
@commits
def fix(pot_id: UUID) -> ResponseReturnValue:
    """Fix the ballot, knowing what that means and what is announced."""
    pot = my_pot(pot_id)
    if request.method == "POST":
        return take(
            pot_id, lambda: freeze_pot(db.session(), viewer(), FreezePot(pot_id)), _("The ballot is fixed and public now.")
        )
    return render_template(
        "budgets_manage/fix.html",
        pot=pot,
        problems=problems_of(db.session(), pot),
        too_late=_too_late(pot),
        **_announced(pot),
    )


@bp.post("/<uuid:pot_id>/unfix")
@requires(Permission.BUDGET_MANAGE)
@commits
def unfix(pot_id: UUID) -> ResponseReturnValue:
    """Undo fixing the ballot while the vote has not begun."""
    my_pot(pot_id)
    return take(
        pot_id, lambda: unfreeze_pot(db.session(), viewer(), UnfreezePot(pot_id)), _("The ballot can be changed again.")
    )
