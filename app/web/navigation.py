"""What stands in the navigation. Rooms add their entries when they are opened; the order is theirs to say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_login import current_user

from app.kernel.messages import Message
from app.kernel.permissions import Actor, Permission
from app.web.access import viewer
from app.web.filters import translate


@dataclass(frozen=True)
class Entry:
    """One entry: where it leads, what it says, its icon and who sees it (`needs`: a permission for staff entries)."""

    endpoint: str
    label: Message
    icon: str
    order: int
    needs: Permission | None = None
    shown_to: Callable[[Actor], bool] | None = None


@dataclass(frozen=True)
class Shown:
    """An entry as the template gets it."""

    label: str
    url: str
    icon: str
    current: bool


_primary: dict[str, Entry] = {}
_staff: dict[str, Entry] = {}
_account: dict[str, Entry] = {}
_footer: dict[str, Entry] = {}


def primary(endpoint: str, label: Message, *, icon: str, order: int) -> None:
    """An entry that everybody sees."""
    _primary[endpoint] = Entry(endpoint, label, icon, order)


def staff(endpoint: str, label: Message, *, icon: str, order: int, needs: Permission) -> None:
    """An entry of the staff area."""
    _staff[endpoint] = Entry(endpoint, label, icon, order, needs)


def account(endpoint: str, label: Message, *, icon: str, order: int, shown_to: Callable[[Actor], bool] | None = None) -> None:
    """An entry of the reader's own menu."""
    _account[endpoint] = Entry(endpoint, label, icon, order, shown_to=shown_to)


def footer(endpoint: str, label: Message, *, icon: str, order: int) -> None:
    """An entry at the foot of every page."""
    _footer[endpoint] = Entry(endpoint, label, icon, order)


def _shown(entries: dict[str, Entry]) -> list[Shown]:
    actor = viewer()
    result = []
    for entry in sorted(entries.values(), key=lambda e: (e.order, e.endpoint)):
        if entry.needs and not actor.may(entry.needs):
            continue
        if entry.shown_to and not entry.shown_to(actor):
            continue
        url = url_for(entry.endpoint)
        here = request.path == url or (url != "/" and request.path.startswith(url.rstrip("/") + "/"))
        result.append(Shown(translate(entry.label), url, entry.icon, (here and url != "/staff/") or request.path == url))
    return result


class Navigation:
    """Looked at lazily, so that a page without navigation asks for nothing."""

    @property
    def primary(self) -> list[Shown]:
        """Entries for everybody."""
        return _shown(_primary)

    @property
    def staff(self) -> list[Shown]:
        """Entries of the staff area that this person may use."""
        return _shown(_staff)

    @property
    def account(self) -> list[Shown]:
        """The reader's own menu."""
        return _shown(_account)

    @property
    def footer(self) -> list[Shown]:
        """Entries at the foot of every page."""
        return _shown(_footer)


class Viewer:
    """The reader as templates see them."""

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return viewer().is_signed_in

    @property
    def display_name(self) -> str:
        """The name shown on contributions."""
        return str(getattr(current_user, "display_name", ""))

    @property
    def is_staff(self) -> bool:
        """Whether they have a role, second factor passed."""
        return viewer().is_staff

    def may(self, permission: str, process_id: Any = None) -> bool:
        """Whether they hold the permission of that name (such as `MODERATE`)."""
        return viewer().may(Permission[permission], process_id)


def init_app(app: Flask) -> None:
    """Give templates `navigation` and `viewer`."""
    app.context_processor(lambda: {"navigation": Navigation(), "viewer": Viewer()})
