"""A letter of our own, so that these tests need no other room."""

from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from app.extensions import db as database
from app.features.notifications import queries
from app.features.notifications.queries import Mail, News
from app.features.notifications.use_cases import notify
from app.kernel.messages import msg

TEXT = """{% extends "layouts/mail.txt" %}
{% block content %}
{{ _("Hello %(name)s,", name=reader or "you") }}

{{ title }}: {{ url("healthz") }} {{ url("/proposals/P-1") }} {{ url }} {{ locale }}
{% endblock %}
"""


@pytest.fixture
def example(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mail]:
    """A letter about somebody's proposal, of the kind that its reader can stop."""
    templates = DictLoader({"notifications/mails/example.txt": TEXT})
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([templates, app.jinja_env.loader]))
    monkeypatch.setattr(queries, "_mails", dict(queries._mails))
    monkeypatch.setattr(app.jinja_env, "cache", {})
    return Mail("notifications.example", subject=msg("About “%(title)s”"), news=News.COMMENTS)


def post(mail: Mail, **reader) -> None:
    """Post a letter and commit."""
    notify(database.session(), mail, params={"title": "A bench\nBcc: eve@example.org", "path": "/p"}, **reader)
    database.session.commit()
