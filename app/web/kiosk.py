"""A browser on a public screen: larger, without links that lead away, forgetting its visitor after a pause.

The mark is a cookie of the device, not of a person; devices that are enrolled and can be revoked come on top of it. A second,
signed cookie says until when the visit lasts. The page's script ends a visit after a pause; where no script runs, the server
does so itself with the next request, and the page asks for that request by itself.
"""

from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadSignature, Signer
from wtforms.validators import ValidationError

from app.kernel import clock
from app.web import kiosk_page

COOKIE = "kiosk"
UNTIL = "kiosk_until"
START = "/kiosk"
IDLE_SECONDS = 60
COUNTDOWN_SECONDS = 20
ASKING_SECONDS = 180
"""How long a page that asks something may stand where no script sees that somebody is writing."""


def is_kiosk() -> bool:
    """Whether this request comes from a public screen."""
    return bool(request) and request.cookies.get(COOKIE) == "1"


def start_cookie(response: Response) -> None:
    """Make the browser a public screen until somebody of the city ends that."""
    response.set_cookie(
        COOKIE,
        "1",
        max_age=365 * 86400,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    stay(response)
    response.headers["Cache-Control"] = "no-store"


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
    return {"kiosk": is_kiosk(), "kiosk_idle": IDLE_SECONDS, "kiosk_countdown": COUNTDOWN_SECONDS}


def init_app(app: Flask) -> None:
    """Tell templates, and keep nothing of what a public screen shows in its cache, its forms or its history."""

    app.context_processor(mark)

    @app.after_request
    def _forget(response: Response) -> Response:
        if not is_kiosk():
            return response
        asking = False
        if _is_a_file(response):
            response = _no_files()
        if response.mimetype == "text/html":
            response.headers["Cache-Control"] = "no-store"
            if not response.is_streamed:
                page = response.get_data(as_text=True)
                asking = kiosk_page.asks(page)
                # a moment later than the visit lasts, so that the request finds it over
                response.set_data(kiosk_page.dress(page, START, pause_seconds(asking) + 2, request.host))
        if response.mimetype == "text/html" and UNTIL not in _cookies_set(response):
            stay(response, asking)
        return response


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
