"""One member enters what was drawn in public, where the announced rules leave a tie to a draw; another confirms it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts.queries import people_names
from app.features.budgets.queries import Pot, PotState
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import ties_to_draw
from app.features.voting.forms.ballot import draw_form
from app.features.voting.use_cases import confirm_draw, drop_draw, enter_draw, entered_draw, mark_of, may_be_second
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import local_text
from app.web.transaction import attempt, commits

bp = Blueprint("voting_draw", __name__, template_folder="../templates", url_prefix="/staff/draw")


@bp.get("/<uuid:pot_id>")
@requires(Permission.BUDGET_INSPECT)
def show(pot_id: UUID) -> ResponseReturnValue:
    """What was entered and waits for a second member; or for each tie that decides, the places to write down."""
    pot = _pot(pot_id, Permission.BUDGET_INSPECT)
    if not ties_to_draw(pot):
        return redirect(url_for("voting_committee.pot_page", pot_id=pot_id))
    return _shown(pot, draw_form(ties_to_draw(pot), _titles(pot)))


@bp.post("/<uuid:pot_id>")
@requires(Permission.BUDGET_CERTIFY)
@commits
def enter(pot_id: UUID) -> ResponseReturnValue:
    """Write down the order that was drawn."""
    pot = _pot(pot_id, Permission.BUDGET_CERTIFY)
    groups = ties_to_draw(pot)
    if not groups:
        return redirect(url_for("voting_committee.pot_page", pot_id=pot_id), 303)
    form: Any = draw_form(groups, _titles(pot))
    sent = form.send(lambda: enter_draw(db.session(), viewer(), form.to_command(pot_id, groups)))
    if not sent.done:
        return _shown(_pot(pot_id, Permission.BUDGET_CERTIFY), form, sent.status)
    flash(_("Written down and signed by you. It counts when another member has confirmed it."), "good")
    return redirect(url_for(".show", pot_id=pot_id), 303)


@bp.post("/<uuid:pot_id>/confirm")
@requires(Permission.BUDGET_CERTIFY)
@commits
def confirm(pot_id: UUID) -> ResponseReturnValue:
    """The second member confirms what was drawn, and the pot is counted again."""
    _pot(pot_id, Permission.BUDGET_CERTIFY)
    seen = request.form.get("seen", "")

    def done() -> str:
        if _pot(pot_id, Permission.BUDGET_CERTIFY).state is PotState.CERTIFIED:
            return _("Kept. It counts when two members correct the certificate.")
        return _("Counted again with the order that was drawn.")

    attempt(lambda: confirm_draw(db.session(), viewer(), pot_id, seen), done)
    return redirect(url_for("voting_committee.pot_page", pot_id=pot_id), 303)


@bp.post("/<uuid:pot_id>/take-out")
@requires(Permission.BUDGET_CERTIFY)
@commits
def take_out(pot_id: UUID) -> ResponseReturnValue:
    """What was entered is not what was drawn: enter it again."""
    _pot(pot_id, Permission.BUDGET_CERTIFY)
    attempt(lambda: drop_draw(db.session(), viewer(), pot_id), _("Taken out. Enter what was drawn again."))
    return redirect(url_for(".show", pot_id=pot_id), 303)


def _shown(pot: Pot, form: Any, status: int = 200) -> tuple[str, int]:
    session, titles = db.session(), _titles(pot)
    entry = entered_draw(session, pot.id)
    page = render_template(
        "voting/draw.html",
        pot=pot,
        form=form,
        entry=entry,
        seen=mark_of(entry) if entry else "",
        name=people_names(session, [entry.first_hand]).get(entry.first_hand, "") if entry else "",
        drawn=[[titles.get(one, one) for one in order] for order in entry.orders] if entry else [],
        ties=[[titles.get(one, one) for one in group] for group in ties_to_draw(pot)],
        certified=pot.state is PotState.CERTIFIED,
        may_enter=viewer().may(Permission.BUDGET_CERTIFY, pot.process_id),
        may_confirm=entry is not None and may_be_second(viewer(), pot.process_id, entry.first_hand),
    )
    return page, status


def _titles(pot: Pot) -> dict[str, str]:
    return {one.number: f"{one.number} {local_text(one.title)}" for one in pot.projects}


def _pot(pot_id: UUID, permission: Permission) -> Pot:
    pot = pot_by_id(db.session(), pot_id)
    if pot is None or not viewer().may(permission, pot.process_id):
        raise NotFound
    return pot
