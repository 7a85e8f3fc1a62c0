"""Addresses of our own files: they change with the content, so that a browser keeps what it has and never asks again.

A file has the fingerprint of its content behind its address, `/static/icons/sprite.svg?v=…`. Scripts import each other by name,
relative to where they come from, and would lose it there. Theirs is a part of the path, `/scripts/…/main.js`, so whatever that
imports, at once or when an element asks for it, comes from beside it. It is the fingerprint of all scripts together: they are
small, and a new version of Plaza brings them anew once. An import map would do the same with a kilobyte more on each page, and
not in every browser that knows modules.
"""

import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, current_app, g, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from app.web.access import public

FOR_A_YEAR = "public, max-age=31536000, immutable"
SAME_FOR_ALL = frozenset({"static", "stylesheet", "scripts"})
"""Endpoints of files: nothing in them is anybody's, and nobody's visit begins, goes on or ends with one."""
SCRIPTS = "js/"
IMPORTED = re.compile(r'^import [^"\';]*? from "(\.[\w./-]+)";', re.MULTILINE)


@dataclass(frozen=True)
class Scripts:
    """All scripts as they were read together, so that what is sent is what the fingerprint is of; and what each imports."""

    version: str
    texts: dict[str, bytes]
    imports: dict[str, list[str]]


class Sessions(SecureCookieSessionInterface):
    """Sessions as Flask keeps them, but what browsers may keep for good depends on no cookie and sets none.

    Flask-Login looks at the session of every request, so every answer would say `Vary: Cookie`: whoever signs in, or chooses a
    language or an entry on a ballot, would be asking for every file once more.
    """

    def __init__(self) -> None:
        self._serializer: tuple[tuple[object, ...], URLSafeTimedSerializer | None] = ((), None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """As Flask makes it, but once for all requests with the same secret."""
        of = (app.secret_key, tuple(app.config.get("SECRET_KEY_FALLBACKS") or ()))
        if self._serializer[0] != of:
            self._serializer = (of, super().get_signing_serializer(app))
        return self._serializer[1]

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does, unless the answer never changes."""
        if not response.cache_control.immutable:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Add `/scripts/…`, and for templates `static_url()` and `module_urls()`."""
    app.session_interface = Sessions()
    app.add_url_rule("/scripts/<version>/<path:filename>", "scripts", script)
    app.jinja_env.globals.update(static_url=static_url, module_urls=module_urls)

    @app.after_request
    def _keep_static(response: Response) -> Response:
        asked = request.args.get("v")
        if request.endpoint == "static" and asked and asked == _fingerprint_of((request.view_args or {})["filename"]):
            response.headers["Cache-Control"] = FOR_A_YEAR
        return response


@public
def script(version: str, filename: str) -> Response:
    """A script; kept for a year under the present fingerprint. A page from before an update gets the present one, too."""
    scripts = _scripts()
    if filename not in scripts.texts:
        abort(404)
    response = Response(scripts.texts[filename], mimetype="text/javascript")
    response.set_etag(scripts.version)
    response.headers["Cache-Control"] = FOR_A_YEAR if version == scripts.version else "no-cache"
    return response.make_conditional(request)  # type: ignore[return-value]


def static_url(filename: str) -> str:
    """Address of a file in `static/` that browsers may keep for a year."""
    known: dict[str, str] = g.setdefault("static_urls", {})  # a page asks for the icons' sprite a hundred times
    if filename not in known:
        if filename.startswith(SCRIPTS):
            known[filename] = url_for("scripts", version=_scripts().version, filename=filename.removeprefix(SCRIPTS))
        else:
            known[filename] = url_for("static", filename=filename, v=_fingerprint_of(filename) or "0")
    return known[filename]


def module_urls(*names: str) -> list[str]:
    """Addresses of these modules and of what they import, for `<link rel="modulepreload">`: fetched at once, not in turn."""
    imports = _scripts().imports
    found = [f"modules/{name}.js" for name in names]
    for name in found:  # grows while it is walked
        found += [other for other in imports[name] if other not in found]
    return [static_url(SCRIPTS + name) for name in found]


def changed(folder: Path, kind: str) -> int:
    """When the newest file of this kind was changed, where somebody works on them. Elsewhere they stay as they are."""
    if current_app.config["ENV_NAME"] != "development":
        return 0
    return max(path.stat().st_mtime_ns for path in folder.rglob(kind))


def _scripts() -> Scripts:
    folder = Path(str(current_app.static_folder)) / SCRIPTS
    return _read(folder, changed(folder, "*.js"))


@lru_cache(maxsize=4)
def _read(folder: Path, _changed: int) -> Scripts:
    texts = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.js"))}
    whole = hashlib.sha256()
    for name, text in texts.items():
        whole.update(f"{name} {len(text)}\n".encode() + text)
    return Scripts(whole.hexdigest()[:10], texts, {name: _imports(name, text.decode()) for name, text in texts.items()})


def _imports(name: str, text: str) -> list[str]:
    """What a script imports before it can start, as names below `static/js`."""
    return [posixpath.normpath(posixpath.join(posixpath.dirname(name), address)) for address in IMPORTED.findall(text)]


def _fingerprint_of(filename: str) -> str | None:
    path = Path(str(current_app.static_folder)) / filename
    try:
        return _fingerprint(str(path), path.stat().st_mtime)
    except OSError:
        return None


@lru_cache(maxsize=512)
def _fingerprint(path: str, modified: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]
