"""Going on with one's own phone: any page by its address, and what was typed by a link that opens once."""

from uuid import UUID

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.budgets.queries import PotState, pots_of
from app.features.kiosk import door
from app.features.kiosk.models import KioskHandover
from app.features.kiosk.queries import handover, open_processes
from app.features.kiosk.routes import bp
from app.features.kiosk.use_cases import hand_over, take_over
from app.features.spaces.queries import visible_process, visible_processes
from app.features.voting.queries import box_of
from app.kernel import clock
from app.kernel.errors import Forbidden, Refused
from app.kernel.messages import msg
from app.kernel.permissions import ANONYMOUS
from app.web import kiosk_addresses
from app.web.access import public, safe_next, viewer
from app.web.filters import translate
from app.web.kiosk import is_kiosk, screen, visit
from app.web.qr import qr_svg
from app.web.transaction import commits

SIGNAGE_EVERY = 300
"""After how many seconds a screen that is only looked at asks anew what is open."""


def _outside(path: str) -> str:
    return str(current_app.config["SETTINGS"].base_url) + path


@bp.get("/phone")
@public
def phone() -> ResponseReturnValue:
    """A code for phones that leads to the page one was on. It carries an address and nothing that was typed.

    What is sealed in that address for this visit stands open in the code; what an earlier visit sealed leads to the start.
    """
    path = safe_next(request.args.get("page"))
    there = kiosk_addresses.shown(path, visit()) if is_kiosk() else path
    if there is None:
        return redirect(url_for(".start"), 303)
    address = _outside(there)
    return render_template("kiosk/phone.html", address=address, qr=qr_svg(address), back=path)


@bp.get("/signage")
@public
def signage() -> str:
    """For a screen that is only looked at: what is open, until when, and a code for phones. Nothing here is to be touched."""
    session, now = db.session(), clock.now()
    slug = request.args.get("process", "")
    only = visible_process(session, ANONYMOUS, slug) if slug else None
    chosen = frozenset({only.id}) if only else frozenset()
    processes = open_processes(session, ANONYMOUS, now, chosen)
    path = url_for("spaces.show", slug=only.slug) if only else "/"
    address = _outside(path)
    return render_template(
        "kiosk/signage.html", processes=processes[:4], only=only, address=address, qr=qr_svg(address), every=SIGNAGE_EVERY
    )


@bp.post("/to-phone")
@public
@commits
def to_phone() -> ResponseReturnValue:
    """Seal what was typed into the form of a proposal, and show the code that opens it once, within ten minutes."""
    if not is_kiosk():
        raise Forbidden(msg("This is for public screens. Here you can go on writing."))
    process = visible_process(db.session(), viewer(), request.args.get("process", ""))
    try:
        found, token = hand_over(db.session(), door.form_of(process.slug), door.typed())
    except Refused as refusal:
        flash(translate(refusal.message), "bad")
        return redirect(url_for("proposals_authoring.new", process=process.slug), 303)
    address = door.address_of(token)
    return render_template("kiosk/handed.html", found=found, address=address, qr=qr_svg(address), token=token)


@bp.get("/handed/<uuid:handover_id>")
@public
def handed(handover_id: UUID) -> ResponseReturnValue:
    """Whether the phone has opened it: then the screen forgets its visitor. Says nothing else."""
    found = db.session.get(KioskHandover, handover_id)
    response = jsonify(taken=found is None or found.taken_at is not None)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/continue/<token>")
@public
def take(token: str) -> ResponseReturnValue:
    """The page behind the code: opens nothing by itself, because programs look at links before people do."""
    waits = handover(db.session(), token, clock.now()) is not None
    return render_template("kiosk/take.html", waits=waits), 200 if waits else 404


@bp.post("/continue/<token>")
@public
@commits
def open_it(token: str) -> ResponseReturnValue:
    """Open it, once: what was typed stands in a form that is sent on from here. The screen keeps nothing."""
    target, fields = take_over(db.session(), token)
    return render_template("kiosk/taken.html", target=target, fields=fields, title=_first(fields, "title"))


@bp.get("/receipts")
@public
def receipts() -> str:
    """Checking what one has: the receipt of a ballot, vote by vote, or the receipt of an answer about personal data."""
    session, here = db.session(), screen()
    votes = []
    for process in visible_processes(session, viewer()):
        if here is not None and here.processes and process.id not in here.processes:
            continue
        pots = [pot for pot in pots_of(session, process.id) if pot.state is not PotState.DRAFT]
        if pots and box_of(session, process.id) is not None:
            votes.append((process, pots))
    return render_template("kiosk/receipts.html", votes=votes)


def _first(fields: dict[str, list[str]], name: str) -> str:
    return (fields.get(name) or [_("Without a title so far")])[0] or _("Without a title so far")
