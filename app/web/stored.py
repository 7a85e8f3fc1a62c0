"""Pictures of somebody's paper, sent from the store of files."""

from flask import Response

from app.kernel.errors import NotFound
from app.kernel.files import files


def private_picture(key: str) -> Response:
    """A stored JPEG that is kept in no cache: the next person at this computer must not find it.

    Raises NotFound where the file is gone.
    """
    try:
        content = files.read(key)
    except FileNotFoundError:
        raise NotFound from None
    response = Response(content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "no-store"
    return response
