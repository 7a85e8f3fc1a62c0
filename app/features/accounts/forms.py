"""What people type to sign up, sign in, and look after their account."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext
from wtforms import PasswordField, SelectField
from wtforms.validators import ValidationError

from app.features.accounts import rules
from app.features.accounts.commands import ChangeDetails, SignUp
from app.features.accounts.rules import LONGEST_REASON
from app.web.filters import translate
from app.web.forms import AtMost, Filled, Form, LineField, TextField

_ = lazy_gettext


class AddressField(LineField):
    """An e-mail address: without spaces and invisible marks, in lower case, its domain as mail servers write it."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            self.data = "".join(c for c in self.data if not c.isspace() and unicodedata.category(c) != "Cf")
            self.keep(valuelist)

    def pre_validate(self, form: Any) -> None:
        """Refuse what cannot be an address; nobody is asked whether it exists."""
        if not self.data or len(self.data) > rules.LONGEST_EMAIL:
            return
        try:
            found = validate_email(self.data, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise ValidationError(str(_("This is not an e-mail address. It looks like name@example.org."))) from None
        self.data = (found.ascii_email or found.normalized).lower()
        self.keep(self.raw_data or ())


class SecretField(PasswordField):
    """A password: never cleaned, never shown again. A forged answer of another type is an empty one."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""


class NewPassword:
    """The rules for a new password, with the words about the person that it must not be."""

    def __init__(self, *about: str) -> None:
        self.about = about
        self.field_flags = {"minlength": rules.SHORTEST_PASSWORD, "maxlength": rules.LONGEST_PASSWORD}

    def __call__(self, form: Any, field: Any) -> None:
        if field.data:
            words = {str(form[name].data or "") for name in self.about if name in form}
            if problem := rules.password_problem(field.data, about=words):
                raise ValidationError(translate(problem))


class ShownName:
    """The rules for the name beside contributions."""

    field_flags = {"maxlength": rules.LONGEST_NAME}

    def __call__(self, form: Any, field: Any) -> None:
        if field.data and (problem := rules.name_problem(field.data)):
            raise ValidationError(translate(problem))


class Unmarked:
    """Not required, and not called optional either: which answer is needed depends on the button."""

    field_flags = {"without_optional_mark": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Everything is fine."""


def address_field() -> Any:
    """The field for an e-mail address that must be there."""
    return AddressField(_("E-mail address"), [Filled(_("Write your e-mail address.")), AtMost(rules.LONGEST_EMAIL)])


def name_field() -> Any:
    """The field for the name beside contributions."""
    return LineField(
        _("Name"),
        [Filled(_("Write the name that others will see.")), ShownName()],
        description=_("Others see it beside what you propose and write. It need not be your full name."),
    )


class SignInForm(Form):
    """E-mail and password; the password may stay empty for those who ask for a link instead."""

    email = address_field()
    password = SecretField(_("Password"), [Unmarked()])


class SignUpForm(Form):
    """What an account needs. Without a password, one signs in by a link each time."""

    display_name = name_field()
    email = address_field()
    password = SecretField(
        _("Password"),
        [NewPassword("email", "display_name")],
        description=_("At least 10 characters. Leave it empty if you would rather sign in by a link in an e-mail each time."),
    )

    def to_command(self, next_path: str, locale: str, password_hash: str | None) -> SignUp:
        """The command; hashing is slow and is done before any transaction begins."""
        return SignUp(self.email.data, self.display_name.data, password_hash, next_path, locale)


class LinkForm(Form):
    """The page behind a link: a new account may get its password here."""

    password = SecretField(
        _("Choose a password"),
        [NewPassword()],
        description=_("At least 10 characters. You can also leave it empty and sign in by a link in an e-mail each time."),
    )


class DetailsForm(Form):
    """Name and language."""

    display_name = name_field()
    locale = SelectField(_("Language of our e-mails to you"), [Unmarked()])

    def to_command(self) -> ChangeDetails:
        """The command."""
        return ChangeDetails(self.display_name.data, self.locale.data)


class NewEmailForm(Form):
    """Another address, with the current password."""

    email = address_field()
    current = SecretField(_("Current password"), [Unmarked()])


class NewPasswordForm(Form):
    """Another password, with the current one."""

    current = SecretField(_("Current password"), [Unmarked()])
    password = SecretField(
        _("New password"),
        [Filled(_("Write a new password.")), NewPassword()],
        description=_("At least 10 characters. Three or four words make a good password."),
    )


class CodeForm(Form):
    """A code of the second factor."""

    code = LineField(_("Code"), [Filled(_("Type the code.")), AtMost(40)])


class ReasonForm(Form):
    """Why an administrator changes something."""

    reason = TextField(
        _("Reason"),
        [Filled(_("Write why. The reason is kept in the audit log.")), AtMost(LONGEST_REASON)],
        description=_("It is kept in the audit log, for the auditors."),
    )
