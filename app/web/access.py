"""Who may use an endpoint: said at each one, checked before it runs, and tested to be present (law 5)."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.kernel.permissions import ANONYMOUS, Actor, Channel, Permission
from app.web.kiosk import is_enrolled

View = Callable[..., Any]
V = TypeVar("V", bound=View)


def viewer() -> Actor:
    """Who asks, as use cases see it."""
    actor: Actor = getattr(current_user, "actor", ANONYMOUS)
    return replace(actor, channel=Channel.KIOSK) if is_enrolled() else actor


def channel_here() -> Channel:
    """How whoever asks came in, for those who need not know who that is. A public screen is one that the city has enrolled."""
    return Channel.KIOSK if is_enrolled() else Channel.WEB


def public(view: V) -> V:
    """Anybody may use this endpoint; the use case may still refuse."""
    view.__access__ = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Only people who have signed in; others are asked to, and come back."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not viewer().is_signed_in:
            return ask_to_sign_in()
        return view(*args, **kwargs)

    guarded.__access__ = "signed in"  # type: ignore[attr-defined]
    return guarded


def requires(permission: Permission, *, reads: Permission | None = None) -> Callable[[View], View]:
    """Only staff who hold `permission`, in the process that the address names if it names one.

    Whoever holds `reads` may look at the page and send nothing: auditors see what the committee sees. Others get the answer of
    a page that does not exist, or are asked to sign in when nobody is signed in.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = viewer()
            if not actor.is_signed_in:
                return ask_to_sign_in()
            process_id = kwargs.get("process_id")
            where = process_id if isinstance(process_id, UUID) else None
            looks = reads is not None and request.method in ("GET", "HEAD") and actor.may(reads, where)
            if not looks and not actor.may(permission, where):
                abort(403 if getattr(current_user, "is_staff_member", False) else 404)
            return view(*args, **kwargs)

        guarded.__access__ = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def ask_to_sign_in() -> ResponseReturnValue:
    """Send to the sign-in page; after signing in the reader is back where they were."""
    here = request.full_path.rstrip("?")
    if request.method != "GET":  # the form is gone, the page it stood on is not
        referrer = urlsplit(request.referrer or "")
        here = referrer.path if referrer.netloc == request.host else "/"
    return redirect(url_for("accounts.sign_in", next=here))


def safe_next(target: str | None, default: str = "/") -> str:
    """`target` if it is a path of ours, else `default`: nobody is sent to another host.

    Control characters are refused, because browsers (and urlsplit) drop tabs and line ends: "/\\t/host" is "//host".
    """
    if target and target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable():
        return target
    return default
