"""Staff pages: paper ballots of a pot in every variant and language, to look at and as a test print."""

from uuid import UUID

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.extensions import db
from app.features.budgets.queries import Pot
from app.features.printing.commands import SeeBallot
from app.features.printing.layout.model import FormLayout, Look, Paper, Variant
from app.features.printing.pictures import picture
from app.features.printing.use_cases import KINDS, see_ballot, trial_print, version_of_drawing
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import requires, viewer
from app.web.locale import current_locale, language_choices

bp = Blueprint("printing_manage", __name__, template_folder="templates", url_prefix="/staff/paper")


@bp.get("/ballots/<uuid:pot_id>")
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
def ballot(pot_id: UUID) -> ResponseReturnValue:
    """The ballot of a pot in one look, page by page, with links to every other look."""
    look = _look()
    layout, problem = None, None
    try:
        layout = _layout(pot_id, look)
    except NotFound:
        raise
    except Refused as refusal:
        problem = refusal.message
    return render_template(
        "printing/ballot.html",
        pot_id=pot_id,
        look=look,
        layout=layout,
        problem=problem,
        variants=list(Variant),
        papers=list(Paper),
        languages=language_choices(),
    )


@bp.get("/ballots/<uuid:pot_id>/test.pdf")
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
def ballot_pdf(pot_id: UUID) -> ResponseReturnValue:
    """The test print."""
    look = _look()
    layout = _layout(pot_id, look)
    response = Response(trial_print(layout), mimetype="application/pdf")
    name = f"ballot-test-{look.variant}-{look.language}-{look.paper}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.get("/ballots/<uuid:pot_id>/<int:page>.png")
@requires(Permission.BUDGET_MANAGE, reads=Permission.BUDGET_INSPECT)
def ballot_picture(pot_id: UUID, page: int) -> ResponseReturnValue:
    """A page of it as a picture."""
    layout = _layout(pot_id, _look())
    version = version_of_drawing(layout)
    known = request.if_none_match.contains_weak(version)
    try:
        response = Response(b"" if known else picture(layout, page), mimetype="image/png", status=304 if known else 200)
    except IndexError:
        abort(404)
    response.set_etag(version)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _layout(pot_id: UUID, look: Look) -> FormLayout:
    return see_ballot(db.session(), viewer(), SeeBallot(pot_id, current_app.config["SETTINGS"].city_name, look))


def _look() -> Look:
    """What the address asks for; nothing it says is wrong, it is another page."""
    language = request.args.get("in", current_locale())
    if language not in current_app.config["SETTINGS"].languages:
        abort(404)
    try:
        return Look(Variant(request.args.get("print", "standard")), language, Paper(request.args.get("paper", "a4")))
    except ValueError:
        abort(404)


def _link(pot: Pot) -> Markup:
    """On the staff page of a pot: its paper ballots."""
    if pot.vote_type not in KINDS or not pot.projects:
        return Markup("")
    return slots.partial("printing/_link.html", url=url_for("printing_manage.ballot", pot_id=pot.id))


slots.register("pot.staff", 60, _link)

from app.features.printing import run_pages  # noqa: E402  it needs `bp`

__all__ = ["bp", "run_pages"]
