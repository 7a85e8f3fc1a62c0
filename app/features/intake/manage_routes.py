"""The clerk's pages: what came on paper, by telephone or at the counter."""

import uuid
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.intake import slips
from app.features.intake.forms import TakeInForm
from app.features.intake.queries import count_since, taken_in, taken_in_since
from app.features.intake.queries.batches import batches_to_read, readings_since, sheets_since
from app.features.intake.slip_words import Slip, shown
from app.features.maps.queries import street_table
from app.features.printing.queries import grouped
from app.features.proposals.queries import ProposalState, may_see, proposal_by_reference, slip_secret, typed_code
from app.features.proposals.use_cases import take_in_proposal
from app.features.spaces.queries import (
    Action,
    Process,
    action_open,
    areas_of,
    categories_of,
    visible_processes,
    why_closed,
)
from app.kernel import clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Channel, Permission
from app.web import navigation, slots
from app.web.access import requires, viewer
from app.web.filters import local_text, translate
from app.web.locale import current_locale, language_choices
from app.web.transaction import commits

NOT_SHOWN = {
    ProposalState.PENDING: msg("This proposal has arrived. It waits for a moderator."),
    ProposalState.HIDDEN: msg("This proposal is hidden. A moderator wrote down why."),
    ProposalState.WITHDRAWN: msg("Its author has taken this proposal back."),
}
"""What a clerk can say of a proposal whose page they do not see."""

bp = Blueprint("intake_manage", __name__, template_folder="templates", url_prefix="/staff/intake")
bp.add_app_template_filter(grouped, "grouped")
navigation.staff("intake_manage.index", msg("Paper and telephone"), icon="file-text", order=40, needs=Permission.INTAKE)


def _mine() -> dict[uuid.UUID, Process]:
    allowed = viewer().processes_where(Permission.INTAKE)
    return {one.id: one for one in visible_processes(db.session(), viewer()) if allowed is None or one.id in allowed}


def _midnight() -> datetime:
    zone = ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])
    return datetime.combine(clock.now().astimezone(zone).date(), time(), zone)


@bp.get("")
@requires(Permission.INTAKE)
def index() -> str:
    """What can be taken in, forms to print, and today's work."""
    clerk = viewer().require_signed_in()
    now = clock.now()
    mine = [process for process in _mine().values() if not process.imported]
    taking = [process for process in mine if action_open(process, Action.PROPOSE, now)]
    return render_template(
        "intake/index.html",
        taking=taking,
        closed=[(process, why_closed(process, Action.PROPOSE, now)) for process in mine if process not in taking],
        today=taken_in_since(db.session(), clerk, _midnight()),
        count=count_since(db.session(), clerk, _midnight()),
        entered=sheets_since(db.session(), clerk, _midnight()),
        read=readings_since(db.session(), clerk, _midnight()),
    )


@bp.route("/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def enter(process_id: uuid.UUID) -> ResponseReturnValue:
    """Enter one visit or call, and take away the slip. A sheet of paper is entered in a batch, which two people read."""
    process = _mine().get(process_id)
    if process is None:
        raise NotFound
    if request.method == "GET" and request.args.get("channel") == Channel.PAPER:
        return redirect(url_for(".open_new", what=f"proposal:{process_id}"))
    form = _form(process)
    status = 200
    if form.is_submitted():
        status = 422
        fine = form.validate()
        area = process.area
        where = form.wanted_place(street_table(current_app.config), (area.west, area.south, area.east, area.north))
        if fine and where is not None:
            try:
                proposal, _token = take_in_proposal(db.session(), viewer(), form.to_command(process_id, where))
            except Refused as refusal:
                form.refuse(refusal)
                if isinstance(refusal, Conflict):
                    form.begin_anew()
                status = refusal.status
                process = _mine()[process_id]
            else:
                seal = slips.seal(_secret(), proposal.id, viewer().require_signed_in(), proposal.created_at)
                return redirect(url_for(".slip", process_id=process_id, proposal_id=proposal.id, seal=seal))
    return render_template("intake/enter.html", form=form, process=process, chosen_channel=_chosen_channel() or "any"), status


@bp.get("/find")
@requires(Permission.INTAKE)
def find() -> ResponseReturnValue:
    """To the page of a proposal by its reference, for somebody who asks for it; else what can be said of it."""
    typed = request.args.get("reference", "").strip()
    found = proposal_by_reference(db.session(), typed if "-" in typed else f"P-{typed}")
    if found is not None and may_see(viewer(), found):
        return redirect(url_for("proposals.show", reference=found.reference))
    if found is None or not viewer().may(Permission.INTAKE, found.process_id) or found.state not in NOT_SHOWN:
        flash(_("There is no proposal with this reference in your processes."), "warning")
    else:
        flash(translate(NOT_SHOWN[found.state]), "info")
    return redirect(url_for(".index"))


def _chosen_channel() -> str | None:
    """How it came, as chosen on the page before; what is kept in the browser is kept for each apart."""
    channel = request.args.get("channel", "")
    return channel if channel in (Channel.PHONE, Channel.DESK) else None


def _form(process: Process) -> TakeInForm:
    form = TakeInForm(data={"channel": _chosen_channel(), "language": current_locale(), "where": "street"})
    form.language.choices = [(choice.code, choice.name) for choice in language_choices()]
    form.category_id.choices = [("", _("Choose a category"))] + [
        (str(category.id), local_text(category.name)) for category in categories_of(db.session(), process)
    ]
    form.area.choices = [("", _("Choose an area"))] + [
        (str(area.id), local_text(area.name)) for area in areas_of(db.session(), process)
    ]
    return form


@bp.get("/<uuid:process_id>/slip/<uuid:proposal_id>")
@requires(Permission.INTAKE)
def slip(process_id: uuid.UUID, proposal_id: uuid.UUID) -> str:
    """The slip to take away: reference, and right after entering, at an address of its own, the link to follow it."""
    clerk = viewer().require_signed_in()
    proposal = taken_in(db.session(), clerk, proposal_id)
    if proposal is None or proposal.process_id != process_id:
        raise NotFound
    link, code = None, None
    if slips.is_sealed(_secret(), request.args.get("seal", ""), proposal_id, clerk, clock.now()):
        token = slip_secret(proposal)
        link = token and current_app.config["SETTINGS"].base_url + url_for("proposals_authoring.follow_up", token=token)
        code = typed_code(proposal)
    made = Slip(proposal.reference, link or "", proposal.created_at, proposal.language, proposal.title, code=code or "")
    return render_template("intake/slip.html", proposal=proposal, link=link, shown_slip=shown(made), process_id=process_id)


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _tile(_subject: object) -> Markup:
    """On the staff overview: what waits for this clerk, and today's work."""
    if not viewer().may(Permission.INTAKE):
        return Markup("")
    session, clerk, since = db.session(), viewer().require_signed_in(), _midnight()
    count = count_since(session, clerk, since) + sheets_since(session, clerk, since) + readings_since(session, clerk, since)
    return slots.partial("intake/_tile.html", count=count, to_read=batches_to_read(session, viewer()))


slots.register("staff.home", 40, _tile)

from app.features.intake import (  # noqa: E402  they need `bp`
    batch_pages,
    consent_pages,
    last_sheet_pages,
    paper_pages,
    scan_pages,
    sheet_pages,
    slip_pages,
)

__all__ = [
    "batch_pages",
    "bp",
    "consent_pages",
    "last_sheet_pages",
    "paper_pages",
    "scan_pages",
    "sheet_pages",
    "slip_pages",
]
