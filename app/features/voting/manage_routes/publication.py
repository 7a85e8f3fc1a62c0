"""Rows or totals: the committee sees how alike the ballots are and decides what is published."""

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_percent, ngettext
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts.queries import people_names
from app.features.budgets.queries import Pot, PotState, withdrawn_from
from app.features.budgets.queries import pot as pot_by_id
from app.features.voting.forms.ballot import PublicationForm
from app.features.voting.publication import Likeness, can_choose, choice_of, few, likeness_of, naming, read_as
from app.features.voting.use_cases import confirm_publication, decide_publication, may_be_second
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.transaction import attempt, commits

if TYPE_CHECKING:
    from app.features.voting.models import PublicationChoice

bp = Blueprint("voting_publication", __name__, template_folder="../templates", url_prefix="/staff/publication")


def _pot(pot_id: UUID, permission: Permission) -> Pot:
    """A pot whose ballots are open; until then nobody learns how alike they are."""
    pot = pot_by_id(db.session(), pot_id)
    if pot is None or not viewer().may(permission, pot.process_id) or not can_choose(db.session(), pot):
        raise NotFound
    return pot


def _shown(pot: Pot, form: PublicationForm, status: int = 200) -> tuple[str, int]:
    measured, choice = likeness_of(db.session(), pot), choice_of(db.session(), pot.id)
    page = render_template(
        "voting/publication.html",
        pot=pot,
        form=form,
        measured=measured,
        few=few(db.session(), pot),
        share=format_percent(measured.share),
        early=naming(db.session(), pot, gone) if (gone := withdrawn_from(pot)) else 0,
        bars=_bars(measured),
        choice=choice,
        name=people_names(db.session(), [choice.first_hand]).get(choice.first_hand, "") if choice and choice.first_hand else "",
        seen=read_as(choice) if choice else "",
        may_confirm=_waits_for_viewer(pot, choice),
        may_decide=viewer().may(Permission.BUDGET_CERTIFY, pot.process_id) and pot.state is not PotState.CERTIFIED,
    )
    return page, status


def _waits_for_viewer(pot: Pot, choice: "PublicationChoice | None") -> bool:
    if choice is None or choice.confirmed or pot.state is PotState.CERTIFIED:
        return False
    return may_be_second(viewer(), pot.process_id, choice.first_hand)


def _bars(measured: Likeness) -> list[dict[str, object]]:
    """How many ballots have how many equals."""
    found: list[dict[str, object]] = []
    for least, most, ballots in measured.by_size:
        if most == 1:
            words = _("like no other")
        elif most is None:
            words = _("%(least)s or more alike", least=least)
        else:
            words = _("%(least)s to %(most)s alike", least=least, most=most)
        number = ngettext("%(num)s ballot", "%(num)s ballots", ballots)
        found.append({"label": words, "value": ballots, "text": number, "tone": "warning" if most == 1 else "brand"})
    return found


@bp.get("/<uuid:pot_id>")
@requires(Permission.BUDGET_INSPECT)
def show(pot_id: UUID) -> ResponseReturnValue:
    """How alike the ballots are, what we suggest, and what was decided."""
    pot = _pot(pot_id, Permission.BUDGET_INSPECT)
    choice = choice_of(db.session(), pot.id)
    data = {"published": str(choice.published), "reason": choice.reason} if choice else {}
    return _shown(pot, PublicationForm(data=data))


@bp.post("/<uuid:pot_id>")
@requires(Permission.BUDGET_CERTIFY)
@commits
def decide(pot_id: UUID) -> ResponseReturnValue:
    """Propose what is published: another member confirms it."""
    _pot(pot_id, Permission.BUDGET_CERTIFY)
    form = PublicationForm()
    sent = form.send(lambda: decide_publication(db.session(), viewer(), form.to_command(pot_id)))
    if not sent.done:
        return _shown(_pot(pot_id, Permission.BUDGET_CERTIFY), form, sent.status)
    flash(_("Proposed and signed by you. A different member must sign second."), "good")
    return redirect(url_for(".show", pot_id=pot_id), 303)


@bp.post("/<uuid:pot_id>/confirm")
@requires(Permission.BUDGET_CERTIFY)
@commits
def confirm(pot_id: UUID) -> ResponseReturnValue:
    """The second member signs what is published."""
    _pot(pot_id, Permission.BUDGET_CERTIFY)
    seen, done = request.form.get("seen", ""), _("Decided. The result can be certified once it is counted.")
    attempt(lambda: confirm_publication(db.session(), viewer(), pot_id, seen), done)
    return redirect(url_for("voting_committee.pot_page", pot_id=pot_id), 303)
