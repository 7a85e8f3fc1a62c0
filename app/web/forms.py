"""What every form shares: cleaning, refusals shown beside their fields, fields for texts in several languages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from babel.numbers import get_currency_precision, get_decimal_symbol
from flask import current_app
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import ListWidget

from app.extensions import db
from app.kernel.contact import is_email, is_phone
from app.kernel.errors import Invalid, Refused
from app.kernel.money import NotMoney, TooMuch, Unclear, read_money, typed_money
from app.kernel.texts import as_typed, clean_line, clean_text
from app.web.filters import translate
from app.web.locale import current_locale

_ = lazy_gettext
NO_CHOICE = "Not a valid choice."
"""What WTForms says of every choice that is not offered, also of none."""
T = TypeVar("T")


@dataclass(frozen=True)
class Sent(Generic[T]):
    """What came of a form: only shown, to be mended, refused, or done. `status` is for the page that shows it again."""

    status: int
    answer: tuple[T] | None = None
    refused: Refused | None = None

    @property
    def done(self) -> bool:
        """Whether the use case took it."""
        return self.answer is not None

    @property
    def result(self) -> T:
        """What the use case returned."""
        if self.answer is None:
            raise ValueError("the form was not taken")
        return self.answer[0]


class Form(FlaskForm):
    """Base of all forms. `to_command` of a subclass turns what was typed into a command."""

    class Meta(FlaskForm.Meta):
        """WTForms' own messages come in the reader's language from our catalogues."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            return unbound_field.bind(form=form, **options)

    general_errors: list[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.general_errors = []

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What is wrong with a field is said once, and in our words where we have some for it."""
        fine = super().validate(*args, **kwargs)
        for field in self:
            if isinstance(field.errors, list | tuple) and len(field.errors) > 1:
                field.errors = _said_once(field)
        return bool(fine)

    def send(self, step: Callable[[], T]) -> Sent[T]:
        """Take the step if the form was sent and is in order; what the use case refuses is shown beside its field.

        What is not there, or not the reader's, stays not there: a refusal with status 404 is raised on.
        """
        if not self.validate_on_submit():
            return Sent(422 if self.is_submitted() else 200)
        try:
            return Sent(200, (step(),))
        except Refused as refusal:
            if refusal.status == 404:
                raise
            self.refuse(refusal)
            return Sent(refusal.status, refused=refusal)

    def refuse(self, refusal: Refused) -> None:
        """Show why a use case refused, beside the field it is about, and undo what it began."""
        db.session.rollback()
        errors = refusal.errors if isinstance(refusal, Invalid) else {refusal.field or "": refusal.message}
        for name, message in errors.items():
            if field := self._fields.get(name):
                field.errors = [*field.errors, translate(message)]
            else:
                self.general_errors.append(translate(message))

    @property
    def problems(self) -> Iterator[tuple[str, str]]:
        """(field id or empty, message) for the error summary, in the order of the form."""
        for text in self.general_errors:
            yield "", text
        for field in self:
            for error in _flat(field.errors):
                yield _target(field), error


def _said_once(field: Field) -> list[Any]:
    """Each message once; what WTForms says of every number and every choice only where nothing else is said."""
    general = {*map(str, field.process_errors), field.gettext(NO_CHOICE)}
    said = [error for error in field.errors if not isinstance(error, str) or error not in general]
    return [error for at, error in enumerate(said) if error not in said[:at]] or list(field.errors[:1])


def _flat(errors: Any) -> Iterator[str]:
    for error in errors.values() if isinstance(errors, dict) else errors or ():
        if isinstance(error, str) or not isinstance(error, list | tuple | dict):
            yield str(error)
        else:
            yield from _flat(error)


def _target(field: Field) -> str:
    """The id a link in the error summary leads to: the first input of a group, else the field itself."""
    if isinstance(field, FieldList) or isinstance(field.widget, ListWidget):  # a drop-down list is one control
        return f"{field.id}-0"
    return str(field.id)


class _KeptAsTyped:
    """What a field makes of an answer is for the command; a form that comes back shows the answer as it was typed."""

    data: Any
    typed: tuple[str, Any] | None = None

    def keep(self, valuelist: Sequence[Any]) -> None:
        """Remember the answer beside what was made of it; to be called whenever the field makes something else of it."""
        answer = valuelist[0] if valuelist else ""
        self.typed = (as_typed(answer), self.data) if isinstance(answer, str) else None

    def shown(self) -> str:
        """The answer as typed, unless something else has been put into the field since."""
        if self.typed is not None and self.typed[1] == self.data:
            return self.typed[0]
        return str(self.data) if self.data is not None else ""


class LineField(_KeptAsTyped, StringField):
    """One line of text, cleaned of control characters; null bytes and direction overrides never reach a use case."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if valuelist:
            self.data = clean_line(valuelist[0])
            self.keep(valuelist)

    def _value(self) -> str:
        return self.shown()


class TextField(_KeptAsTyped, TextAreaField):
    """Several lines of text, cleaned the same way."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        if valuelist:
            self.data = clean_text(valuelist[0])
            self.keep(valuelist)

    def _value(self) -> str:
        return self.shown()


class MoneyField(LineField):
    """Money as people write it in any of our languages; `amount()` is exact, in the smallest unit of the city's currency."""

    def amount(self) -> int | None:
        """The smallest unit; None for nothing and for what is no amount."""
        try:
            return self._read()
        except NotMoney:
            return None

    def pre_validate(self, form: Any) -> None:
        """Say what is wrong with it, and what to type."""
        try:
            self._read()
        except Unclear as unclear:
            raise ValidationError(
                gettext(
                    "This can be read in two ways. Write %(large)s for the large amount, or at most two digits for cents.",
                    large=unclear.large,
                )
            ) from None
        except TooMuch:
            raise ValidationError(gettext("This is more money than any city has. Look at the number of digits.")) from None
        except NotMoney:
            raise ValidationError(
                gettext("Write an amount of money, such as 12000 or %(with_cents)s.", with_cents=f"12000{_decimal_mark()}50")
            ) from None

    def _read(self) -> int | None:
        text = (self.data or "").strip()
        return read_money(text, _digits(), _decimal_mark()) if text else None


def typed_amount(amount: int | None, currency: str) -> str:
    """An amount as it stands in a `MoneyField` that is opened again, as the reader would write it."""
    return typed_money(amount, get_currency_precision(currency), _decimal_mark())


def _decimal_mark() -> str:
    """What the reader's language puts before decimals; Arabic keyboards have the point."""
    code = "en" if current_locale() == "en_XA" else current_locale()
    return "." if code == "ar" else get_decimal_symbol(code)


def _digits() -> int:
    return int(get_currency_precision(current_app.config["SETTINGS"].currency))


class Filled:
    """Says which answer is missing instead of "this field is required"."""

    field_flags = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise ValidationError(str(self.message))


class Unmarked:
    """Not required by itself, and not called optional either: whether it is needed depends on another answer."""

    field_flags = {"without_optional_mark": True}

    def __call__(self, form: Any, field: Field) -> None:
        """Everything is fine."""


class EmailAddress:
    """What can be an e-mail address, or nothing."""

    def __call__(self, form: Any, field: Field) -> None:
        if field.data and not is_email(field.data):
            raise ValidationError(gettext("This is not an e-mail address. It looks like name@example.org."))


class PhoneNumber:
    """What can be a telephone number, or nothing."""

    def __call__(self, form: Any, field: Field) -> None:
        if field.data and not is_phone(field.data):
            raise ValidationError(gettext("This is not a telephone number. Write its digits, such as +358 40 123 4567."))


class AtMost:
    """At most `most` characters; says how many there are."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.field_flags = {"maxlength": most}

    def __call__(self, form: Any, field: Field) -> None:
        length = len(field.data or "")
        if length > self.most:
            raise ValidationError(
                gettext("This has %(length)s characters; at most %(most)s fit. Shorten it.", length=length, most=self.most)
            )


class Between:
    """A whole number in a range; WTForms' own check breaks on numbers that no float can hold."""

    def __init__(self, low: int, high: int, message: Any) -> None:
        self.low, self.high, self.message = low, high, message
        self.field_flags = {"min": low, "max": high}

    def __call__(self, form: Any, field: Field) -> None:
        if field.data is None or not self.low <= field.data <= self.high:
            raise ValidationError(str(self.message))


def city_languages() -> tuple[str, ...]:
    """The installation's languages, default first."""
    settings = current_app.config["SETTINGS"]
    rest = [code for code in settings.languages if code != settings.default_language]
    return (settings.default_language, *rest)
