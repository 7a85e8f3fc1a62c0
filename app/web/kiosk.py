"""A browser on a public screen: larger, without links that lead away, forgetting its visitor after a pause.

Anybody's browser becomes one by opening the start page: that is a layout and a way to forget, no more. A screen that the city
has enrolled shows a token of its own; only what is done there counts as done at a public screen (docs/adr/0021). Neither cookie
is of a person. A further, signed cookie says until when the visit lasts. The page's script ends a visit after a pause; where no
script runs, the server does so itself with the next request, and the page asks for that request by itself.

One more cookie, a random mark, goes with the visit: with it alone open the addresses that this visit has left in the browser's
history (`kiosk_addresses`).
"""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadSignature, Signer
from werkzeug.datastructures import ImmutableMultiDict
from wtforms.validators import ValidationError

from app.kernel import clock
from app.web import kiosk_addresses, kiosk_page

COOKIE = "kiosk"
TOKEN = "kiosk_device"  # noqa: S105  the name of a cookie
LOWER = "kiosk_lower"
UNTIL = "kiosk_until"
VISIT = "kiosk_visit"
START = "/kiosk"
IDLE_SECONDS = 60
COUNTDOWN_SECONDS = 20
ASKING_SECONDS = 180
"""How long a page that asks something may stand where no script sees that somebody is writing."""


@dataclass(frozen=True)
class Screen:
    """An enrolled screen as pages see it. No language, no process: all of them. `off`: its token opens nothing any more."""

    id: uuid.UUID
    name: str
    place: str
    languages: tuple[str, ...] = ()
    processes: frozenset[uuid.UUID] = frozenset()
    supports: bool = True
    voting: bool = True
    lower_half: bool = False
    off: bool = False


_known: list[Callable[[str], Screen | None]] = []


def screens_from(known: Callable[[str], Screen | None]) -> None:
    """Say who knows the screens by their tokens: the room `kiosk`, which stands on this and so cannot be imported here."""
    _known[:] = [known]


def screen() -> Screen | None:
    """The enrolled screen that asks, if it is one; looked up once for a request."""
    if not request or not _known or not request.cookies.get(TOKEN):
        return None
    if "kiosk_screen" not in g:
        g.kiosk_screen = None  # where the database does not answer, the page that says so does not ask it once more
        g.kiosk_screen = _known[0](request.cookies[TOKEN])
    found: Screen | None = g.kiosk_screen
    return found


def is_enrolled() -> bool:
    """Whether this request comes from a screen that the city has enrolled and not switched off."""
    found = screen()
    return found is not None and not found.off


def is_kiosk() -> bool:
    """Whether this request comes from a public screen, enrolled or not."""
    return bool(request) and (request.cookies.get(COOKIE) == "1" or TOKEN in request.cookies)


def is_lowered() -> bool:
    """Whether controls sit in the lower half: as this visitor chose, else as the screen is set up."""
    if not is_kiosk():
        return False
    chosen = request.cookies.get(LOWER)
    if chosen in ("0", "1"):
        return chosen == "1"
    found = screen()
    return found is not None and found.lower_half


def languages_here(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the installation's languages that are offered here: on an enrolled screen those that it is set up for."""
    found = screen()
    chosen = tuple(code for code in languages if found is not None and code in found.languages)
    return chosen or languages


def give_token(response: Response, token: str) -> None:
    """The browser shows this from now on. No script can read it, and other hosts' pages do not bring it along."""
    response.set_cookie(
        TOKEN,
        token,
        max_age=400 * 86400,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def start_cookie(response: Response) -> None:
    """Make the browser a public screen for a day from its last visit to the start page, or until somebody ends that.

    Whoever came by a link is not kept for longer; screens of the city are known by their token.
    """
    response.set_cookie(
        COOKIE,
        "1",
        max_age=86400,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    stay(response)
    response.headers["Cache-Control"] = "no-store"


def visit() -> str:
    """The mark of this visit: what its addresses are sealed with. A browser that has none gets one with the answer."""
    if "kiosk_visit" not in g:
        g.kiosk_visit = request.cookies.get(VISIT) or secrets.token_urlsafe(32)
    return str(g.kiosk_visit)


def end_visit(response: Response) -> None:
    """Nothing that the visit left in the browser's history opens from now on."""
    response.delete_cookie(VISIT)


def pause_seconds(asking: bool = False) -> int:
    """After how long without a request a visit is over."""
    return max(IDLE_SECONDS + COUNTDOWN_SECONDS, ASKING_SECONDS if asking else 0)


def stay(response: Response, asking: bool = False) -> None:
    """Somebody is there: the visit lasts for another pause."""
    until = int(clock.now().timestamp()) + pause_seconds(asking)
    response.set_cookie(
        UNTIL,
        _signer().sign(str(until)).decode(),
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def visit_is_over() -> bool:
    """Whether nobody did anything at this public screen for longer than a pause; so, too, when its clock was taken away."""
    if not is_kiosk():
        return False
    try:
        until = int(_signer().unsign(request.cookies.get(UNTIL, "")))
    except (BadSignature, ValueError):
        return True
    return clock.now().timestamp() > until


def is_of_an_earlier_visit() -> bool:
    """Whether the form that was sent was shown to an earlier visitor: "back" and "reload" can send it once more."""
    token = request.form.get("csrf_token")
    if not is_kiosk() or request.method != "POST" or not token or not current_app.config["WTF_CSRF_ENABLED"]:
        return False
    try:
        validate_csrf(token)
    except ValidationError:
        return True
    return False


def _signer() -> Signer:
    return Signer(str(current_app.config["SECRET_KEY"]), salt="kiosk visit")


def mark() -> dict[str, Any]:
    """What templates must know to look and behave as on a public screen."""
    here = is_kiosk()
    return {
        "kiosk": here,
        "kiosk_idle": IDLE_SECONDS,
        "kiosk_countdown": COUNTDOWN_SECONDS,
        "kiosk_phone": _phone() if here else None,
        "kiosk_lowered": here and is_lowered(),
        "kiosk_screen": screen() if here else None,
    }


def _phone() -> str | None:
    """Where the code stands with which one goes on with one's own phone: for pages that can be asked for once more."""
    if not request or request.method != "GET" or request.path.startswith(START):
        return None
    return f"{START}/phone?{urlencode({'page': request.full_path.rstrip('?')})}"


def init_app(app: Flask) -> None:
    """Tell templates, and keep nothing of what a public screen shows in its cache, its forms or its history."""

    app.context_processor(mark)

    @app.before_request
    def _open_address() -> ResponseReturnValue | None:
        return _opened_address() if is_kiosk() else None

    @app.after_request
    def _forget(response: Response) -> Response:
        if not is_kiosk():
            return response
        asking = False
        if "Location" in response.headers:
            response.headers["Location"] = kiosk_addresses.hidden(response.headers["Location"], visit())
        if _is_a_file(response):
            response = _no_files()
        if response.mimetype == "text/html":
            response.headers["Cache-Control"] = "no-store"
            if not response.is_streamed:
                page = response.get_data(as_text=True)
                asking = kiosk_page.asks(page)
                # a moment later than the visit lasts, so that the request finds it over
                page = kiosk_page.dress(page, START, pause_seconds(asking) + 2, request.host)
                page = kiosk_page.name_visit(page, kiosk_addresses.page_mark(visit()))
                response.set_data(kiosk_addresses.hide_all(page, visit()))
        if response.mimetype == "text/html" and UNTIL not in _cookies_set(response):
            stay(response, asking)
        if "kiosk_visit" in g and VISIT not in request.cookies and VISIT not in _cookies_set(response):
            _keep_visit(response)
        return response


def _opened_address() -> ResponseReturnValue | None:
    """Put the secrets of this visit's addresses back in their place; what an earlier visit left shows the start page.

    On a screen of the city nobody types an address, so one with a bare secret comes from the history, too. In anybody's own
    browser such an address is exchanged for one of this visit.
    """
    paths = {name: value for name, value in (request.view_args or {}).items() if name in kiosk_addresses.SECRETS}
    asked = {name: value for name, value in request.args.items() if value and name in kiosk_addresses.ASKED}
    values = {**asked, **paths}
    if not all(value.startswith(kiosk_addresses.MARK) for value in values.values()):
        here = request.full_path.rstrip("?")
        there = START if is_enrolled() else kiosk_addresses.hidden(here, visit())
        return redirect(there, 303) if is_enrolled() or (request.method in ("GET", "HEAD") and there != here) else None
    opened = {name: kiosk_addresses.opened(value, visit()) for name, value in values.items()}
    found = {name: value for name, value in opened.items() if value is not None}
    if len(found) < len(values):
        return redirect(START, 303)
    request.view_args = {name: found.get(name, value) for name, value in (request.view_args or {}).items()}
    if asked:
        request.args = ImmutableMultiDict({**request.args.to_dict(), **{name: found[name] for name in asked}})
    return None


def _keep_visit(response: Response) -> None:
    response.set_cookie(VISIT, visit(), samesite="Lax", httponly=True, secure=current_app.config["SESSION_COOKIE_SECURE"])


def _is_a_file(response: Response) -> bool:
    """Also what a window would show by itself, without a way back: data, feeds, pictures."""
    kept = response.headers.get("Content-Disposition", "").startswith("attachment")
    alone = (
        request.headers.get("Sec-Fetch-Dest") == "document" and response.mimetype != "text/html" and response.status_code == 200
    )
    return kept or alone or response.mimetype in {"application/pdf", "application/zip", "text/csv", "text/calendar"}


def _no_files() -> Response:
    """A public screen keeps no file: the next visitor would find it."""
    text = gettext("This screen gives out no files. Open the same page on your own device.")
    page = render_template("errors/403.html", message=text, status=403, request_id=g.get("request_id", ""))
    return Response(page, status=403, mimetype="text/html")


def _cookies_set(response: Response) -> set[str]:
    return {value.split("=", 1)[0] for value in response.headers.getlist("Set-Cookie")}
