"""The last page before publishing, and forms that are a button alone."""

import re
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms.validators import ValidationError

from app.features.proposals.commands import Contact
from app.web.forms import Form, LineField

_ = lazy_gettext

EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,180}\.[^@\s<>,;\".]{2,63}")


class PublishForm(Form):
    """How a writer without an account can be reached, if they want to be."""

    email = LineField(
        _("Your e-mail address"),
        description=_("For news about this proposal and nothing else. Nobody else sees it."),
    )

    def validate_email(self, field: Any) -> None:
        """A guest's address may be left out; if it is there, a letter must be able to reach it."""
        if field.data and (len(field.data) > 254 or not EMAIL.fullmatch(field.data)):
            raise ValidationError(gettext("This is not an e-mail address. Write it like name@example.org, or leave it empty."))

    def contact(self, locale: str) -> Contact | None:
        """How to reach somebody without an account, if they said it."""
        return Contact(email=self.email.data, locale=locale) if self.email.data else None


class Confirmed(Form):
    """A button alone: nothing but the token that protects it."""
