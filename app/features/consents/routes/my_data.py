"""The page My data: cards, timeline, usages, and a copy of everything."""

from collections.abc import Iterator
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.extensions import db
from app.features.consents.commands import ObjectTo, RenewConsent, WithdrawConsent
from app.features.consents.forms.answers import ObjectForm
from app.features.consents.objecting import due_on
from app.features.consents.queries import (
    agreement,
    cards_of,
    decisions_of,
    last_notices,
    papers_of,
    purposes_of,
    record_of,
    timeline_of,
    told,
    usages_between,
)
from app.features.consents.routes import bp
from app.features.consents.routes.usages import NEWEST
from app.features.consents.rules import ANSWERS, can_be_taken_back
from app.features.consents.shown import vocabulary
from app.features.consents.takeout import takeout
from app.features.consents.use_cases import note_usages, object_to, renew_consent, withdraw_consent
from app.kernel.database import intent
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor
from app.kernel.personal_data import collections, exceptions
from app.web.access import public, signed_in, viewer
from app.web.filters import translate
from app.web.locale import current_locale
from app.web.transaction import attempt, commits

ANSWERS_SHOWN = 20
NOTHING_TO_TAKE_BACK = lazy_gettext("There is nothing to take back here: no yes of yours is in force. Nothing was changed.")


@bp.get("")
@public
def my_data() -> str:
    """What one allowed, what was done with it, and how to take it all away."""
    person_id = viewer().person_id
    if person_id is None:
        return render_template("consents/signed_out.html")
    session = db.session()
    cards = cards_of(session, person_id)
    return render_template(
        "consents/my_data.html",
        cards=cards,
        timeline=(timeline := timeline_of(session, person_id, limit=ANSWERS_SHOWN + 1))[:ANSWERS_SHOWN],
        purposes=purposes_of(session, {event.revision_id for event in timeline}),
        papers=papers_of(session, timeline),
        older=url_for(".answers") if len(timeline) > ANSWERS_SHOWN else None,
        usages=told(session, person_id, usages_between(session, person_id, limit=NEWEST)),
        notices=last_notices(session, person_id, [card.agreement.id for card in cards]),
        decisions=decisions_of(session, person_id),
        answer_due=due_on,
        answers=ANSWERS,
        words=vocabulary(),
        kinds=collections(),
        not_included=exceptions(),
        take_url=url_for(".everything"),
    )


@bp.get("/answers")
@signed_in
def answers() -> str:
    """All that one answered, newest first, in pages."""
    page = min(max(1, request.args.get("page", 1, type=int)), 100_000)
    person_id = viewer().require_signed_in()
    found = timeline_of(db.session(), person_id, (page - 1) * ANSWERS_SHOWN, ANSWERS_SHOWN + 1)
    older = url_for(".answers", page=page + 1) if len(found) > ANSWERS_SHOWN else None
    decisions = decisions_of(db.session(), person_id)
    purposes = purposes_of(db.session(), {event.revision_id for event in found})
    papers = papers_of(db.session(), found)
    shown = {"timeline": found[:ANSWERS_SHOWN], "purposes": purposes, "decisions": decisions, "papers": papers}
    return render_template("consents/answers.html", **shown, answers=ANSWERS, older=older)


@bp.route("/withdraw/<uuid:agreement_id>", methods=["GET", "POST"])
@signed_in
@commits
def withdraw(agreement_id: UUID) -> ResponseReturnValue:
    """Take a consent or an objection back. The card does it in one action; this page says the same at length."""
    session, actor = db.session(), viewer()
    person_id = actor.require_signed_in()
    found = agreement(session, agreement_id)
    record = record_of(session, agreement_id, person_id)
    if found is None or record is None:
        raise NotFound
    if request.method == "POST" and not can_be_taken_back(record):
        flash(NOTHING_TO_TAKE_BACK, "info")
        return redirect(url_for(".my_data", _anchor=f"agreement-{agreement_id}"))
    if request.method == "POST":
        withdraw_consent(session, actor, WithdrawConsent(agreement_id, person_id))
        flash(
            _("Taken back. From now on nobody gets your data for this.") if found.asks else _("Your objection is taken back."),
            "good",
        )
        return redirect(url_for(".my_data", _anchor=f"agreement-{agreement_id}"))
    return render_template("consents/withdraw.html", agreement=found, record=record, nothing=not can_be_taken_back(record))


def shown_revision() -> UUID:
    """The revision whose text the form stood beside; one that names none was not shown the text that is in force."""
    try:
        return UUID(request.form.get("revision", ""))
    except ValueError:
        return UUID(int=0)


@bp.post("/renew/<uuid:agreement_id>")
@signed_in
@commits
def renew(agreement_id: UUID) -> ResponseReturnValue:
    """One click: the yes runs for another whole time."""
    actor = viewer()
    return renewed(agreement_id, actor, actor.require_signed_in(), url_for(".my_data", _anchor=f"agreement-{agreement_id}"))


def renewed(agreement_id: UUID, actor: Actor, person_id: UUID, back: str) -> ResponseReturnValue:
    """The same click for people with an account and with a code: each comes `back` to their cards."""
    command = RenewConsent(agreement_id, shown_revision(), person_id, language=current_locale())
    attempt(lambda: renew_consent(db.session(), actor, command), _("Renewed. You can take it back here at any time."))
    return redirect(back)


@bp.route("/object/<uuid:agreement_id>", methods=["GET", "POST"])
@signed_in
@commits
def object_(agreement_id: UUID) -> ResponseReturnValue:
    """Object to a use that rests on the public task."""
    actor = viewer()
    return objecting_page(agreement_id, actor, actor.require_signed_in(), url_for(".my_data"))


def objecting_page(agreement_id: UUID, actor: Actor, person_id: UUID, back: str, *, code: bool = False) -> ResponseReturnValue:
    """The form and what came of it, for people with an account and with a code: each comes `back` to their cards."""
    session = db.session()
    found = agreement(session, agreement_id)
    if found is None or not found.may_be_objected_to:
        raise NotFound
    form = ObjectForm()
    command = ObjectTo(agreement_id, shown_revision(), person_id, language=current_locale(), reason=form.reason.data or "")
    sent = form.send(lambda: object_to(session, actor, command))
    if sent.done:
        flash(_("Your objection is noted. This use rests for you now, and you get an answer within a month."), "good")
        return redirect(f"{back}#agreement-{agreement_id}")
    found = agreement(session, agreement_id) or found  # as it is now: a changed text is shown again
    page = render_template("consents/object.html", agreement=found, form=form, words=vocabulary(), back=back, code=code)
    return page, sent.status


@bp.post("/everything.zip")
@signed_in
@commits
def everything() -> ResponseReturnValue:
    """All that is kept about the reader, as a ZIP file."""
    return everything_about(viewer().require_signed_in())


def everything_about(person_id: UUID) -> Response:
    """The file of this person, who asks for it themselves; that it was taken stands among the usages."""
    session = db.session()
    note_usages(session, [person_id], kind="download", by_role="you", basis="own_request")
    session.flush()
    response = Response(stream_with_context(_pieces(person_id)), mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _pieces(person_id: UUID) -> Iterator[bytes]:
    """What is read while it is sent: the request's own transaction is kept by then, and a slow line holds up nobody."""
    session = db.session()
    with intent(writing=False):
        session.connection()
    yield from takeout(session, person_id, translate)
