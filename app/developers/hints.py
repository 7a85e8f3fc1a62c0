"""What only the demonstration city says on its pages: numbers to type where real people look at their card."""

from flask import current_app
from markupsafe import Markup

from app.developers.demo import loading
from app.extensions import db
from app.features.budgets.queries import Pot
from app.features.voting.queries import has_roll
from app.web import slots
from app.web.access import viewer

_NUMBERS = 90_000


def card_number(pot: Pot) -> Markup:
    """A card number that works, another one for each account; nothing in production and nothing beside a real roll."""
    if current_app.config["SETTINGS"].production or not loading.is_loaded(db.session()):
        return Markup("")
    person = viewer().person_id
    if person is None or has_roll(db.session(), pot.process_id):
        return Markup("")
    return slots.partial("voting/_demonstration.html", number=f"DEMO {10_000 + person.int % _NUMBERS}")


def init_app() -> None:
    """Fill the places on pages; called outside production alone."""
    slots.register("voting.who", 10, card_number)
