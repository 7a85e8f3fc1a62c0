"""Logs as JSON lines, with a request id and without personal data: no address of a person, no query, no form, no user."""

import logging
import re
import secrets
import sys
import time
import traceback
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

_REQUEST_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
access_log = logging.getLogger("plaza.access")
UNLOGGED_PREFIXES = ("/voting/", "/staff/desk", "/healthz", "/static/", "/scripts/", "/plaza.css")
"""Voting; and files, for the first page that somebody opens here may be the one to vote on."""


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request = g.get("request_id", "") if has_request_context() else ""
        return True


class _WithoutWords(JsonFormatter):
    """Errors by their kind and the lines of code they came through. Their words may hold what somebody typed: PostgreSQL
    names the address that is there already, `int()` the text that is no number."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  the name is the library's
        return "\n".join(_without_words(ei[1])) if ei[1] is not None else ""


def _without_words(error: BaseException) -> list[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = [*_without_words(earlier), "then"] if earlier is not None else []
    return [*before, *(line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)), type(error).__qualname__]


def init_app(app: Flask) -> None:
    """Send everything to stderr as JSON; log each request by its endpoint, never by its full address."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = _WithoutWords if app.config["SETTINGS"].production else JsonFormatter
    handler.setFormatter(
        formatter("%(asctime)s %(levelname)s %(name)s %(message)s %(request)s", rename_fields={"asctime": "at"})
    )
    handler.addFilter(_RequestId())
    root = logging.getLogger()
    if not app.testing:
        root.handlers[:] = [handler]
        root.setLevel(app.config["SETTINGS"].log_level)

    @app.before_request
    def _number() -> None:
        offered = request.headers.get("X-Request-Id", "")
        g.request_id = offered if _REQUEST_ID.match(offered) else secrets.token_hex(8)
        g.started = time.perf_counter()

    @app.after_request
    def _line(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if not request.path.startswith(UNLOGGED_PREFIXES):
            access_log.info(
                "request",
                extra={
                    "endpoint": request.endpoint or "",
                    "method": request.method,
                    "status": response.status_code,
                    "ms": round(1000 * (time.perf_counter() - g.get("started", time.perf_counter())), 1),
                },
            )
        return response
