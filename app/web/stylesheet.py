"""The style sheets as one file: `static/css/plaza.css` with everything it imports, so that a page waits for one answer.

The sources stay one file a component and are also valid as they are; nothing is built and nothing is stored. Addresses of fonts
get the fingerprint of the file, the same address that the page preloads.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

from app.web.access import public
from app.web.assets import FOR_A_YEAR, changed, static_url

IMPORT = re.compile(r'@import "(?P<path>[\w./-]+)"(?: layer\((?P<layer>[\w-]+)\))?;')
ADDRESS = re.compile(r'url\("\.\./(?P<path>[\w./-]+)"\)')


def init_app(app: Flask) -> None:
    """Add `/plaza.css` and, for templates, `stylesheet_url()`."""
    app.add_url_rule("/plaza.css", "stylesheet", stylesheet)
    app.jinja_env.globals["stylesheet_url"] = stylesheet_url


@public
def stylesheet() -> Response:
    """Everything that `plaza.css` imports, in order; kept for a year under the address with its fingerprint."""
    text, version = _current()
    response = Response(text, mimetype="text/css")
    response.set_etag(version)
    if request.args.get("v") == version:
        response.headers["Cache-Control"] = FOR_A_YEAR
    else:
        response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def stylesheet_url() -> str:
    """Address of the joined style sheet with the fingerprint of its content."""
    return url_for("stylesheet", v=_current()[1])


def join(entry: Path) -> str:
    """The text of `entry` with each `@import` replaced by that file, wrapped in its layer. Raises OSError for a missing one."""

    def _file(found: re.Match[str]) -> str:
        text = (entry.parent / found["path"]).read_text(encoding="utf-8")
        return f"@layer {found['layer']} {{\n{text}}}\n" if found["layer"] else text

    return IMPORT.sub(_file, entry.read_text(encoding="utf-8"))


def _current() -> tuple[str, str]:
    folder = Path(str(current_app.static_folder)) / "css"
    return _joined(folder, changed(folder, "*.css"))


@lru_cache(maxsize=4)
def _joined(folder: Path, _changed: int) -> tuple[str, str]:
    text = ADDRESS.sub(lambda found: f'url("{static_url(found["path"])}")', join(folder / "plaza.css"))
    return text, hashlib.sha256(text.encode()).hexdigest()[:10]
