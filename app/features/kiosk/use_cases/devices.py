"""A screen is set up, let in by a code, changed, and switched off."""

import secrets
import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.kiosk.commands import ChangeDevice, SetUpDevice
from app.features.kiosk.models import KioskDevice
from app.features.kiosk.rules import CODE_DIGITS, CODE_LASTS
from app.features.kiosk.use_cases.tokens import new_token_of
from app.features.kiosk.vault import vault
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission
from app.kernel.texts import clean_line

_NO_CODE = msg("This code is not right, or its fifteen minutes are over. Ask an administrator for another one.")


def set_up_device(session: Session, actor: Actor, command: SetUpDevice) -> tuple[KioskDevice, str]:
    """Make a screen. Returns it with the digits that let its browser in, which are kept nowhere and shown once.

    The same form sent twice, by a second press or by loading its answer again, is one screen; it has other digits then.
    Raises Forbidden for everybody but administrators, Invalid where name or place are missing.
    """
    actor.require(Permission.KIOSK_MANAGE)
    if command.form_id is not None and session.get(KioskDevice, command.form_id) is not None:
        return give_code(session, actor, command.form_id)
    device = KioskDevice(id=command.form_id or uuid.uuid4())
    _write(device, command)
    code = _code(device)
    try:
        with session.begin_nested():
            session.add(device)
    except IntegrityError:  # the other press of two was faster by a moment
        return give_code(session, actor, device.id)
    audit.record(session, actor, "kiosk.added", device, name=device.name)
    return device, code


def give_code(session: Session, actor: Actor, device_id: uuid.UUID) -> tuple[KioskDevice, str]:
    """Digits for another try, or for another browser. An older code works no more; the browser that is in stays in until the
    new one is used."""
    actor.require(Permission.KIOSK_MANAGE)
    device = _working(session, device_id)
    code = _code(device)
    session.flush()
    audit.record(session, actor, "kiosk.code_given", device, name=device.name)
    return device, code


def change_device(session: Session, actor: Actor, command: ChangeDevice) -> KioskDevice:
    """Rename a screen or change what it offers; it counts with the screen's next page."""
    actor.require(Permission.KIOSK_MANAGE)
    device = _working(session, command.device_id)
    before = device.name
    _write(device, command.device)
    session.flush()
    audit.record(session, actor, "kiosk.changed", device, name=device.name, before=before, after=device.name)
    return device


def revoke_device(session: Session, actor: Actor, device_id: uuid.UUID, reason: str) -> KioskDevice:
    """Switch a screen off for good: its token opens nothing from its very next request. Raises Conflict when it is off."""
    actor.require(Permission.KIOSK_MANAGE)
    device = _working(session, device_id)
    device.revoked_at, device.code_hash, device.code_until = clock.now(), None, None
    session.flush()
    audit.record(session, actor, "kiosk.revoked", device, name=device.name, reason=clean_line(reason))
    return device


def enrol(session: Session, actor: Actor, code: str) -> tuple[KioskDevice, str]:
    """Let the browser in that typed the digits, once. Returns the token that it shows from now on.

    A browser that was this screen before is shut out with that. Raises Refused for digits that let nobody in.
    """
    digits = "".join(letter for letter in code if letter.isdigit())
    waits = KioskDevice.revoked_at.is_(None) & (KioskDevice.code_until > clock.now())
    found = select(KioskDevice).where(KioskDevice.code_hash == code_hash(digits), waits)
    device = session.scalars(found.with_for_update()).first()
    if device is None or len(digits) != CODE_DIGITS:
        raise Refused(_NO_CODE, field="code")
    device.code_hash, device.code_until, device.copied_at = None, None, None
    device.enrolled_at = clock.now()
    token = new_token_of(session, device, forget=True)
    session.flush()
    audit.record(session, actor, "kiosk.enrolled", device, name=device.name)
    return device, token


def code_hash(digits: str) -> str:
    """What is kept of the digits."""
    return vault.digest("code", digits)


def _code(device: KioskDevice) -> str:
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    device.code_hash, device.code_until = code_hash(code), clock.now() + CODE_LASTS
    return code


def _write(device: KioskDevice, command: SetUpDevice) -> None:
    errors: dict[str, Message] = {}
    device.name, device.place = clean_line(command.name), clean_line(command.place)
    if not device.name:
        errors["name"] = msg("Give the screen a name.")
    if not device.place:
        errors["place"] = msg("Say where the screen stands, so that somebody can find it.")
    if errors:
        raise Invalid(errors)
    device.languages = list(command.languages)
    device.process_ids = [str(one) for one in command.process_ids]
    device.supports, device.voting, device.lower_half = command.supports, command.voting, command.lower_half


def _working(session: Session, device_id: uuid.UUID) -> KioskDevice:
    device = session.get(KioskDevice, device_id, with_for_update=True, populate_existing=True)
    if device is None:
        raise NotFound
    if device.revoked_at is not None:
        raise Conflict(msg("This screen is switched off. Set it up again as a new one."))
    return device
