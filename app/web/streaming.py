"""Long answers, sent while they are made."""

from collections.abc import Callable, Iterator

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.extensions import db
from app.kernel.database import intent


def streamed(make: Callable[[Session], Iterator[bytes]]) -> Iterator[bytes]:
    """The pieces that `make` yields; the session that it reads with is closed with the last piece.

    A request's session is closed before its answer is sent. One that a stream opens afterwards must be closed by it, and must
    know that it only reads: on SQLite it would keep all writers waiting. `make` has the application's context while it
    works on a piece, and no request.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def pieces() -> Iterator[bytes]:
        try:
            source = make(db.session())
            while True:
                with app.app_context(), intent(writing=False):  # never across a yield: somebody else may be at work then
                    piece = next(source, None)
                if piece is None:
                    return
                yield piece
        finally:
            db.session.remove()

    return pieces()
