"""Staff put projects on a ballot: made from proposals that were accepted and found feasible, or entered by hand."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets.commands import RemoveGroup, RemoveProject
from app.features.budgets.forms import ProjectForm, group_form, with_languages
from app.features.budgets.manage_routes import bp
from app.features.budgets.manage_routes.shared import area_choices, my_pot, my_process, take
from app.features.budgets.models import PotState
from app.features.budgets.queries import Pot, Project, accepted_proposals, sources_of, usable_proposals
from app.features.budgets.reviews import costs_of
from app.features.budgets.use_cases import remove_group, remove_project, write_group, write_project
from app.features.proposals.queries import Proposal
from app.features.spaces.queries import Process, categories_of
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import local_text
from app.web.forms import typed_amount
from app.web.transaction import commits


def sources_for(pot: Pot) -> dict[str, Any]:
    """Proposals that can become projects, by category, with their estimated costs; and how many wait for a review."""
    if pot.state is not PotState.DRAFT:
        return {"categories": [], "costs": {}, "others": 0}
    session = db.session()
    usable = usable_proposals(session, pot.process_id)
    process = my_process(pot.process_id)
    known = [*categories_of(session, process, include_archived=True), None]
    by_category = [
        (local_text(one.name) if one else _("Without a category"), found)
        for one in known
        if (found := [proposal for proposal in usable if proposal.category_id == (one.id if one else None)])
    ]
    waiting = len(accepted_proposals(session, pot.process_id)) - len(usable)
    return {"categories": by_category, "costs": costs_of(session, [one.id for one in usable]), "others": waiting}


@bp.route("/<uuid:pot_id>/projects/new", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE)
@commits
def new_project(pot_id: UUID) -> ResponseReturnValue:
    """Put a project on the ballot; `proposal` in the address, once or several times, names what it is made from."""
    return _write_project(my_pot(pot_id), None)


@bp.route("/<uuid:pot_id>/projects/<uuid:project_id>", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE)
@commits
def change_project(pot_id: UUID, project_id: UUID) -> ResponseReturnValue:
    """Change a project while the pot is a draft."""
    pot = my_pot(pot_id)
    project = next((one for one in pot.projects if one.id == project_id), None)
    if project is None:
        raise NotFound
    return _write_project(pot, project)


def _write_project(pot: Pot, project: Project | None) -> ResponseReturnValue:
    process = my_process(pot.process_id)
    usable = list(usable_proposals(db.session(), pot.process_id))
    if project is not None:
        usable += sources_of(db.session(), project)
    form: ProjectForm = with_languages(ProjectForm, **_project_data(pot, project, usable))
    form.proposals.choices = [(str(one.id), f"{one.reference} {one.title}") for one in usable]
    form.area.choices = area_choices(process)
    form.categories.choices = [(str(one.id), local_text(one.name)) for one in categories_of(db.session(), process)]
    form.bounds = _bounds(process)
    pot_id, project_id = pot.id, project.id if project else None
    sent = form.send(lambda: write_project(db.session(), viewer(), form.to_command(pot_id, project_id)))
    if sent.done:
        flash(_("Saved."), "good")
        return redirect(url_for(".show", pot_id=pot_id))
    if sent.refused:
        pot = my_pot(pot_id)
    return render_template("budgets_manage/project_form.html", form=form, pot=pot, project_id=project_id), sent.status


def _bounds(process: Process) -> tuple[float, float, float, float]:
    area = process.area
    return (area.west, area.south, area.east, area.north)


def _project_data(pot: Pot, project: Project | None, usable: Sequence[Proposal]) -> dict[str, object]:
    if project is None:
        return _merged(pot, [one for one in usable if str(one.id) in request.args.getlist("proposal")])
    made_from = {link.proposal_id for link in project.proposals}
    place = next((one for one in usable if one.id in made_from and one.lon is not None), None)
    own_place = project.lon is not None and (place is None or (place.lon, place.lat) != (project.lon, project.lat))
    return {
        "cost": typed_amount(project.cost, pot.currency),
        "proposals": [str(one) for one in made_from],
        "categories": [str(link.category_id) for link in project.categories],
        "area": str(project.area_id or ""),
        "coordinates": f"{project.lat}, {project.lon}" if own_place else "",
        **{f"title_{code}": text for code, text in project.title.items()},
        **{f"description_{code}": text for code, text in project.description.items()},
    }


def _merged(pot: Pot, sources: Sequence[Proposal]) -> dict[str, object]:
    """One project of several proposals: the first gives the name, all of them the text, their estimates the cost."""
    data: dict[str, object] = {"proposals": [str(one.id) for one in sources], "area": "", "categories": []}
    if not sources:
        return data
    costs = costs_of(db.session(), [one.id for one in sources])
    if costs:
        data["cost"] = typed_amount(sum(costs.values()), pot.currency)
    for language in {one.language for one in sources}:
        mine = [one for one in sources if one.language == language]
        data[f"title_{language}"] = mine[0].title
        data[f"description_{language}"] = "\n\n".join(one.text for one in mine)
    return data


@bp.post("/<uuid:pot_id>/projects/<uuid:project_id>/remove")
@requires(Permission.BUDGET_MANAGE)
@commits
def remove(pot_id: UUID, project_id: UUID) -> ResponseReturnValue:
    """Take a project off the ballot."""
    pot = my_pot(pot_id)
    if all(one.id != project_id for one in pot.projects):
        raise NotFound
    return take(pot_id, lambda: remove_project(db.session(), viewer(), RemoveProject(project_id)), _("Taken off the ballot."))


@bp.route("/<uuid:pot_id>/groups/new", methods=["GET", "POST"], defaults={"place": None})
@bp.route("/<uuid:pot_id>/groups/<int:place>", methods=["GET", "POST"])
@requires(Permission.BUDGET_MANAGE)
@commits
def group(pot_id: UUID, place: int | None) -> ResponseReturnValue:
    """Say which projects exclude each other."""
    pot = my_pot(pot_id)
    groups, names = pot.options.get("conflicts") or [], pot.options.get("conflict_names") or []
    if place is not None and place >= len(groups):
        raise NotFound
    data: dict[str, Any] = {}
    if place is not None:
        data = {"numbers": groups[place], **{f"name_{code}": text for code, text in names[place].items()}}
    form = group_form(**data)
    form.numbers.choices = [(one.number, f"{one.number} {local_text(one.title)}") for one in pot.projects]
    sent = form.send(lambda: write_group(db.session(), viewer(), form.to_command(pot_id, place)))
    if sent.done:
        flash(_("Saved."), "good")
        return redirect(url_for(".show", pot_id=pot_id, _anchor="groups"))
    if sent.refused:
        pot = my_pot(pot_id)
    return render_template("budgets_manage/group_form.html", form=form, pot=pot, place=place), sent.status


@bp.post("/<uuid:pot_id>/groups/<int:place>/remove")
@requires(Permission.BUDGET_MANAGE)
@commits
def ungroup(pot_id: UUID, place: int) -> ResponseReturnValue:
    """Let the projects of a group win side by side again."""
    my_pot(pot_id)
    return take(pot_id, lambda: remove_group(db.session(), viewer(), RemoveGroup(pot_id, place)), _("The group is gone."))
