"""An order of the projects that favours none: drawn by lot for each voter, the same whenever this voter comes back.

The lot is keyed with the installation's secret, so that nobody outside can tell from an order whose it is, or work one out.
"""

import hashlib
import hmac
from collections.abc import Iterable

from flask import current_app

from app.features.budgets.queries import Pot, Project
from app.kernel.automated import decides


@decides("ballot_order")
def fair_order(projects: Iterable[Project], pot: Pot, voter: str) -> list[Project]:
    """The projects in this voter's order. `voter` is what the voter stands under in the process."""
    lot = _keyed("order", pot, voter)
    return sorted(projects, key=lambda project: hashlib.sha256(lot + project.number.encode()).digest())


def draft_name(pot: Pot, voter: str) -> str:
    """Under which name the browser of this voter keeps what is chosen in this pot: another voter's page does not find it."""
    return f"{pot.id}.{_keyed('draft', pot, voter).hex()[:24]}"


def draft_secret(pot: Pot, voter: str) -> str:
    """The key, 32 bytes in hexadecimal, that this voter's page encrypts it with. It comes with the page and is kept nowhere in
    the browser, so whoever uses the same browser afterwards cannot read what was left there."""
    return _keyed("draft key", pot, voter).hex()


def _keyed(what: str, pot: Pot, voter: str) -> bytes:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"plaza ballot {what} v1:{pot.id}:{voter}".encode(), hashlib.sha256).digest()
