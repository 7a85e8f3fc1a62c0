"""What recipients were told, whether they have confirmed it, and where their servers take messages."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.consents.forms.deliveries import EndpointForm
from app.features.consents.manage_routes import bp
from app.features.consents.queries import Recipient, endpoint, notice, notices_page, recipient, told_recipients
from app.features.consents.rules import NOTICES, PROBLEMS
from app.features.consents.use_cases import (
    confirm_by_hand,
    remove_endpoint,
    rotate_secret,
    send_again,
    send_test,
    set_endpoint,
)
from app.kernel.errors import NotFound
from app.kernel.paging import page_number
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.paging import steps
from app.web.transaction import attempt, commits


@bp.get("/told")
@requires(Permission.AGREEMENT_MANAGE)
def told() -> str:
    """Every recipient: what waits for their confirmation, and since when something fails."""
    return render_template("consents/told.html", told=told_recipients(db.session()))


@bp.get("/told/<uuid:recipient_id>")
@requires(Permission.AGREEMENT_MANAGE)
def messages(recipient_id: UUID) -> str:
    """One recipient: their server, and every message."""
    return _page(_recipient(recipient_id))


@bp.post("/told/<uuid:recipient_id>")
@requires(Permission.AGREEMENT_MANAGE)
@commits
def set_server(recipient_id: UUID) -> ResponseReturnValue:
    """Say where their server takes messages. A new secret is shown this once."""
    found, form = _recipient(recipient_id), EndpointForm()
    secret: list[str | None] = []
    trusted = current_app.config["SETTINGS"].webhook_hosts
    sent = form.send(lambda: secret.append(set_endpoint(db.session(), viewer(), recipient_id, form.url.data or "", trusted)))
    if not sent.done:
        return _page(found, form), sent.status
    if secret[0]:
        return _page(found, secret=secret[0])
    flash(_("Saved. What waits is sent there now."), "good")
    return redirect(url_for(".messages", recipient_id=recipient_id))


@bp.post("/told/<uuid:recipient_id>/secret")
@requires(Permission.AGREEMENT_MANAGE)
@commits
def new_secret(recipient_id: UUID) -> ResponseReturnValue:
    """Change the secret. The new one is shown this once."""
    found = _recipient(recipient_id)
    return _page(found, secret=rotate_secret(db.session(), viewer(), recipient_id))


@bp.post("/told/<uuid:recipient_id>/test")
@requires(Permission.AGREEMENT_MANAGE)
@commits
def test_message(recipient_id: UUID) -> ResponseReturnValue:
    """Send a message that says nothing but that it is a test."""
    attempt(lambda: send_test(db.session(), viewer(), recipient_id), _("A test is on its way. Look here again in a moment."))
    return redirect(url_for(".messages", recipient_id=recipient_id))


@bp.route("/told/<uuid:recipient_id>/remove", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
@commits
def remove_server(recipient_id: UUID) -> ResponseReturnValue:
    """They have no server any more; what that means."""
    found = _recipient(recipient_id)
    if request.method == "POST":
        attempt(lambda: remove_endpoint(db.session(), viewer(), recipient_id), _("Removed. Tell them by hand from now on."))
        return redirect(url_for(".messages", recipient_id=recipient_id))
    if endpoint(db.session(), recipient_id) is None:
        raise NotFound
    return render_template("consents/remove_server.html", recipient=found)


@bp.post("/told/message/<uuid:notice_id>/again")
@requires(Permission.AGREEMENT_MANAGE)
@commits
def again(notice_id: UUID) -> ResponseReturnValue:
    """Try a message at once."""
    back = _back(notice_id)
    attempt(lambda: send_again(db.session(), viewer(), notice_id), _("It is tried again now."))
    return redirect(back)


@bp.post("/told/message/<uuid:notice_id>/confirmed")
@requires(Permission.AGREEMENT_MANAGE)
@commits
def confirmed(notice_id: UUID) -> ResponseReturnValue:
    """Note that they confirmed by telephone, by letter or in person."""
    back = _back(notice_id)
    attempt(lambda: confirm_by_hand(db.session(), viewer(), notice_id), _("Noted. The person sees it on their card."))
    return redirect(back)


def _back(notice_id: UUID) -> str:
    found = notice(db.session(), notice_id)
    if found is None:
        raise NotFound
    return url_for(".messages", recipient_id=found.recipient_id)


def _recipient(recipient_id: UUID) -> Recipient:
    found = recipient(db.session(), recipient_id)
    if found is None:
        raise NotFound
    return found


def _page(found: Recipient, form: EndpointForm | None = None, secret: str | None = None) -> str:
    session = db.session()
    known = endpoint(session, found.id)
    page = notices_page(session, found.id, page_number(request.args.get("page")))
    return render_template(
        "consents/messages.html",
        recipient=found,
        endpoint=known,
        form=form or EndpointForm(url=known.url if known else ""),
        secret=secret,
        page=page,
        notices=NOTICES,
        problem_of=_problem_of,
        pages=steps(page, lambda number: url_for(".messages", recipient_id=found.id, page=number)),
    )


def _problem_of(problem: str) -> str:
    if problem.isdigit():
        return _("Their server answered with %(status)s", status=problem)
    return translate(PROBLEMS[problem]) if problem in PROBLEMS else problem
