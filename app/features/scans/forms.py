"""What clerks send: files, and why something is done with a page or a file. Answers about a page are read in `shown.py`."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import MultipleFileField

from app.features.scans.rules import LONGEST_REASON
from app.kernel.errors import Invalid, Refused
from app.web.filters import translate
from app.web.forms import AtMost, Filled, Form, LineField, Unmarked


class UploadForm(Form):
    """Files of scanned pages."""

    files = MultipleFileField(
        _("Scanned files"),
        [Unmarked()],
        description=_(
            "PDF, JPEG, HEIC, PNG or TIFF, several at once, together up to 300 MB. Scan at 200 dpi, in grey or black and white."
        ),
    )
    photo = MultipleFileField(
        _("Or take a picture with this device"),
        [Unmarked()],
        description=_("One sheet a picture, flat, from above, with all four corners."),
    )


class ReasonForm(Form):
    """Why something is done."""

    reason = LineField(_("Why?"), [Filled(_("Say why, in a few words.")), AtMost(LONGEST_REASON)])


class AnswersForm(Form):
    """The answers about one page. Its fields are those of the printed form, so a refusal is kept by the name of the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_name: dict[str, str] = {}
        self.asks = self.asked_before = False

    def ask_about_empty(self, names: list[str], *, again: bool) -> None:
        """Ask once, before the page is accepted, about places from which nothing was typed."""
        self.asks, self.asked_before = bool(names) and not again, again
        if self.asks:
            self.by_name = {name: gettext("Nothing is written here? Then accept the page once more.") for name in names}

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What is asked about has to be answered first."""
        return super().validate(*args, **kwargs) and not self.asks

    def refuse(self, refusal: Refused) -> None:
        """Show why a use case refused, beside the field of the printed form."""
        if isinstance(refusal, Invalid):
            self.by_name = {name: translate(message) for name, message in refusal.errors.items()}
        super().refuse(refusal)
        if self.by_name:
            self.general_errors = []
