"""Open data: a page for people, stable addresses for machines."""

import hashlib

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.features.dataplatform.queries import Audience, content, data_sets, open_data_set
from app.features.dataplatform.writers import MIME_TYPES, readme
from app.kernel.messages import msg
from app.web import navigation
from app.web.access import public
from app.web.filters import translate

bp = Blueprint("dataplatform", __name__, template_folder="templates", url_prefix="/data")
navigation.footer("dataplatform.index", msg("Open data"), icon="download", order=30)


@bp.get("")
@public
def index() -> str:
    """What can be had, with addresses that stay."""
    open_sets = [found for found in data_sets() if found.audience is Audience.OPEN]
    return render_template("dataplatform/index.html", sets=open_sets)


@bp.get("/<name>.<any(csv, geojson):file_format>")
@public
def file(name: str, file_format: str) -> ResponseReturnValue:
    """An open data set as it is now. The ETag is the digest of its content."""
    found = open_data_set(name)
    if found is None or file_format not in found.formats:
        abort(404)
    body = b"".join(content(db.session(), found, file_format))
    return _stable(body, MIME_TYPES[file_format], f"{name}.{file_format}")


@bp.get("/<name>.README.md")
@public
def columns(name: str) -> ResponseReturnValue:
    """What each column means."""
    found = open_data_set(name)
    if found is None:
        abort(404)
    response = _stable(readme(found, translate).encode(), MIME_TYPES["md"], f"{name}.README.md")
    response.vary.update(("Accept-Language", "Cookie"))  # it is in the reader's language
    return response


def _stable(body: bytes, mime_type: str, file_name: str) -> Response:
    response = Response(body, content_type=mime_type)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    response.make_conditional(request)
    return response
