"""`/accessibility`: what works, what is known not to, and how to report a barrier. Linked from the foot of every page."""

from datetime import date

from flask import Flask, render_template

from app.kernel.messages import msg
from app.web import navigation
from app.web.access import public

CHECKED_ON = date(2026, 11, 29)
"""When the statement was last compared with the service. Whoever changes what it says changes this day."""


def init_app(app: Flask) -> None:
    """Add the page and its entry in the footer."""
    app.add_url_rule("/accessibility", "accessibility", accessibility)
    navigation.footer("accessibility", msg("Accessibility"), icon="info", order=10)


@public
def accessibility() -> str:
    """The accessibility statement of this service."""
    return render_template("accessibility.html", checked_on=CHECKED_ON)
