"""Pages that take large files say how much they take and who may send it; everybody else keeps to the usual limit.

A form is read before a view runs, because its hidden token is in it. So the limit is set, and too much refused, before the
first byte of a file is read: from what the request says about its own length.
"""

import shutil
import tempfile
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web.access import viewer

V = TypeVar("V", bound=Callable[..., Any])
ROOM_LEFT = 500_000_000
"""So many bytes of the disk stay free: the database needs some when an upload fills the rest."""
A_FORM = 1_000_000
"""What the fields and the borders between files take at most."""


class TooMuch(Refused):
    """More arrives than is taken, or than there is room for."""

    status = 413


def takes_up_to(most: int, permission: Permission) -> Callable[[V], V]:
    """Let those who hold `permission` send this view files of `most` bytes together. Goes below `@requires`."""

    def decorate(view: V) -> V:
        view.__takes_up_to__ = (most, permission)  # type: ignore[attr-defined]
        return view

    return decorate


def init_app(app: Flask) -> None:
    """Set the limit of each request; has to come before whatever reads forms."""

    @app.before_request
    def _limit() -> None:
        taken = getattr(app.view_functions.get(request.endpoint or ""), "__takes_up_to__", None)
        if taken is None or request.method != "POST":
            return
        most, permission = taken
        process_id = (request.view_args or {}).get("process_id")
        if not viewer().may(permission, process_id):
            return
        length = request.content_length or 0
        if length > most + A_FORM:
            raise TooMuch(
                msg(
                    "These files have %(size)s megabytes. At most %(most)s are taken at once. Scan in black and white or grey "
                    "at 200 dpi, or upload in several parts.",
                    size=length // 1_000_000,
                    most=most // 1_000_000,
                )
            )
        # the form is kept beside the system's own files while it is read, and then copied into our store
        for place in (tempfile.gettempdir(), current_app.config["SETTINGS"].var):
            if shutil.disk_usage(place).free < 2 * length + ROOM_LEFT:
                raise TooMuch(msg("There is no room for these files on the server. Tell whoever runs it; nothing was saved."))
        request.max_content_length = most + A_FORM
