"""`/my-data/automated`: what the platform decides or sorts by itself, as the rooms say it. Linked at the foot of every page."""

from flask import Flask, render_template
from markupsafe import Markup

from app.kernel.automated import KINDS, places_of, steps
from app.kernel.messages import msg
from app.web import navigation, slots
from app.web.access import public


def init_app(app: Flask) -> None:
    """Add the page and its entry in the footer."""
    app.add_url_rule("/my-data/automated", "automated", automated)
    slots.register("consents.register", 90, _link)
    navigation.footer("automated", msg("What is decided automatically"), icon="layout-list", order=30)


@public
def automated() -> str:
    """Every automated step: what, on which data, by which rule, who answers for it, how to object."""
    by_kind = [(words, [step for step in steps() if step.kind is kind]) for kind, words in KINDS.items()]
    return render_template("automated.html", kinds=by_kind, places_of=places_of)


def _link(_subject: object) -> Markup:
    """On the register of agreements, which it stands beside."""
    return slots.partial("automated_link.html")
