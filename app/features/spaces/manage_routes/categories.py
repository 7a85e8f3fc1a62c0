"""Staff set up the categories of a process."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.spaces import use_cases
from app.features.spaces.forms import CategoryForm
from app.features.spaces.manage_routes import bp
from app.features.spaces.manage_routes.shared import process_or_404
from app.features.spaces.queries import Category, Process
from app.features.spaces.rules import Stale
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.transaction import commits


@bp.get("/processes/<uuid:process_id>/categories/new")
@requires(Permission.PROCESS_MANAGE)
def new_category(process_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a new category."""
    return _page(process_or_404(process_id), CategoryForm.build())


@bp.post("/processes/<uuid:process_id>/categories/new")
@requires(Permission.PROCESS_MANAGE)
@commits
def add_category(process_id: uuid.UUID) -> ResponseReturnValue:
    """Add a category."""
    process_or_404(process_id)
    form = CategoryForm.build()
    sent = form.send(lambda: use_cases.add_category(db.session(), viewer(), form.to_add(process_id)))
    if sent.done:
        flash(_("The category is added."), "good")
        return _back(process_id)
    return _page(process_or_404(process_id), form), 422


@bp.get("/processes/<uuid:process_id>/categories/<uuid:category_id>/change")
@requires(Permission.PROCESS_MANAGE)
def edit_category(process_id: uuid.UUID, category_id: uuid.UUID) -> ResponseReturnValue:
    """The form of one category."""
    process = process_or_404(process_id)
    category = _category(process, category_id)
    return _page(process, CategoryForm.of(category), category)


@bp.post("/processes/<uuid:process_id>/categories/<uuid:category_id>/change")
@requires(Permission.PROCESS_MANAGE)
@commits
def rename_category(process_id: uuid.UUID, category_id: uuid.UUID) -> ResponseReturnValue:
    """Store the names, or show what somebody else stored meanwhile beside what was typed."""
    category = _category(process_or_404(process_id), category_id)
    form, status, differences = CategoryForm.of(category), 422, []
    if form.validate_on_submit():
        try:
            use_cases.rename_category(db.session(), viewer(), form.to_rename(process_id, category_id))
        except Stale as refusal:
            db.session.rollback()
            status = refusal.status
            category = _category(process_or_404(process_id), category_id)
            differences = form.accept_stale(refusal, CategoryForm.of(category, typed=False))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(_("Your changes are saved."), "good")
            return _back(process_id)
    process = process_or_404(process_id)
    return _page(process, form, _category(process, category_id), differences), status


@bp.post("/processes/<uuid:process_id>/categories/<uuid:category_id>/move/<any(earlier, later):where>")
@requires(Permission.PROCESS_MANAGE)
@commits
def move_category(process_id: uuid.UUID, category_id: uuid.UUID, where: str) -> ResponseReturnValue:
    """Show a category one place earlier or later."""
    use_cases.move_category(db.session(), viewer(), process_id, category_id, -1 if where == "earlier" else 1)
    return _back(process_id)


@bp.post("/processes/<uuid:process_id>/categories/<uuid:category_id>/archive")
@requires(Permission.PROCESS_MANAGE)
@commits
def archive_category(process_id: uuid.UUID, category_id: uuid.UUID) -> ResponseReturnValue:
    """Offer a category no longer."""
    use_cases.archive_category(db.session(), viewer(), process_id, category_id)
    flash(_("The category is in the archive. Proposals that have it keep it; new ones cannot choose it."), "good")
    return _back(process_id)


@bp.post("/processes/<uuid:process_id>/categories/<uuid:category_id>/restore")
@requires(Permission.PROCESS_MANAGE)
@commits
def restore_category(process_id: uuid.UUID, category_id: uuid.UUID) -> ResponseReturnValue:
    """Offer an archived category again."""
    use_cases.restore_category(db.session(), viewer(), process_id, category_id)
    flash(_("The category is back."), "good")
    return _back(process_id)


def _category(process: Process, category_id: uuid.UUID) -> Category:
    found = next((category for category in process.categories if category.id == category_id), None)
    if found is None:
        raise NotFound
    return found


def _back(process_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for(".process", process_id=process_id, _anchor="categories"))


def _page(process: Process, form: CategoryForm, category: Category | None = None, differences: object = ()) -> str:
    return render_template(
        "spaces/staff/category_form.html", process=process, category=category, form=form, differences=differences
    )
