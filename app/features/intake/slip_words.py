"""Slips to take away, in the language of whoever gets them, not in that of the clerk who prints them."""

from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup

from app.kernel.texts import Texts
from app.web import slots
from app.web.locale import current_locale
from app.web.qr import qr_svg


@dataclass(frozen=True)
class Slip:
    """What stands on one slip: a reference or a code, where to go with it, and of what it tells.

    `title` is that of a proposal, `code` the short one that is typed where nobody can scan; a sheet with a `serial` has its
    own, in print. Of an answer about personal data `purpose` says what was asked, and `answer` what was said: `yes`, `no`, or
    nothing where that is kept no more. `number` and `serial` are those of a sheet of a batch.
    """

    reference: str
    link: str
    when: datetime
    language: str = ""
    title: str = ""
    purpose: Texts | None = None
    answer: str = ""
    number: int = 0
    serial: str = ""
    code: str = ""


def shown(slip: Slip) -> Markup:
    """The slip in its language; in that of the page where it has none of ours."""
    known = slip.language in current_app.config["SETTINGS"].languages
    language = slip.language if known else current_locale()
    with force_locale(language):
        return slots.partial(
            "intake/_slip.html",
            slip=slip,
            language=language,
            direction=Locale.parse(language).text_direction,
            qr=qr_svg(slip.link) if slip.link else None,
        )
