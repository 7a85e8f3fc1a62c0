"""The edge where a request's work is kept or undone (law 3).

A request that may write begins its transaction as a writer, so that SQLite queues it in time. Only views marked
`@commits` are kept, and only when they answered without an error status; everything else is rolled back.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, flash, g, make_response, request

from app.extensions import db
from app.kernel.database import _writing
from app.kernel.errors import Refused
from app.web.filters import translate

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def commits(view: Callable[..., Any]) -> Callable[..., Any]:
    """Commit when the view answered with a status below 400, roll back otherwise. The answer is sent after the commit."""

    @wraps(view)
    def at_the_edge(*args: Any, **kwargs: Any) -> Response:
        try:
            response = make_response(view(*args, **kwargs))
        except BaseException:
            db.session.rollback()
            raise
        if response.status_code < 400:
            db.session.commit()
        else:
            db.session.rollback()
        return response

    at_the_edge.__commits__ = True  # type: ignore[attr-defined]
    return at_the_edge


def attempt(step: Callable[[], object], done: str | Callable[[], str]) -> None:
    """Take a step that is one button, and say on the next page what came of it: `done`, or why it was refused and undone.

    Where what is done is known only afterwards, `done` is asked then.

    What is not there, or not the reader's, stays not there: a refusal with status 404 is raised on.
    """
    try:
        step()
    except Refused as refusal:
        if refusal.status == 404:
            raise
        db.session.rollback()
        flash(translate(refusal.message), "bad")
    else:
        flash(done if isinstance(done, str) else done(), "good")


def init_app(app: Flask) -> None:
    """Set what each request means to do, and close its session at the end."""

    @app.before_request
    def _say_what_this_request_means() -> None:
        g.writing_token = _writing.set(request.method not in SAFE_METHODS)

    @app.teardown_request
    def _leave_nothing_open(_error: BaseException | None) -> None:
        db.session.remove()
        if token := g.pop("writing_token", None):
            _writing.reset(token)
