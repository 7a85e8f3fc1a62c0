"""Slips of a batch to print, and the desk that gives a proposal from paper to the account of whoever wrote it."""

import uuid
from dataclasses import replace

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts.use_cases import count_attempt, forgive_attempts
from app.features.consents.queries import agreement
from app.features.consents.use_cases import given_codes
from app.features.intake import slips
from app.features.intake.batch_pages import require_batch
from app.features.intake.forms import ClaimForm
from app.features.intake.manage_routes import bp
from app.features.intake.queries.batches import BatchState, IntakeBatch, proposals_of, sheets_of
from app.features.intake.rules import counted_entry
from app.features.intake.serials import shown_serial
from app.features.intake.slip_words import Slip, shown
from app.features.intake.use_cases import note_slips
from app.features.proposals.queries import slip_secret, typed_code
from app.features.proposals.use_cases import claim_at_desk
from app.kernel import clock
from app.kernel.errors import NotFound, TooManyAttempts
from app.kernel.permissions import Permission
from app.kernel.references import normalise_reference
from app.web.access import requires, viewer
from app.web.transaction import commits

CLAIMS = "claim of a proposal at a desk"


@bp.route("/batches/<uuid:batch_id>/slips", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def batch_slips(batch_id: uuid.UUID) -> ResponseReturnValue:
    """The slips of a closed batch. Their codes are shown for ten minutes to whoever asks for them, which is written down."""
    found, clerk = require_batch(batch_id), viewer().require_signed_in()
    if found.state is not BatchState.CLOSED:
        raise NotFound
    if request.method == "POST":
        note_slips(db.session(), viewer(), batch_id)
        return redirect(url_for(".batch_slips", batch_id=batch_id, seal=slips.seal(_secret(), batch_id, clerk, clock.now())))
    is_shown = slips.is_sealed(_secret(), request.args.get("seal", ""), batch_id, clerk, clock.now())
    made = _slips(found) if is_shown else []
    return render_template("intake/batch_slips.html", batch=found, shown=is_shown, slips=[shown(slip) for slip in made])


def _slips(batch: IntakeBatch) -> list[Slip]:
    sheets = sheets_of(db.session(), batch)
    proposals = proposals_of(db.session(), sheets)
    asked = agreement(db.session(), batch.agreement_id) if batch.agreement_id else None
    base, now = current_app.config["SETTINGS"].base_url, clock.now()
    codes = given_codes(db.session(), [sheet.id for sheet in sheets if sheet.person_id], _secret())
    made = []
    for sheet in sheets:
        serial = shown_serial(sheet.serial)
        proposal = proposals.get(sheet.proposal_id) if sheet.proposal_id else None
        secret = slip_secret(proposal) if proposal else None
        if proposal and secret:
            link = base + url_for("proposals_authoring.follow_up", token=secret)
            slip = Slip(proposal.reference, link, now, proposal.language, proposal.title)
            typed = "" if sheet.serial else typed_code(proposal) or ""
            made.append(replace(slip, number=sheet.number, serial=serial, code=typed))
        elif code := codes.get(sheet.id):
            said = counted_entry(sheet.first, sheet.settled)
            slip = Slip(code, base + url_for("consents.code"), now, said.get("language", ""), answer=said.get("answer", ""))
            purpose = asked.current.purpose if asked else {}
            made.append(replace(slip, purpose=purpose, number=sheet.number, serial=serial))
    return made


@bp.route("/claims", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def claims() -> ResponseReturnValue:
    """Give a proposal from paper to the account of the person at the desk."""
    form = ClaimForm()
    subject = normalise_reference(form.reference.data or "")
    if form.is_submitted() and form.validate():
        try:  # a contact is told by the person, and not found by trying
            count_attempt(CLAIMS, subject)
        except TooManyAttempts as refusal:
            form.refuse(refusal)
            return render_template("intake/claims.html", form=form), refusal.status
    sent = form.send(lambda: claim_at_desk(db.session(), viewer(), form.to_command()))
    if sent.done:
        forgive_attempts(CLAIMS, subject)
        flash(_("The proposal %(reference)s is now theirs. They are told by e-mail.", reference=sent.result.reference), "good")
        return redirect(url_for(".claims"))
    return render_template("intake/claims.html", form=form), sent.status


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
