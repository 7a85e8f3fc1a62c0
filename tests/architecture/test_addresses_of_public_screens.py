"""Which parts of addresses are secrets: on a public screen they are sealed for the visit (app/web/kiosk_addresses.py)."""

from flask import Flask
from werkzeug.routing import BaseConverter, FloatConverter, IntegerConverter, UUIDConverter

from app.web.kiosk_addresses import SECRETS

PLAIN = (IntegerConverter, FloatConverter, UUIDConverter)
"""Numbers and ids: what they open depends on who asks."""
OPEN = {
    *("slug", "reference", "name", "filename", "version", "code", "key", "kind"),
    *("policy_id", "webhook_id", "agreement_id", "individual_id", "record_id"),
}
"""Names of arguments that anybody may read over somebody's shoulder."""


def undecided(rules: list[tuple[str, dict[str, BaseConverter]]]) -> list[str]:
    return [
        f"{endpoint}: {name}"
        for endpoint, converters in rules
        for name, converter in converters.items()
        if not isinstance(converter, PLAIN) and type(converter).__name__ != "AnyConverter" and name not in SECRETS | OPEN
    ]


def rules_of(app: Flask) -> list[tuple[str, dict[str, BaseConverter]]]:
    return [(rule.endpoint, rule._converters) for rule in app.url_map.iter_rules()]


def test_of_each_word_in_an_address_it_is_said_whether_it_is_a_secret(app: Flask) -> None:
    assert undecided(rules_of(app)) == []
    assert len([rule for rule in app.url_map.iter_rules() if SECRETS & set(rule.arguments)]) > 15


def test_a_word_of_which_nothing_is_said_is_found() -> None:
    app = Flask("planted")
    app.add_url_rule("/planted/<secret>", "planted", lambda secret: secret)
    assert undecided(rules_of(app)) == ["planted: secret"]
