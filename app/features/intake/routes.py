"""The printed form, for everybody who would rather write on paper."""

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.extensions import db
from app.features.printing.queries import Look, Variant
from app.features.printing.use_cases import printed, proposal_form, proposal_subject, version_of_drawing
from app.features.spaces.queries import Action, Process, ProcessState, action_open, visible_process
from app.kernel import clock
from app.web import slots
from app.web.access import public, viewer
from app.web.locale import current_locale

bp = Blueprint("intake", __name__, template_folder="templates", url_prefix="/forms")


@bp.get("/<slug>/proposal.pdf")
@public
def proposal_pdf(slug: str) -> ResponseReturnValue:
    """The proposal form of a process; `?print=large` for large print, `?print=easy` for easy language, `?in=fi` for another
    language than the page's.
    """
    settings = current_app.config["SETTINGS"]
    process = visible_process(db.session(), viewer(), slug)
    size = request.args.get("print", "standard")
    language = request.args.get("in", current_locale())
    if size not in list(Variant) or language not in settings.languages:
        abort(404)
    form = proposal_form(proposal_subject(db.session(), process, settings.city_name), Look(Variant(size), language))
    version = version_of_drawing(form)
    known = request.if_none_match.contains_weak(version)  # who has it needs no drawing
    response = Response(b"" if known else printed(form), mimetype="application/pdf", status=304 if known else 200)
    response.set_etag(version)
    response.headers["Content-Disposition"] = f'inline; filename="{slug}-{size}-{language}.pdf"'
    draft = process.state is ProcessState.DRAFT
    response.headers["Cache-Control"] = "private, no-cache" if draft else "public, max-age=300"
    response.vary.update(("Accept-Language", "Cookie"))  # the language is the reader's, unless the address says it
    return response


def _paper_links(process: Process) -> Markup:
    """On the process's page, while proposals are asked for: the same on paper."""
    if not action_open(process, Action.PROPOSE, clock.now()):
        return Markup("")
    return slots.partial("intake/_paper_links.html", process=process)


slots.register("process.actions", 90, _paper_links)
