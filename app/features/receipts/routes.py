"""One's own receipts, a page on which anybody can verify one, and the keys."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app.extensions import db
from app.features.consents.queries import ConsentEvent
from app.features.receipts.documents.canonical import read
from app.features.receipts.forms import VerifyForm
from app.features.receipts.issuer import issuer
from app.features.receipts.queries import (
    Receipt,
    event_of,
    jwks,
    keys,
    made,
    on_record,
    published_keys,
    receipt_of,
)
from app.features.receipts.reading import Said, said
from app.features.receipts.rules import STATES
from app.features.receipts.signing import ISO, KANTARA, vault
from app.features.receipts.use_cases import NO_RECEIPT, make_receipt, witness_events
from app.features.receipts.verifying import Outcome, Verdict, verify
from app.features.receipts.words import OUTCOMES
from app.kernel.errors import NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.web import navigation, slots
from app.web.access import public, signed_in, viewer
from app.web.transaction import commits

bp = Blueprint("receipts", __name__, template_folder="templates")
navigation.footer("receipts.verify_page", msg("Verify a receipt"), icon="badge-check", order=40)

FILES = {
    "receipt.jsonld": (ISO, False, "application/ld+json"),
    "receipt-signed.jws": (ISO, True, "application/jose"),
    "receipt-kantara.json": (KANTARA, False, "application/json"),
    "receipt-kantara-signed.jws": (KANTARA, True, "application/jose"),
}
# A key that was revoked a few minutes ago should not be trusted for a day.
KEYS_KEPT = 300


@bp.record_once
def _bind(state: Any) -> None:
    vault.bind(state.app.config["SECRET_KEY"])
    issuer.bind(state.app.config["SETTINGS"])
    witness_events()


@bp.app_template_filter("our_word")
def our_word(text: str) -> str:
    """A word of ours that stands in English in a receipt, in the reader's language."""
    return gettext(text) if text.strip() else ""


def _own_event(actor: Actor, event_id: UUID) -> ConsentEvent:
    event = event_of(db.session(), event_id, actor.require_signed_in())
    if event is None:
        raise NotFound
    return event


def _own_receipt(actor: Actor, event_id: UUID) -> Receipt:
    found = receipt_of(db.session(), _own_event(actor, event_id).id)
    if found is None:
        raise NotFound
    return found


@bp.get("/my-data/receipts/<uuid:event_id>")
@signed_in
def show(event_id: UUID) -> ResponseReturnValue:
    """One's own receipt of one answer, to read, to print and to take along."""
    event = _own_event(viewer(), event_id)
    receipt = receipt_of(db.session(), event.id)
    if receipt is None:
        return render_template("receipts/not_yet.html", event=event)
    return render_template(
        "receipts/show.html",
        receipt=receipt,
        said=said(read(made(receipt, ISO).document)),
        event=event,
        known_languages=current_app.config["SETTINGS"].languages,
    )


@bp.post("/my-data/receipts/<uuid:event_id>")
@signed_in
@commits
def make(event_id: UUID) -> ResponseReturnValue:
    """Sign a receipt that could not be signed when the answer was given."""
    event = _own_event(viewer(), event_id)
    make_receipt(db.session(), viewer(), event.id)
    flash(gettext("Your receipt is ready."), "good")
    return redirect(url_for(".show", event_id=event.id))


@bp.get(
    "/my-data/receipts/<uuid:event_id>/<any('receipt.jsonld','receipt-signed.jws','receipt-kantara.json','receipt-kantara-signed.jws'):name>"
)
@signed_in
def file(event_id: UUID, name: str) -> Response:
    """The receipt as a file: the document alone, or signed."""
    format_, signed, mimetype = FILES[name]
    found = made(_own_receipt(viewer(), event_id), format_)
    response = Response(found.jws if signed else found.document, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/receipts/verify", methods=["GET", "POST"])
@public
def verify_page() -> ResponseReturnValue:
    """Anybody can have a receipt verified, without an account. Nothing of it is kept."""
    form = VerifyForm()
    if not form.validate_on_submit():
        return render_template("receipts/verify.html", form=form, verdict=None), 422 if form.is_submitted() else 200
    session = db.session()
    verdict = verify(form.content(), published_keys(session))
    held = on_record(session, verdict)
    page = render_template(
        "receipts/verify.html",
        form=form,
        verdict=verdict,
        said=_said(verdict),
        words=OUTCOMES[_told(verdict, held)],
        held=held,
        known_languages=current_app.config["SETTINGS"].languages,
    )
    response = current_app.make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _told(verdict: Verdict, held: bool | None) -> str:
    """Under which name the page says what came of it: without a signature, our own records answer."""
    if verdict.outcome is Outcome.UNSIGNED and held is not None:
        return "held" if held else "differs"
    return verdict.outcome.value


def _said(verdict: Verdict) -> Said | None:
    return said(verdict.document) if verdict.document else None


@bp.get("/receipts/keys")
@public
def keys_page() -> str:
    """The keys in words: which signs now, which signed when, which are revoked and why."""
    return render_template("receipts/keys.html", keys=keys(db.session()), states=STATES)


@bp.get("/.well-known/jwks.json")
@public
def jwks_file() -> Response:
    """The public keys for programs (RFC 7517)."""
    response = Response(json.dumps(jwks(db.session()), indent=2), mimetype="application/jwk-set+json")
    response.headers["Cache-Control"] = f"public, max-age={KEYS_KEPT}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _link(event: ConsentEvent) -> Markup:
    """Beside an answer on My data: its receipt."""
    if event.answer in NO_RECEIPT:
        return Markup("")
    return slots.partial("receipts/_link.html", event=event)


slots.register("consents.event", 50, _link)
