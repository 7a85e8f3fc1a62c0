"""Printed forms, for everybody who would rather write on paper: a proposal, and an answer about personal data."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.extensions import db
from app.features.consents.queries import AgreementState, DataAgreement, agreement_by_code
from app.features.intake.vault import vault
from app.features.printing.queries import FormKey, Kind, Look, Variant
from app.features.printing.use_cases import form_now, printed, proposal_form, proposal_subject, version_of_drawing
from app.features.spaces.queries import Action, Process, ProcessState, action_open, may_see, visible_process
from app.features.spaces.queries import process as process_by_id
from app.kernel import clock
from app.kernel.permissions import ANONYMOUS
from app.web import slots
from app.web.access import public, viewer
from app.web.locale import current_locale

bp = Blueprint("intake", __name__, template_folder="templates", url_prefix="/forms")
bp.record_once(lambda state: vault.bind(state.app.config["SECRET_KEY"]))


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
    name, draft = f"{slug}-{size}-{language}.pdf", process.state is ProcessState.DRAFT
    return _sent(version_of_drawing(form), lambda: printed(form), name, private=draft)


@bp.get("/consents/<code>.pdf")
@public
def consent_pdf(code: str) -> ResponseReturnValue:
    """The question of an agreement on paper; `?print=large` for large print, `?print=easy` for easy language, `?in=fi` for
    another language than the page's.
    """
    settings = current_app.config["SETTINGS"]
    found = _asked_in_public(code)
    size = request.args.get("print", "standard")
    language = request.args.get("in", current_locale())
    if found is None or size not in list(Variant) or language not in settings.languages:
        abort(404)
    key, look = FormKey(Kind.CONSENT, found.id), Look(Variant(size), language)
    form = form_now(db.session(), key, look, settings.city_name, base_url=settings.base_url, age=settings.consent_age)
    if form is None:
        abort(404)
    return _sent(version_of_drawing(form), lambda: printed(form), f"{code}-{size}-{language}.pdf", private=False)


def _asked_in_public(code: str) -> DataAgreement | None:
    """An agreement that people decide about now, of a process that everybody may see, or of the whole city."""
    found = agreement_by_code(db.session(), code)
    if found is None or found.state is not AgreementState.IN_FORCE or not found.asks:
        return None
    process = process_by_id(db.session(), found.process_id) if found.process_id else None
    return found if found.process_id is None or (process is not None and may_see(ANONYMOUS, process)) else None


def _sent(version: str, pdf: Callable[[], bytes], name: str, *, private: bool) -> Response:
    known = request.if_none_match.contains_weak(version)  # who has it needs no typesetting
    response = Response(b"" if known else pdf(), mimetype="application/pdf", status=304 if known else 200)
    response.set_etag(version)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache" if private else "public, max-age=300"
    response.vary.update(("Accept-Language", "Cookie"))  # the language is the reader's, unless the address says it
    return response


def _paper_links(process: Process) -> Markup:
    """On the process's page, while proposals are asked for: the same on paper."""
    if not action_open(process, Action.PROPOSE, clock.now()):
        return Markup("")
    return slots.partial("intake/_paper_links.html", process=process)


slots.register("process.actions", 90, _paper_links)


def _slip_link(process: Process) -> Markup:
    """On the process's page, from when proposals can be handed in: what became of one, for whoever holds a slip."""
    if process.imported or process.state is ProcessState.DRAFT:
        return Markup("")
    return slots.partial("intake/_slip_link.html")


slots.register("process.actions", 91, _slip_link)


def _consent_on_paper(found: DataAgreement) -> Markup:
    """On the agreement's public page, while people are asked: the same on paper."""
    if _asked_in_public(found.code) is None:
        return Markup("")
    return slots.partial("intake/_consent_on_paper.html", agreement=found)


slots.register("consents.agreement", 50, _consent_on_paper)

from app.features.intake import slip_routes  # noqa: E402  it needs `bp`

__all__ = ["bp", "slip_routes"]
