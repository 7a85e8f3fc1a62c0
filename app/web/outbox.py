"""Wakes the worker after a commit that posted something. A broker that is down loses nothing: the sweeper finds the row."""

import logging

from flask import Flask

from app.extensions import celery
from app.kernel import outbox

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Connect the outbox's wake-up call to the broker; in tests nobody is woken unless they ask for it."""

    def wake() -> None:
        if app.testing and not app.config.get("WAKE_OUTBOX"):
            return
        try:
            celery.send_task("outbox.deliver", retry=False)
        except Exception as error:  # noqa: BLE001  any broker error; the commit already happened
            log.warning("could not wake the outbox", extra={"error": type(error).__name__})

    outbox.on_wake(wake)
