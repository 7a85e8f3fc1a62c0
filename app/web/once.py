"""What several parts of one page ask, asked once for the whole page."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from flask import request

from app.web.transaction import SAFE_METHODS

T = TypeVar("T")
_KEPT = "plaza.once"


def once(about: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` says the first time that this page asks `about`.

    A request that is sent to change something asks each time: it may have changed what it asks about, or undone it.
    """
    if request.method not in SAFE_METHODS:
        return ask()
    kept = request.environ.setdefault(_KEPT, {})
    if about not in kept:
        kept[about] = ask()
    return cast("T", kept[about])
