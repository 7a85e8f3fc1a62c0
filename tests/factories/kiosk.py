"""Public screens for tests."""

from typing import Any

from flask.testing import FlaskClient

from app.extensions import db
from app.features.kiosk.commands import SetUpDevice
from app.features.kiosk.models import KioskDevice
from app.features.kiosk.use_cases import enrol, set_up_device
from app.kernel.permissions import ANONYMOUS, SYSTEM
from app.web.kiosk import TOKEN
from tests.factories.tools import number


def device(**attributes: Any) -> KioskDevice:
    """A screen that waits for its code, which is `device.code_for_tests`."""
    command = SetUpDevice(**{"name": f"Library {number()}", "place": "Beside the returns desk", **attributes})
    found, code = set_up_device(db.session(), SYSTEM, command)
    found.code_for_tests = code  # type: ignore[attr-defined]
    return found


def token(of: KioskDevice | None = None, **attributes: Any) -> str:
    """What an enrolled screen shows. Kept, with all that was added before."""
    of = of or device(**attributes)
    given = enrol(db.session(), ANONYMOUS, of.code_for_tests)[1]  # type: ignore[attr-defined]
    db.session.commit()
    return given


def become(client: FlaskClient, of: KioskDevice | None = None, **attributes: Any) -> FlaskClient:
    """The client is an enrolled screen whose visit has begun."""
    client.set_cookie(TOKEN, token(of, **attributes))
    assert client.get("/kiosk", follow_redirects=True).status_code == 200
    return client


def become_window(page: Any, url: str, of: KioskDevice | None = None, **attributes: Any) -> None:
    """The same for a window of a real browser."""
    page.context.add_cookies([{"name": TOKEN, "value": token(of, **attributes), "url": url}])
    page.goto("/kiosk")
