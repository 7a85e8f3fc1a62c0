"""What the committee decided, for everybody: decisions, certificates, the protocol; and objecting."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.accounts.use_cases import count_attempt
from app.features.budgets.queries import Pot, PotState, ballot_name, rule_name, tied_sentences, visible_pot
from app.features.committee import packaged, printing, protocol
from app.features.committee.forms import ObjectForm, ObjectWithoutAccountForm
from app.features.committee.queries import (
    answer_to,
    certificates_in,
    certificates_of,
    decisions_of,
    in_doubt,
    objection_by_reference,
    objection_deadline,
    objections_of,
    retention_of,
)
from app.features.committee.shown import show
from app.features.committee.use_cases import object_to
from app.features.spaces.queries import Process, ProcessState, process
from app.features.voting.queries import fixed_pots
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import public, viewer
from app.web.locale import current_locale
from app.web.networks import network
from app.web.transaction import commits

bp = Blueprint("committee", __name__, template_folder="templates", url_prefix="/committee")


def _space(process_id: UUID) -> Process:
    """A process with a vote of its own that everybody can see, or its staff."""
    space = process(db.session(), process_id)
    if space is None or space.imported:
        raise NotFound
    if space.state is ProcessState.DRAFT and not viewer().may(Permission.BUDGET_INSPECT, process_id):
        raise NotFound
    return space


@bp.get("/<uuid:process_id>")
@public
def decisions(process_id: UUID) -> ResponseReturnValue:
    """Every decision in force, with its reason and both names; objections; until when people can object."""
    space, session = _space(process_id), db.session()
    pots = {pot.id: pot for pot in fixed_pots(session, process_id)}
    until = objection_deadline(session, process_id)
    certified = certificates_in(session, pots)
    return render_template(
        "committee/decisions.html",
        process=space,
        rows=[show(one, pots) for one in decisions_of(session, process_id, public=True)],
        pots=list(pots.values()),
        certified=[pots[pot_id] for pot_id in pots if certified.get(pot_id)],
        objections=objections_of(session, process_id),
        until=until,
        may_object=bool(pots) and (until is None or clock.now() < until),
        retention=retention_of(session, process_id),
        has_protocol=protocol.may_be_read(session, viewer(), process_id),
    )


@bp.route("/<uuid:process_id>/object", methods=["GET", "POST"])
@public
@commits
def object_(process_id: UUID) -> ResponseReturnValue:
    """Object to a vote, with an account or without one. Many objections of strangers from one network take longer."""
    form = ObjectForm() if viewer().is_signed_in else ObjectWithoutAccountForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            if not viewer().is_signed_in:
                count_attempt("objection network", network())
            objection = object_to(db.session(), viewer(), form.to_command(process_id))
        except Refused as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
            status = refusal.status
        else:
            flash(_("Your objection has number %(number)s. The committee answers here.", number=objection.number), "good")
            return redirect(url_for(".objection", reference=objection.reference), 303)
    space = _space(process_id)
    until = objection_deadline(db.session(), process_id)
    return render_template("committee/object.html", process=space, form=form, until=until), status


@bp.get("/objection/<reference>")
@public
def objection(reference: str) -> ResponseReturnValue:
    """The slip of an objection: its number and, once decided, the answer. It names nobody and shows no words."""
    found = objection_by_reference(db.session(), reference)
    if found is None:
        raise NotFound
    space = _space(found.process_id)
    answer = answer_to(db.session(), found)
    return render_template(
        "committee/objection.html", process=space, objection=found, answer=show(answer, {}) if answer else None
    )


@bp.get("/certificate/<uuid:pot_id>")
@public
def certificate(pot_id: UUID) -> ResponseReturnValue:
    """The certificate of a pot, to read and to print; `?version=1` for an earlier one."""
    pot = visible_pot(db.session(), viewer(), pot_id)
    versions = certificates_of(db.session(), pot_id)
    wanted = request.args.get("version", "")
    shown = next((one for one in versions if not wanted or str(one.version) == wanted), None)
    if shown is None:
        raise NotFound
    return render_template(
        "committee/certificate.html",
        pot=pot,
        certificate=shown,
        body=shown.body,
        versions=versions,
        signed=protocol.signed(shown),
        rule=rule_name(shown.body["rule"]),
        ballot=ballot_name(shown.body["vote_type"]),
        ties=tied_sentences(pot, shown.body["ties"]),
        doubt=in_doubt(db.session(), pot),
    )


@bp.get("/certificate/<uuid:pot_id>/paper.json")
@public
def paper(pot_id: UUID) -> Response:
    """The totals of the ballots on paper by station, beside the files with the ballots from the box."""
    pot = visible_pot(db.session(), viewer(), pot_id)
    if pot.state is not PotState.CERTIFIED or pot.options.get("imported"):
        raise NotFound
    return _download(packaged.paper_file(db.session(), pot), "application/json", "paper.json")


@bp.get("/<uuid:process_id>/protocol.json")
@public
def protocol_json(process_id: UUID) -> Response:
    """Everything that happened, for programs. Before everything is certified for the committee and auditors alone."""
    space = _readable(process_id)
    return _download(protocol.as_bytes(_record(space)), "application/json", "protocol.json")


@bp.get("/<uuid:process_id>/protocol.pdf")
@public
def protocol_pdf(process_id: UUID) -> Response:
    """The same to read and to print, in the page's language or the one that `?in=` names."""
    space, settings = _readable(process_id), current_app.config["SETTINGS"]
    language = request.args.get("in", current_locale())
    if language not in settings.languages:
        raise NotFound
    record = _record(space)
    if viewer().may(Permission.BUDGET_INSPECT, process_id):
        content = printing.protocol_pdf(record, settings.city_name, language)
    else:
        content = printing.kept_pdf(record, settings.city_name, language, settings.var / "packages" / "protocols")
    return _download(content, "application/pdf", "protocol.pdf")


def _readable(process_id: UUID) -> Process:
    space = _space(process_id)
    if not protocol.may_be_read(db.session(), viewer(), process_id):
        raise NotFound
    return space


def _record(space: Process) -> dict[str, Any]:
    return protocol.record_of(db.session(), space, for_staff=viewer().may(Permission.BUDGET_INSPECT, space.id))


def _download(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _notices(pot: Pot) -> Markup:
    """On the pages of a pot and its result: what the committee decided about it, and the way to its decisions."""
    if pot.options.get("imported") or pot.state is PotState.DRAFT:
        return Markup("")
    rows = [one for one in decisions_of(db.session(), pot.process_id, public=True) if one.pot_id in (None, pot.id)]
    return _linked(rows, pot.process_id, pot)


def _on_process(space: Process) -> Markup:
    """On the page of a process: the way to the decisions of its committee, once there is one."""
    if space.imported:
        return Markup("")
    return _linked(decisions_of(db.session(), space.id, public=True), space.id, None)


def _linked(rows: Sequence[object], process_id: UUID, pot: Pot | None) -> Markup:
    if not rows:
        return Markup("")
    certified = pot is not None and bool(certificates_of(db.session(), pot.id))
    space = process(db.session(), process_id)
    return slots.partial(
        "committee/_notice.html",
        process_id=process_id,
        pot=pot,
        certified=certified,
        number=len(rows),
        interrupted=space is not None and space.interrupted_at is not None,
        doubt=pot is not None and in_doubt(db.session(), pot),
    )


slots.register("pot.notices", 10, _notices)
slots.register("process.page", 35, _on_process)
