"""The committee enters what was drawn in public, where the announced rules leave a tie to a draw."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets.queries import Pot, PotState
from app.features.budgets.queries import pot as pot_by_id
from app.features.voting.forms.ballot import draw_form
from app.features.voting.use_cases import enter_draw
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import local_text
from app.web.transaction import commits

bp = Blueprint("voting_draw", __name__, template_folder="../templates", url_prefix="/staff/draw")


@bp.route("/<uuid:pot_id>", methods=["GET", "POST"])
@requires(Permission.BUDGET_CERTIFY)
@commits
def enter(pot_id: UUID) -> ResponseReturnValue:
    """For each tie that decides: in which order its projects were drawn."""
    pot = _pot(pot_id)
    groups: list[list[str]] = (pot.result or {}).get("draw_among") or []
    if not groups or pot.state is PotState.CERTIFIED:
        return redirect(url_for("voting_committee.pot_page", pot_id=pot_id))
    titles = {one.number: f"{one.number} {local_text(one.title)}" for one in pot.projects}
    form: Any = draw_form(groups, titles)
    status = 200
    if form.validate_on_submit():
        try:
            enter_draw(db.session(), viewer(), form.to_command(pot_id, groups))
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
            pot = _pot(pot_id)
        else:
            flash(_("Counted again with the order that was drawn."), "good")
            return redirect(url_for("voting_committee.pot_page", pot_id=pot_id))
    elif form.is_submitted():
        status = 422
    return render_template("voting/draw.html", pot=pot, form=form, groups=groups), status


def _pot(pot_id: UUID) -> Pot:
    pot = pot_by_id(db.session(), pot_id)
    if pot is None or not viewer().may(Permission.BUDGET_CERTIFY, pot.process_id):
        raise NotFound
    return pot
