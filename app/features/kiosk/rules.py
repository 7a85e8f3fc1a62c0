"""How long things of a public screen last, and which of its tokens still counts; pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.features.kiosk.models import KioskDevice, KioskToken
from app.kernel.automated import decides

CODE_DIGITS = 8
CODE_LASTS = timedelta(minutes=15)
HANDOVER_LASTS = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a screen was last seen: one write a minute, however busy it is."""
TOKEN_LASTS = timedelta(minutes=15)
"""How old a token may be when a page is opened with it: until then nothing tells a copy from the original."""
SIDE_BY_SIDE = timedelta(minutes=1)
"""How long the older token works beside the newer: for what the browser had asked for before the answer with the newer came."""


class Verdict(StrEnum):
    """What a token that was shown means."""

    WORKS = "works"
    ANEW = "gets another one"
    OFF = "the screen is switched off"
    COPIED = "older than one that is in use: one of the two browsers has a copy"


@decides("kiosk_token")
def verdict(device: KioskDevice, shown: KioskToken, newest: KioskToken, now: datetime) -> Verdict:
    """What the token `shown` of a device is worth, when `newest` is the last that was given out.

    An older one works while nobody has shown the newest yet, because the answer that brought it may have been lost; then the
    browser gets another. Once the newest is in use, the older one is a copy, or the newest is.
    """
    if device.revoked_at is not None:
        return Verdict.OFF
    if shown.id == newest.id:
        return Verdict.ANEW if now - shown.given_at >= TOKEN_LASTS else Verdict.WORKS
    if newest.used_at is None:
        return Verdict.ANEW if now - newest.given_at > SIDE_BY_SIDE else Verdict.WORKS
    return Verdict.WORKS if now - newest.used_at <= SIDE_BY_SIDE and shown.ended_at == newest.given_at else Verdict.COPIED


def is_waiting(device: KioskDevice, now: datetime) -> bool:
    """Whether the digits of a device still let a browser in."""
    return (
        device.revoked_at is None and device.code_hash is not None and device.code_until is not None and now < device.code_until
    )
