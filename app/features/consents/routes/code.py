"""People without an account: with the code of their slip they see, answer, renew, take back and object as others do.

A clerk who types somebody's code is looking at that person's answers: the person reads that, and that it was their hands.
"""

from dataclasses import replace
from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts.queries import person as person_by_id
from app.features.accounts.use_cases import count_attempt
from app.features.consents.commands import WithdrawConsent
from app.features.consents.forms.guardians import CodeForm
from app.features.consents.objecting import due_on
from app.features.consents.queries import (
    agreement,
    cards_of,
    decisions_of,
    last_notices,
    papers_of,
    person_of_code,
    purposes_of,
    record_of,
    timeline_of,
    told,
    usages_between,
)
from app.features.consents.routes import bp
from app.features.consents.routes.asking import asking_page
from app.features.consents.routes.my_data import (
    ANSWERS_SHOWN,
    NOTHING_TO_TAKE_BACK,
    everything_about,
    objecting_page,
    renewed,
)
from app.features.consents.rules import ANSWERS, can_be_taken_back
from app.features.consents.shown import vocabulary
from app.features.consents.use_cases import UnknownCode, enter_code, withdraw_consent
from app.kernel import clock
from app.kernel.errors import Forbidden, NotFound, TooManyAttempts
from app.kernel.looks import Look
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Channel, Permission
from app.kernel.personal_data import collections, exceptions
from app.web import voices
from app.web.access import public, viewer
from app.web.looks import looked_at
from app.web.networks import network
from app.web.transaction import commits

WITH_CODE = Look(
    "code_cards",
    msg("%(role)s opened your answers with the code of your slip"),
    msg("Helping you at the counter with your answers about personal data"),
)
KEY = "consent_code"
STAYS = 15 * 60
"""Seconds for which an entered code opens the cards; at a kiosk the reset ends it earlier."""


@bp.route("/code", methods=["GET", "POST"])
@public
@commits
def code() -> ResponseReturnValue:
    """Type the code of a slip. A right one is let in; wrong ones are slowed down, so that nobody looks for others' codes."""
    form = CodeForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            row = enter_code(db.session(), form.code.data or "")
        except UnknownCode as refusal:
            slow = _slowed_down()
            form.refuse(slow or refusal)
            status = (slow or refusal).status
        else:
            session[KEY] = [row.id.hex, int(clock.now().timestamp()) + STAYS]
            return redirect(url_for(".code_cards"))
    return render_template("consents/code.html", form=form), status


def _slowed_down() -> TooManyAttempts | None:
    try:
        count_attempt("consent code network", network())
    except TooManyAttempts as refusal:
        return refusal
    return None


@voices.register
def _person() -> UUID | None:
    """Whose code was entered here in the last minutes, if it still counts."""
    kept = session.get(KEY)
    if not isinstance(kept, list) or len(kept) != 2 or kept[1] < clock.now().timestamp():
        return None
    return person_of_code(db.session(), UUID(kept[0]))


@bp.get("/code/cards")
@public
def code_cards() -> ResponseReturnValue:
    """What the person with this code allowed, who used it, what they were shown, and what rests on the city's task."""
    person_id = _person()
    if person_id is None:
        return redirect(url_for(".code"))
    found = db.session()
    _seen_by_staff(person_id)
    cards = cards_of(found, person_id)
    page = min(max(1, request.args.get("page", 1, type=int)), 100_000)
    timeline = timeline_of(found, person_id, (page - 1) * ANSWERS_SHOWN, ANSWERS_SHOWN + 1)
    return render_template(
        "consents/code_cards.html",
        cards=cards,
        timeline=timeline[:ANSWERS_SHOWN],
        purposes=purposes_of(found, {event.revision_id for event in timeline}),
        papers=papers_of(found, timeline),
        older=url_for(".code_cards", page=page + 1, _anchor="timeline") if len(timeline) > ANSWERS_SHOWN else None,
        usages=told(found, person_id, usages_between(found, person_id)),
        notices=last_notices(found, person_id, [card.agreement.id for card in cards]),
        decisions=decisions_of(found, person_id),
        answer_due=due_on,
        answers=ANSWERS,
        words=vocabulary(),
        kinds=collections(),
        not_included=exceptions(),
        take_url=url_for(".code_everything") if _takes_alone(person_id) else None,
        code=True,
    )


@bp.post("/code/everything.zip")
@public
@commits
def code_everything() -> ResponseReturnValue:
    """All that is kept about the person with this code, as with an account: the pictures of their sheets, too."""
    person_id = _person()
    if person_id is None:
        return redirect(url_for(".code"))
    if not _takes_alone(person_id):
        raise Forbidden(msg("Only the person themselves takes this file along. Whoever has an account signs in for it."))
    return everything_about(person_id)


def _takes_alone(person_id: UUID) -> bool:
    """The code is all that this person has, and nobody of the staff has typed it for them."""
    person = person_by_id(db.session(), person_id)
    return person is not None and not person.email and not viewer().is_staff


def _seen_by_staff(person_id: UUID) -> None:
    """Somebody of the staff has this person's answers on their screen: that is a usage, like every look at a record."""
    if viewer().is_staff:
        looked_at(WITH_CODE, [person_id])


def _speaking(agreement_id: UUID, person_id: UUID) -> Actor:
    """Who answers: the person with the code; where a clerk types for them, the clerk's hands at the counter."""
    actor, found = viewer(), agreement(db.session(), agreement_id)
    if found is None:
        raise NotFound
    if actor.person_id not in (None, person_id) and actor.may(Permission.INTAKE, found.process_id):
        return replace(actor, channel=Channel.DESK)
    return Actor(person_id=person_id, channel=actor.channel)


@bp.route("/code/ask/<uuid:agreement_id>", methods=["GET", "POST"])
@public
@commits
def code_ask(agreement_id: UUID) -> ResponseReturnValue:
    """Decide again, or about a new text."""
    person_id = _person()
    if person_id is None:
        return redirect(url_for(".code"))
    _seen_by_staff(person_id)
    return asking_page(agreement_id, _speaking(agreement_id, person_id), person_id, url_for(".code_cards"), code=True)


@bp.post("/code/renew/<uuid:agreement_id>")
@public
@commits
def code_renew(agreement_id: UUID) -> ResponseReturnValue:
    """One click: the yes runs for another whole time."""
    person_id = _person()
    if person_id is None:
        return redirect(url_for(".code"))
    return renewed(agreement_id, _speaking(agreement_id, person_id), person_id, url_for(".code_cards"))


@bp.route("/code/object/<uuid:agreement_id>", methods=["GET", "POST"])
@public
@commits
def code_object(agreement_id: UUID) -> ResponseReturnValue:
    """Object to a use that rests on the public task."""
    person_id = _person()
    if person_id is None:
        return redirect(url_for(".code"))
    _seen_by_staff(person_id)
    return objecting_page(agreement_id, _speaking(agreement_id, person_id), person_id, url_for(".code_cards"), code=True)


@bp.post("/code/withdraw/<uuid:agreement_id>")
@public
@commits
def code_withdraw(agreement_id: UUID) -> ResponseReturnValue:
    """Take it back, at once."""
    person_id = _person()
    if person_id is None:
        return redirect(url_for(".code"))
    voice, found = _speaking(agreement_id, person_id), agreement(db.session(), agreement_id)
    record = record_of(db.session(), agreement_id, person_id)
    if record is not None and not can_be_taken_back(record):
        flash(NOTHING_TO_TAKE_BACK, "info")
        return redirect(url_for(".code_cards"))
    withdraw_consent(db.session(), voice, WithdrawConsent(agreement_id, person_id))
    flash(
        _("Taken back. From now on nobody gets your data for this.")
        if found and found.asks
        else _("Your objection is taken back."),
        "good",
    )
    return redirect(url_for(".code_cards"))


@bp.post("/code/leave")
@public
@commits
def code_leave() -> ResponseReturnValue:
    """Close it for whoever uses this screen next."""
    session.pop(KEY, None)
    return redirect(url_for(".code"))
