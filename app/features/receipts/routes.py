"""One's own receipts, a page on which anybody can verify one, and the keys."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app.extensions import db
from app.features.consents.queries import Card, ConsentEvent
from app.features.receipts.documents.canonical import read
from app.features.receipts.forms import VerifyForm
from app.features.receipts.issuer import issuer
from app.features.receipts.links import event_of_token, token_of
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
from app.features.receipts.use_cases import NO_RECEIPT, KeyUnreadable, make_receipt, witness_events
from app.features.receipts.verifying import Outcome, Verdict, verify
from app.features.receipts.words import OUTCOMES
from app.kernel.errors import NotFound, SignInRequired
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.web import navigation, slots, voices
from app.web.access import public, viewer
from app.web.transaction import commits

bp = Blueprint("receipts", __name__, template_folder="templates")
navigation.footer("receipts.verify_page", msg("Verify a receipt"), icon="badge-check", order=40)

FILES = {
    "receipt.jsonld": (ISO, False, "application/ld+json"),
    "receipt-signed.jws": (ISO, True, "application/jose"),
    "receipt-kantara.json": (KANTARA, False, "application/json"),
    "receipt-kantara-signed.jws": (KANTARA, True, "application/jose"),
}
NAME = "any({})".format(", ".join(f"'{name}'" for name in FILES))
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


def _own_event(event_id: UUID) -> ConsentEvent:
    """The answer, for whoever it is of; nobody else learns that there is one."""
    people = voices.whose()
    for person_id in people:
        if (event := event_of(db.session(), event_id, person_id)) is not None:
            return event
    raise NotFound if people else SignInRequired


@bp.get("/my-data/receipts/<uuid:event_id>")
@public
def show(event_id: UUID) -> ResponseReturnValue:
    """One's own receipt of one answer, to read, to print and to take along."""
    event = _own_event(event_id)
    receipt = receipt_of(db.session(), event.id)
    if receipt is None:
        return render_template("receipts/not_yet.html", event=event)
    return _page(receipt, lambda name: url_for(".file", event_id=event_id, name=name))


@bp.get("/receipts/guardian/<token>")
@public
def by_link(token: str) -> ResponseReturnValue:
    """The receipt of what a guardian has just answered for a minor."""
    return _page(_of_token(token), lambda name: url_for(".file_by_link", token=token, name=name))


def _of_token(token: str) -> Receipt:
    event_id = event_of_token(token)
    receipt = receipt_of(db.session(), event_id) if event_id else None
    if receipt is None:
        raise NotFound
    return receipt


def _page(receipt: Receipt, address: Callable[[str], str]) -> str:
    return render_template(
        "receipts/show.html",
        receipt=receipt,
        said=said(read(made(receipt, ISO).document)),
        address=address,
        known_languages=current_app.config["SETTINGS"].languages,
    )


@bp.post("/my-data/receipts/<uuid:event_id>")
@public
@commits
def make(event_id: UUID) -> ResponseReturnValue:
    """Sign a receipt that could not be signed when the answer was given."""
    event = _own_event(event_id)
    try:
        make_receipt(db.session(), Actor(person_id=event.person_id, channel=viewer().channel), event.id)
    except KeyUnreadable:
        flash(gettext("No receipt can be signed at the moment. It will be, as soon as the city has put that right."), "bad")
    else:
        flash(gettext("Your receipt is ready."), "good")
    return redirect(url_for(".show", event_id=event.id))


@bp.get(f"/my-data/receipts/<uuid:event_id>/<{NAME}:name>")
@public
def file(event_id: UUID, name: str) -> Response:
    """The receipt as a file: the document alone, or signed."""
    receipt = receipt_of(db.session(), _own_event(event_id).id)
    if receipt is None:
        raise NotFound
    return _file(receipt, name)


@bp.get(f"/receipts/guardian/<token>/<{NAME}:name>")
@public
def file_by_link(token: str, name: str) -> Response:
    """The same file for a guardian."""
    return _file(_of_token(token), name)


def _file(receipt: Receipt, name: str) -> Response:
    format_, signed, mimetype = FILES[name]
    found = made(receipt, format_)
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


def _card_link(card: Card) -> Markup:
    """On a card of My data: the receipt of the answer that counts now."""
    if card.record is None:
        return Markup("")
    return slots.partial("receipts/_card_link.html", event_id=card.record.event_id, hint=card.revision.purpose)


def _guardians_link(event_id: UUID) -> Markup:
    """To whoever has just answered by a link, a guardian or the owner of an address: the receipt, while they are here."""
    return slots.partial("receipts/_guardians_link.html", token=token_of(event_id))


slots.register("consents.card", 50, _card_link)
slots.register("consents.event", 50, _link)
slots.register("consents.guardian_done", 50, _guardians_link)
slots.register("consents.letter_done", 50, _guardians_link)
