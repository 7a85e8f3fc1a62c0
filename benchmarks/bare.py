"""The application with one address more: the least that a server does to keep something. `benchmarks.bare:app` is served."""

import os
import uuid

from flask import Response
from sqlalchemy import text

from app.extensions import csrf, db
from wsgi import app

_KEEP = text("INSERT INTO bare (id, content) VALUES (:id, :content)")


@csrf.exempt
def keep() -> Response:
    """One row, durable before the answer. Nobody is asked who they are."""
    db.session.execute(_KEEP, {"id": uuid.uuid4().hex, "content": os.urandom(80).hex()})
    db.session.commit()
    return Response(status=204)


app.add_url_rule("/bare", "bare", keep, methods=["POST"])
__all__ = ["app"]
