"""What somebody has chosen, between choosing and casting, and then the receipt: in their own browser, as a sealed value that
only we can open.

It stands in no table, no log and no address. The browser holds it for half an hour in a cookie that scripts cannot read; it
is encrypted, equally long whatever was chosen, and opens only for the same ballot, the same person and the same stay. So
nothing of it means anything to the next person at a public screen, and it is thrown away when somebody signs out.
"""

import base64
import binascii
import os
from datetime import timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Response, current_app, g, request

from app.features.budgets.queries import Pot, gives_points, is_ranking
from app.features.voting.ballot.marks import Marks, seen_ballot
from app.features.voting.ballot.sealed_cookies import cookie_key
from app.features.voting.voters import session as voter_session
from app.kernel import clock
from app.web.access import viewer
from app.web.assets import SAME_FOR_ALL

COOKIE = "ballot"
_CHOICES, _RECEIPT = b"c", b"r"
LASTS = timedelta(minutes=30)
_NONCE = 12
_TIME = 8
_MANY_POINTS = 60_000


def keep(response: Response, pot: Pot, marks: Marks) -> Response:
    """Let the answer take the marks along. Numbers that are not on the ballot are left out, and a receipt is not lost for what
    an older window sends."""
    return response if kept_receipt(pot) else _set(response, pot, _CHOICES + _packed(pot, marks))


def keep_receipt(response: Response, pot: Pot, receipt: str) -> Response:
    """Let the answer take the receipt of a cast ballot along, in place of the choices, so that the next page can show it."""
    return _set(response, pot, _RECEIPT + bytes.fromhex(receipt))


def kept_receipt(pot: Pot) -> str:
    """The receipt of the ballot that this person cast in this pot a moment ago; empty without it."""
    return (_get(pot, _RECEIPT) or b"").hex()


def _set(response: Response, pot: Pot, content: bytes) -> Response:
    g.ballot_kept = True
    until = int((clock.now() + LASTS).timestamp())
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(_key()).encrypt(nonce, until.to_bytes(_TIME) + content, _whose(pot))
    response.set_cookie(
        _name(pot),
        base64.urlsafe_b64encode(sealed).decode(),
        max_age=int(LASTS.total_seconds()),
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def _get(pot: Pot, what: bytes) -> bytes | None:
    try:
        sealed = base64.b64decode(request.cookies.get(_name(pot), ""), altchars=b"-_", validate=True)
        plain = AESGCM(_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], _whose(pot))
    except (binascii.Error, InvalidTag, ValueError):
        return None
    if int.from_bytes(plain[:_TIME]) < clock.now().timestamp():
        return None
    content = plain[_TIME:]
    return content.removeprefix(what) if content.startswith(what) else None


def kept(pot: Pot) -> Marks | None:
    """What this person marked in this pot a moment ago; None without it or when it is too old."""
    found = _get(pot, _CHOICES)
    return None if found is None else _unpacked(pot, found)


def forget(response: Response, pot: Pot | None = None) -> Response:
    """Throw away what was kept, of one pot or of all."""
    ours = [name for name in request.cookies if name.partition("-")[0] == COOKIE]
    for name in ours if pot is None else (_name(pot),):
        _delete(response, name)
    return response


def _name(pot: Pot) -> str:
    return f"{COOKIE}-{pot.id}"


def _delete(response: Response, name: str) -> None:
    response.delete_cookie(name, samesite="Lax", httponly=True, secure=current_app.config["SESSION_COOKIE_SECURE"])


def forget_after_signing_out(response: Response) -> Response:
    """Who neither is signed in nor came in with a code keeps no choices here: after signing out, finishing, a kiosk's reset."""
    if g.get("ballot_kept") or request.endpoint in SAME_FOR_ALL or response.cache_control.immutable:
        return response  # what this answer itself keeps, it keeps for somebody who may
    kept_here = any(name.partition("-")[0] == COOKIE for name in request.cookies)
    if kept_here and not viewer().is_signed_in and voter_session.present() is None:
        return forget(response)
    return response


def _packed(pot: Pot, marks: Marks) -> bytes:
    """Every project of the pot with its mark, nothing where there is none: one length for all that can be marked."""
    each = _bytes_each(pot)
    most = 256**each - 1
    return b"".join(min(marks.of.get(number, 0), most).to_bytes(each) for number in _numbers(pot))


def _unpacked(pot: Pot, data: bytes) -> Marks | None:
    numbers, each = _numbers(pot), _bytes_each(pot)
    if len(data) != len(numbers) * each:
        return None
    values = (int.from_bytes(data[at : at + each]) for at in range(0, len(data), each))
    return Marks({number: value for number, value in zip(numbers, values, strict=True) if value})


def _bytes_each(pot: Pot) -> int:
    """A cookie holds four thousand characters: a tick takes one byte, a place or some points two, very many points three."""
    if is_ranking(pot):
        return 2
    return 1 if not gives_points(pot) else 2 if (pot.max_points or 0) < _MANY_POINTS else 3


def _numbers(pot: Pot) -> list[str]:
    return sorted(project.number for project in pot.projects)


def _key() -> bytes:
    return cookie_key("ballot")


def _whose(pot: Pot) -> bytes:
    return f"{pot.id}:{seen_ballot(pot)}:{voter_session.mark()}".encode()
