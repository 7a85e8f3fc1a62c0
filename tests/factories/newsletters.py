"""Newsletters for tests."""

from typing import Any

from app.extensions import db
from app.features.consents.models import DataAgreement
from app.features.newsletters.commands import WriteNewsletter
from app.features.newsletters.models import Newsletter
from app.features.newsletters.use_cases import write_newsletter
from app.kernel.permissions import SYSTEM
from tests.factories import consents


def agreement(process: Any = None, **attributes: Any) -> DataAgreement:
    """An agreement in force about a newsletter."""
    words = {"purpose": {"en": "News of the park by letter"}, "notice": {"en": "The city may send me news of the park."}}
    return consents.agreement(process, **{"purpose_term": "newsletter", **words, **attributes})


def newsletter(about: DataAgreement | None = None, **texts: Any) -> Newsletter:
    """A draft."""
    words = {"title": {"en": "The trees are planted"}, "text": {"en": "Come and see them on Sunday."}, **texts}
    return write_newsletter(db.session(), SYSTEM, WriteNewsletter((about or agreement()).id, words["title"], words["text"]))
