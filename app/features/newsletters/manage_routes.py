"""Staff write newsletters, see each as its readers will, and send it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.consents.queries import DataAgreement
from app.features.newsletters.forms import newsletter_form
from app.features.newsletters.queries import (
    Newsletter,
    NewsletterState,
    agreement_of,
    agreements,
    newsletter,
    newsletters,
    reader_counts,
)
from app.features.newsletters.rules import may_write
from app.features.newsletters.use_cases import discard_newsletter, send_newsletter, write_newsletter
from app.kernel.errors import NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation
from app.web.access import requires, viewer
from app.web.transaction import attempt, commits

bp = Blueprint("newsletters_manage", __name__, template_folder="templates", url_prefix="/staff/newsletters")
navigation.staff("newsletters_manage.index", msg("Newsletters"), icon="mail", order=75, needs=Permission.NEWSLETTER)


@bp.get("")
@requires(Permission.NEWSLETTER)
def index() -> str:
    """Whom one may write to, drafts, and what was sent."""
    session, allowed = db.session(), viewer().processes_where(Permission.NEWSLETTER)
    open_ones, written = agreements(session, allowed), newsletters(session, allowed)
    counts = reader_counts(session, [about.id for about in open_ones])
    return render_template(
        "newsletters/index.html", agreements=open_ones, counts=counts, newsletters=written, draft=NewsletterState.DRAFT
    )


@bp.route("/new/<uuid:agreement_id>", methods=["GET", "POST"])
@requires(Permission.NEWSLETTER)
@commits
def new(agreement_id: UUID) -> ResponseReturnValue:
    """Begin one."""
    return _write(_agreement(agreement_id), None)


@bp.route("/<uuid:newsletter_id>/change", methods=["GET", "POST"])
@requires(Permission.NEWSLETTER)
@commits
def change(newsletter_id: UUID) -> ResponseReturnValue:
    """Change a draft."""
    found = _newsletter(newsletter_id)
    if found.state is not NewsletterState.DRAFT:
        raise NotFound
    return _write(_agreement(found.agreement_id), found)


def _write(about: DataAgreement, found: Newsletter | None) -> ResponseReturnValue:
    typed: dict[str, object] = {}
    if found is not None:
        for name in ("title", "text"):
            typed |= {f"{name}_{code}": text for code, text in getattr(found, name).items()}
    form = newsletter_form(**typed)
    kept: list[Newsletter] = []

    def keep() -> None:
        command = form.to_command(about.id, found.id if found else None)
        kept.append(write_newsletter(db.session(), viewer(), command))

    sent = form.send(keep)
    if sent.done:
        flash(_("Saved. Read it once more as its readers will, then send it."), "good")
        return redirect(url_for(".show", newsletter_id=kept[0].id))
    return render_template("newsletters/write.html", form=form, agreement=about, newsletter=found), sent.status


@bp.get("/<uuid:newsletter_id>")
@requires(Permission.NEWSLETTER)
def show(newsletter_id: UUID) -> str:
    """The letter as it will be read, and sending it; afterwards, how far it has got."""
    found = _newsletter(newsletter_id)
    about = _agreement(found.agreement_id)
    count = reader_counts(db.session(), [about.id])[about.id]
    return render_template("newsletters/show.html", newsletter=found, agreement=about, count=count, draft=NewsletterState.DRAFT)


@bp.post("/<uuid:newsletter_id>/send")
@requires(Permission.NEWSLETTER)
@commits
def send(newsletter_id: UUID) -> ResponseReturnValue:
    """Send it."""
    _newsletter(newsletter_id)
    attempt(lambda: send_newsletter(db.session(), viewer(), newsletter_id), _("On its way, one letter after the other."))
    return redirect(url_for(".show", newsletter_id=newsletter_id))


@bp.route("/<uuid:newsletter_id>/discard", methods=["GET", "POST"])
@requires(Permission.NEWSLETTER)
@commits
def discard(newsletter_id: UUID) -> ResponseReturnValue:
    """Throw a draft away, knowing that it is gone."""
    found = _newsletter(newsletter_id)
    if request.method == "POST":
        attempt(lambda: discard_newsletter(db.session(), viewer(), newsletter_id), _("The draft is gone."))
        return redirect(url_for(".index"))
    if found.state is not NewsletterState.DRAFT:
        raise NotFound
    return render_template("newsletters/discard.html", newsletter=found)


def _newsletter(newsletter_id: UUID) -> Newsletter:
    found = newsletter(db.session(), newsletter_id)
    if found is None:
        raise NotFound
    _agreement(found.agreement_id)
    return found


def _agreement(agreement_id: UUID) -> DataAgreement:
    found = agreement_of(db.session(), agreement_id)
    if found is None or not may_write(viewer(), found.process_id):
        raise NotFound
    return found
