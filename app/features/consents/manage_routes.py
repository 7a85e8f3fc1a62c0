"""Staff write what people are asked, and end it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.consents.commands import EndAgreement
from app.features.consents.forms import agreement_form
from app.features.consents.queries import AgreementState, DataAgreement, agreement, agreement_of_process, register
from app.features.consents.use_cases import end_agreement, write_agreement
from app.features.spaces.queries import Process, visible_processes
from app.kernel.errors import NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation
from app.web.access import requires, viewer
from app.web.transaction import commits

bp = Blueprint("consents_manage", __name__, template_folder="templates", url_prefix="/staff/agreements")
navigation.staff(
    "consents_manage.index", msg("Data agreements"), icon="shield-check", order=70, needs=Permission.AGREEMENT_MANAGE
)


def _mine() -> dict[UUID, Process]:
    allowed = viewer().processes_where(Permission.AGREEMENT_MANAGE)
    return {p.id: p for p in visible_processes(db.session(), viewer()) if allowed is None or p.id in allowed}


@bp.get("")
@requires(Permission.AGREEMENT_MANAGE)
def index() -> str:
    """Per process: what is asked, and how many people allow it now."""
    mine = _mine()
    asked = {found.process_id: (found, count) for found, count in register(db.session()) if found.process_id in mine}
    return render_template("consents/manage.html", processes=mine, asked=asked, in_force=AgreementState.IN_FORCE)


@bp.route("/<uuid:process_id>", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def write(process_id: UUID) -> ResponseReturnValue:
    """Begin to ask, or ask with new words."""
    process = _mine().get(process_id)
    if process is None:
        raise NotFound
    existing = agreement_of_process(db.session(), process_id)
    form = agreement_form(**_typed(existing))
    sent = form.send(lambda: write_agreement(db.session(), viewer(), form.to_command(process_id)))
    if sent.done:
        flash(_("Saved. From now on people read this text."), "good")
        return redirect(url_for(".index"))
    return render_template("consents/write.html", form=form, process=process, existing=existing), sent.status


def _typed(existing: DataAgreement | None) -> dict[str, object]:
    if existing is None:
        return {"months": 12, "material": "yes"}
    data: dict[str, object] = {"months": existing.months, "material": "no"}
    for name in ("purpose", "recipient", "notice"):
        data |= {f"{name}_{code}": text for code, text in getattr(existing.current, name).items()}
    return data


@bp.route("/<uuid:process_id>/end/<uuid:agreement_id>", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def end(process_id: UUID, agreement_id: UUID) -> ResponseReturnValue:
    """Stop asking, knowing what that does."""
    found = agreement(db.session(), agreement_id)
    if found is None or found.process_id != process_id or found.state is not AgreementState.IN_FORCE:
        raise NotFound
    if request.method == "POST":
        end_agreement(db.session(), viewer(), EndAgreement(agreement_id))
        flash(_("Ended. Nobody is asked any more, and the contact details are deleted."), "good")
        return redirect(url_for(".index"))
    count = next((number for entry, number in register(db.session()) if entry.id == agreement_id), 0)
    return render_template("consents/end.html", agreement=found, count=count)
