"""Which language and time zone a page is in. A choice of language keeps the page and is remembered in a cookie."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from babel import Locale
from flask import Flask, Response, current_app, g, request
from flask_babel import get_locale
from werkzeug.urls import iri_to_uri

from app.web.kiosk import languages_here

COOKIE = "language"
PSEUDO = "en_XA"  # pseudo-locale that shows unmarked texts; testing only


@dataclass(frozen=True)
class LanguageChoice:
    """One entry of the language switch."""

    code: str
    name: str
    url: str
    current: bool


def select_locale() -> str:
    """The address says it (`?lang=fi`), else the cookie, else the browser, else the city's default."""
    if not request:
        return str(g.get("forced_locale") or current_app.config["BABEL_DEFAULT_LOCALE"])
    languages = languages_here(current_app.config["SETTINGS"].languages)
    for code in (g.get("forced_locale"), request.args.get("lang"), request.cookies.get(COOKIE)):
        if code in languages or (code == PSEUDO and current_app.testing):
            return str(code)
    best = request.accept_languages.best_match(languages)
    default = str(current_app.config["BABEL_DEFAULT_LOCALE"])
    return str(best or (default if default in languages else languages[0]))


def select_timezone() -> str:
    """The city's zone, for everybody."""
    return str(current_app.config["BABEL_DEFAULT_TIMEZONE"])


def current_locale() -> str:
    """Code of the language this page is in."""
    return str(get_locale() or "en")


def text_direction() -> str:
    """`ltr` or `rtl`."""
    return (get_locale() or Locale("en")).text_direction


def language_choices() -> list[LanguageChoice]:
    """The languages of this installation, each in its own name, linking to this very page."""
    choices = []
    for code in languages_here(current_app.config["SETTINGS"].languages):
        args: dict[str, Any] = request.args.to_dict(flat=False)
        args["lang"] = [code]
        query = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, values in args.items() for value in values)
        choices.append(LanguageChoice(code, _own_name(code), f"{iri_to_uri(request.path)}?{query}", code == current_locale()))
    return choices


@lru_cache(maxsize=64)
def _own_name(code: str) -> str:
    return (Locale.parse(code).get_display_name(code) or code).capitalize()


def _choices_of_this_page() -> list[LanguageChoice]:
    """The same, worked out once for a page and the pieces that it is made of."""
    if not request:
        return []
    key = f"plaza.languages.{current_locale()}"
    if key not in request.environ:
        request.environ[key] = language_choices()
    found: list[LanguageChoice] = request.environ[key]
    return found


def init_app(app: Flask) -> None:
    """Give templates the language helpers and remember an explicit choice."""

    @app.context_processor
    def _helpers() -> dict[str, Any]:
        return {
            "locale": current_locale(),
            "text_direction": text_direction(),
            "languages": _choices_of_this_page(),
        }

    @app.after_request
    def _remember(response: Response) -> Response:
        chosen = request.args.get("lang")
        if chosen and chosen in app.config["SETTINGS"].languages and request.cookies.get(COOKIE) != chosen:
            response.set_cookie(
                COOKIE,
                chosen,
                max_age=365 * 86400,
                samesite="Lax",
                httponly=True,
                secure=app.config["SESSION_COOKIE_SECURE"],
            )
        return response
