"""Error pages that help: what happened, what to do now, and a number to quote."""

import logging

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.extensions import db
from app.kernel.database import is_away
from app.kernel.errors import Refused, SignInRequired
from app.web import kiosk
from app.web.access import ask_to_sign_in
from app.web.filters import translate
from app.web.locale import current_locale, text_direction

log = logging.getLogger(__name__)
PAGES = {400, 403, 404, 405, 410, 413, 429, 500, 503}


def wants_json() -> bool:
    """True for the API and for scripts that ask for JSON."""
    return request.path.startswith("/api/") or (
        request.accept_mimetypes.best_match(["text/html", "application/json", "application/geo+json"]) != "text/html"
        and "text/html" not in request.accept_mimetypes.values()
        and request.accept_mimetypes.provided
    )


def error_page(status: int, message: str = "") -> Response:
    """The page for `status`; 422 and 409 show the reason on the general page."""
    if wants_json():
        response = jsonify({"error": {"status": status, "message": message, "request": g.get("request_id", "")}})
        response.status_code = status
        return response
    template = f"errors/{status if status in PAGES else 400}.html"
    values = {"message": message, "status": status, "request_id": g.get("request_id", "")}
    if status in (500, 503):
        body = _without_database(template, values)
    else:
        body = render_template(template, **values)
    return make_response(body, status)


def _without_database(template: str, values: dict[str, str | int]) -> str:
    """Past the context processors: they ask who is signed in, and the database may be what broke."""
    words = {"locale": current_locale(), "text_direction": text_direction(), **kiosk.mark()}
    return current_app.jinja_env.get_template(template).render(**words, **values)


def _away() -> Response:
    """While the database cannot be asked. What was asked may have been done: the page must not say that it was not."""
    response = error_page(503)
    response.headers["Retry-After"] = "5"
    return response


def _after_all(error: HTTPException) -> Response | None:
    """What comes after a request asks for the reader once more, and may find the database away, too."""
    away = isinstance(error, InternalServerError) and error.original_exception and is_away(error.original_exception)
    return _away() if away else None


def init_app(app: Flask) -> None:
    """Answer refusals, HTTP errors and accidents."""

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> ResponseReturnValue:
        db.session.rollback()
        if isinstance(error, SignInRequired) and not wants_json():
            return ask_to_sign_in()
        return error_page(error.status, translate(error.message))

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> ResponseReturnValue:
        from flask_babel import gettext

        text = gettext("This page had been open for too long, so we could not be sure that it was you. Go back and try again.")
        return error_page(400, text)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error
        response = _after_all(error) or error_page(error.code)
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after", "www-authenticate"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def _accident(error: Exception) -> ResponseReturnValue:
        log.error("unhandled error", exc_info=error)
        db.session.rollback()
        if app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        return _away() if is_away(error) else error_page(500)
