"""What people paste or upload to have it verified."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import TextAreaField

from app.features.receipts.verifying import TOO_LARGE
from app.web.forms import Form, Unmarked, _


class VerifyForm(Form):
    """A receipt as text or as a file. It is looked at and forgotten."""

    text = TextAreaField(
        _("Paste the receipt"),
        validators=[Unmarked()],
        description=_("The whole text of the file, from its first to its last character."),
        render_kw={"spellcheck": "false", "autocomplete": "off", "dir": "ltr"},
    )
    file = FileField(
        _("Or choose the file"), validators=[Unmarked()], description=_("A receipt ends in .jws, .jsonld or .json.")
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two is needed; the file is read first."""
        if not super().validate(extra_validators):
            return False
        if not self.content():
            self.text.errors = [*self.text.errors, _("Paste a receipt, or choose its file.")]
            return False
        return True

    def content(self) -> bytes:
        """What was given, a little more than the limit at most."""
        if not hasattr(self, "_content"):
            sent = self.file.data.read(TOO_LARGE + 1) if self.file.data else b""
            self._content = sent or (self.text.data or "").strip().encode("utf-8", "replace")
        return self._content
