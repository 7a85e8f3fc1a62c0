"""Who gets data: a list, a form, and retiring."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.consents.forms.agreements import RecipientForm, recipient_form
from app.features.consents.manage_routes import bp
from app.features.consents.queries import Recipient, recipient
from app.features.consents.queries import recipients as all_recipients
from app.features.consents.shown import vocabulary
from app.features.consents.use_cases import retire_recipient, write_recipient
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.transaction import attempt, commits


@bp.get("/recipients")
@requires(Permission.AGREEMENT_MANAGE)
def recipients() -> str:
    """Everybody who gets or got data."""
    return render_template("consents/recipients.html", recipients=all_recipients(db.session()), words=vocabulary())


@bp.route("/recipients/new", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def add_recipient() -> ResponseReturnValue:
    """Add somebody who gets data."""
    return _write(recipient_form({}), None)


@bp.route("/recipients/<uuid:recipient_id>", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def change_recipient(recipient_id: UUID) -> ResponseReturnValue:
    """Correct what is known of a recipient."""
    found = recipient(db.session(), recipient_id)
    if found is None:
        raise NotFound
    data: dict[str, object] = {name: getattr(found, name) for name in ("organisation", "contact", "url", "country")}
    data |= {"kind": found.kind.value, **{f"name_{code}": text for code, text in found.name.items()}}
    return _write(recipient_form(data), found)


def _write(form: RecipientForm, found: Recipient | None) -> ResponseReturnValue:
    key = found.id if found else None
    sent = form.send(lambda: write_recipient(db.session(), viewer(), form.to_command(key)))
    if sent.done:
        flash(_("The recipient is saved."), "good")
        return redirect(url_for(".recipients"))
    return render_template("consents/recipient.html", form=form, recipient=found), sent.status


@bp.post("/recipients/<uuid:recipient_id>/retire")
@requires(Permission.AGREEMENT_MANAGE)
@commits
def retire(recipient_id: UUID) -> ResponseReturnValue:
    """Offer a recipient for no new agreement."""
    attempt(
        lambda: retire_recipient(db.session(), viewer(), recipient_id),
        _("Retired. No new agreement can name this recipient; those in force go on until they are ended."),
    )
    return redirect(url_for(".recipients"))
