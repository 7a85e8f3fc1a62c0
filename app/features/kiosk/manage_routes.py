"""Administrators set screens up and switch them off; the desk prints what people at them asked for."""

import uuid
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.accounts.queries import processes_to_choose
from app.features.kiosk.commands import ChangeDevice
from app.features.kiosk.forms import ConfirmForm, DeviceForm, SwitchOffForm, typed
from app.features.kiosk.queries import KioskDevice, device, devices, is_waiting, waiting_wishes, wishes_done_since
from app.features.kiosk.rules import CODE_LASTS
from app.features.kiosk.use_cases import change_device, finish_wish, give_code, reopen_wish, revoke_device, set_up_device
from app.features.spaces.queries import processes_in_order
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation, slots
from app.web.access import requires, viewer
from app.web.locale import language_choices
from app.web.qr import qr_svg
from app.web.transaction import attempt, commits

bp = Blueprint("kiosk_manage", __name__, template_folder="templates", url_prefix="/staff/screens")
navigation.staff("kiosk_manage.index", msg("Public screens"), icon="monitor", order=96, needs=Permission.KIOSK_MANAGE)
navigation.staff("kiosk_manage.wishes", msg("Prints asked for"), icon="printer", order=42, needs=Permission.INTAKE)


@bp.get("")
@requires(Permission.KIOSK_MANAGE)
def index() -> str:
    """Every screen, where it stands, and when it was last seen."""
    return render_template("kiosk/manage/index.html", screens=devices(db.session()), waiting=_waiting)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.KIOSK_MANAGE)
@commits
def new() -> ResponseReturnValue:
    """Set a screen up; the code that lets its browser in comes on the next page, once."""
    form = _form()
    sent = form.send(lambda: set_up_device(db.session(), viewer(), form.to_command()))
    if sent.done:
        return _code(*sent.result)
    return render_template("kiosk/manage/new.html", form=form), sent.status


@bp.get("/<uuid:device_id>")
@requires(Permission.KIOSK_MANAGE)
def show(device_id: uuid.UUID) -> str:
    """One screen."""
    found = _device(device_id)
    titles = processes_to_choose(db.session())
    names = {choice.code: choice.name for choice in language_choices()}
    return render_template("kiosk/manage/show.html", screen=found, titles=titles, names=names, waiting=_waiting)


@bp.route("/<uuid:device_id>/change", methods=["GET", "POST"])
@requires(Permission.KIOSK_MANAGE)
@commits
def change(device_id: uuid.UUID) -> ResponseReturnValue:
    """Rename a screen, or change what it offers."""
    found = _working(device_id)
    form = _form(typed(found))
    sent = form.send(lambda: change_device(db.session(), viewer(), ChangeDevice(device_id, form.to_command())))
    if sent.done:
        flash(_("Saved. The screen shows it with its next page."), "good")
        return redirect(url_for(".show", device_id=device_id))
    return render_template("kiosk/manage/change.html", form=form, screen=_device(device_id)), sent.status


@bp.route("/<uuid:device_id>/code", methods=["GET", "POST"])
@requires(Permission.KIOSK_MANAGE)
@commits
def code(device_id: uuid.UUID) -> ResponseReturnValue:
    """Another code: for a first try that was too late, for another browser, after a copy was noticed."""
    found = _working(device_id)
    form = ConfirmForm()
    sent = form.send(lambda: give_code(db.session(), viewer(), device_id))
    if sent.done:
        return _code(*sent.result)
    return render_template("kiosk/manage/another_code.html", screen=found), sent.status


@bp.route("/<uuid:device_id>/switch-off", methods=["GET", "POST"])
@requires(Permission.KIOSK_MANAGE)
@commits
def switch_off(device_id: uuid.UUID) -> ResponseReturnValue:
    """Switch a screen off, knowing what that ends."""
    found = _working(device_id)
    form = SwitchOffForm()
    sent = form.send(lambda: revoke_device(db.session(), viewer(), device_id, form.reason.data or ""))
    if sent.done:
        flash(_("Switched off. The screen says so with its next page."), "good")
        return redirect(url_for(".show", device_id=device_id))
    return render_template("kiosk/manage/switch_off.html", screen=found, form=form), sent.status


@bp.get("/prints")
@requires(Permission.INTAKE)
def wishes() -> str:
    """For the desk: who waits for a form in large letters, by number."""
    session, mine = db.session(), viewer().processes_where(Permission.INTAKE)
    rows, done = waiting_wishes(session, mine), wishes_done_since(session, mine, _midnight())
    ids = list({wish.process_id for wish, _screen in (*rows, *done)})
    processes = {one.id: one for one in processes_in_order(session, ids)}
    names = {choice.code: choice.name for choice in language_choices()}
    return render_template("kiosk/manage/wishes.html", rows=rows, done=done, processes=processes, names=names)


@bp.post("/prints/<uuid:wish_id>/printed")
@requires(Permission.INTAKE)
@commits
def printed(wish_id: uuid.UUID) -> ResponseReturnValue:
    """It is printed."""
    attempt(lambda: finish_wish(db.session(), viewer(), wish_id), _("Printed."))
    return redirect(url_for(".wishes"))


@bp.post("/prints/<uuid:wish_id>/again")
@requires(Permission.INTAKE)
@commits
def again(wish_id: uuid.UUID) -> ResponseReturnValue:
    """It was not, after all."""
    attempt(lambda: reopen_wish(db.session(), viewer(), wish_id), _("It waits again."))
    return redirect(url_for(".wishes"))


def _form(data: dict[str, object] | None = None) -> DeviceForm:
    languages = [(choice.code, choice.name) for choice in language_choices()]
    return DeviceForm(data=data).label(languages, processes_to_choose(db.session()))


def _waiting(found: KioskDevice) -> bool:
    return is_waiting(found, clock.now())


def _device(device_id: uuid.UUID) -> KioskDevice:
    found = device(db.session(), device_id)
    if found is None:
        raise NotFound
    return found


def _working(device_id: uuid.UUID) -> KioskDevice:
    found = _device(device_id)
    if found.revoked_at is not None:
        raise NotFound
    return found


def _midnight() -> datetime:
    zone = ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])
    return datetime.combine(clock.now().astimezone(zone).date(), time(), zone)


def _code(found: KioskDevice, digits: str) -> Response:
    """The page with the digits: the answer itself, because nothing keeps them for a page after it.

    In the code for cameras they stand behind "#": no server and no log ever sees that part of an address.
    """
    address = str(current_app.config["SETTINGS"].base_url) + url_for("kiosk.enrol")
    response = make_response(
        render_template(
            "kiosk/manage/code.html",
            screen=found,
            digits=f"{digits[:4]} {digits[4:]}",
            address=address,
            qr=qr_svg(f"{address}#{digits}"),
            minutes=int(CODE_LASTS.total_seconds() // 60),
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _tile(_subject: object) -> Markup:
    """On the staff overview: how many wait for a print."""
    if not viewer().may(Permission.INTAKE):
        return Markup("")
    rows = waiting_wishes(db.session(), viewer().processes_where(Permission.INTAKE))
    return slots.partial("kiosk/manage/_tile.html", count=len(rows)) if rows else Markup("")


slots.register("staff.home", 42, _tile)
