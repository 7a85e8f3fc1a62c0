"""The page behind the link in a letter: it says what would end, and one press ends it, without signing in."""

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.extensions import csrf, db
from app.features.consents.queries import Answer, DataAgreement, agreement, record_of
from app.features.newsletters.stopping import stopped_by
from app.features.newsletters.use_cases import stop_newsletter
from app.kernel.errors import NotFound
from app.web.access import public
from app.web.transaction import commits

bp = Blueprint("newsletters", __name__, template_folder="templates", url_prefix="/newsletters")


@bp.get("/stop/<token>")
@public
def stop(token: str) -> ResponseReturnValue:
    """What would end; changes nothing by itself, because mail programs follow links before people do."""
    about, agreement_id, person_id = _meant(token)
    record = record_of(db.session(), agreement_id, person_id)
    allowed = record is not None and record.answer is Answer.GIVEN
    return render_template("newsletters/stop.html", agreement=about, allowed=allowed)


@bp.post("/stop/<token>")
@csrf.exempt  # mail programs post here themselves (RFC 8058); the signed token is the permission, no session is used
@public
@commits
def stop_now(token: str) -> ResponseReturnValue:
    """Take the consent back."""
    _about, agreement_id, person_id = _meant(token)
    try:
        stop_newsletter(db.session(), agreement_id, person_id)
    except NotFound:  # never answered, or erased since: there is nothing to take back
        db.session.rollback()
    return redirect(url_for(".stop", token=token))


def _meant(token: str) -> tuple[DataAgreement, UUID, UUID]:
    meant = stopped_by(token)
    about = agreement(db.session(), meant[0]) if meant else None
    if meant is None or about is None:
        abort(404)
    return about, *meant
