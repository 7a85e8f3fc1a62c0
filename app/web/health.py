"""`/healthz`: the bare page that benchmarks compare with. `/readyz`: whether database and folders can be used."""

from flask import Flask, Response, current_app, jsonify
from sqlalchemy import text

from app.extensions import db
from app.web.access import public


def init_app(app: Flask) -> None:
    """Add both addresses."""
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


@public
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@public
def readyz() -> tuple[Response, int]:
    """What the application needs can be used; 503 names what cannot."""
    checks = {}
    try:
        db.session.execute(text("SELECT 1"))
        checks["database"] = "ok"
    except Exception as error:  # noqa: BLE001  whatever is wrong, the answer is "not ready"
        checks["database"] = type(error).__name__
    folder = current_app.config["SETTINGS"].var
    checks["files"] = "ok" if folder.is_dir() else "missing"
    ready = all(value == "ok" for value in checks.values())
    return jsonify({"ready": ready, "checks": checks}), 200 if ready else 503
