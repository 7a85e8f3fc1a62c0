"""Forms with texts in every language of the installation, and the comparison of two versions of one form."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Self

from babel import Locale
from flask_babel import gettext
from wtforms import Field, HiddenField

from app.features.spaces.rules import Stale
from app.kernel.errors import Invalid, Refused
from app.kernel.texts import Texts
from app.web.forms import AtMost, Form, LineField, TextField, city_languages
from app.web.locale import current_locale


@dataclass(frozen=True)
class TextSpec:
    """One text of a form: what it is called, how long it may be, one line or several, must it be there."""

    label: Any
    most: int
    lines: bool = False
    needed: Any = None  # the message when no language has it
    hint: Any = ""


@dataclass(frozen=True)
class Difference:
    """A field in which what is stored and what was typed differ."""

    label: str
    stored: str
    typed: str


class TextsForm(Form):
    """A form whose `TEXTS` exist once for each language: fields `title_en`, `title_de`, …

    `new_id` makes a second click harmless, `version` shows whether somebody else was faster.
    """

    TEXTS: ClassVar[Mapping[str, TextSpec]] = {}
    languages: ClassVar[tuple[str, ...]] = ()

    new_id = HiddenField()
    version = HiddenField()

    @classmethod
    def build(cls, **values: Any) -> Self:
        """The form with fields for the installation's languages, the default one first."""
        return _with_languages(cls, city_languages())(**values)  # type: ignore[arg-type]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.new_id.data:
            self.new_id.data = str(uuid.uuid4())
        for name, spec in self.TEXTS.items():
            for language in self.languages:
                label = spec.label if len(self.languages) == 1 else f"{spec.label} ({language_name(language)})"
                self[f"{name}_{language}"].label.text = label

    def texts(self, name: str) -> Texts:
        """What was typed for one text, by language, without the empty ones."""
        typed = {language: self[f"{name}_{language}"].data for language in self.languages}
        return {language: text for language, text in typed.items() if text}

    def fields_in(self, language: str) -> list[Field]:
        """The text fields of one language, in their order."""
        return [self[f"{name}_{language}"] for name in self.TEXTS]

    def is_used(self, language: str) -> bool:
        """Whether this language has text or something to correct, so that its part of the form is open."""
        return any(field.data or field.errors for field in self.fields_in(language))

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then that needed texts exist in one language at least."""
        valid: bool = super().validate(extra_validators)
        for name, spec in self.TEXTS.items():
            field = self[f"{name}_{self.languages[0]}"]
            if spec.needed and not self.texts(name) and not field.errors:
                field.errors = [*field.errors, str(spec.needed)]
                valid = False
        return valid

    def refuse(self, refusal: Refused) -> None:
        """Show refusals about a text at the field of its first language."""
        errors = refusal.errors if isinstance(refusal, Invalid) else {refusal.field or "": refusal.message}
        super().refuse(Invalid({self._field_for(name): message for name, message in errors.items()}))

    def _field_for(self, name: str) -> str:
        return f"{name}_{self.languages[0]}" if name in self.TEXTS else name

    @property
    def new_uuid(self) -> uuid.UUID:
        """The id that came with the form; a new one when that cannot be read."""
        try:
            return uuid.UUID(self.new_id.data)
        except (ValueError, TypeError):
            return uuid.uuid4()

    @property
    def version_number(self) -> int:
        """The version that the form was opened at; 0, which no row has, when that cannot be read."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def differences(self, stored: "TextsForm") -> list[Difference]:
        """Where this form and the form of what is stored now differ."""
        pairs = [(field, stored[field.name]) for field in self if field.name in stored and _is_visible(field)]
        return [
            Difference(str(mine.label.text), said(theirs), said(mine))
            for mine, theirs in pairs
            if (mine.data or None) != (theirs.data or None)
        ]

    def accept_stale(self, refusal: Stale, stored: "TextsForm") -> list[Difference]:
        """Keep what was typed, take over the new version's number, and tell the differences: saving again is a decision."""
        self.refuse(refusal)
        self.version.data = stored.version.data
        return self.differences(stored)


def said(field: Field) -> str:
    """A field's value in words."""
    value = field.data
    if choices := getattr(field, "choices", None):
        chosen = {str(each) for each in (value if isinstance(value, list) else [value])}
        return ", ".join(str(label) for key, label, *_rest in choices if str(key) in chosen) or gettext("nothing")
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m-%d %H:%M"))
    return str(value or gettext("nothing"))


def language_name(code: str) -> str:
    """Name of a language in the reader's language."""
    reader = current_locale() if current_locale() != "en_XA" else "en"
    return Locale.parse(code).get_display_name(reader) or code


def _is_visible(field: Field) -> bool:
    return not isinstance(field, HiddenField) and field.type != "CSRFTokenField"


@lru_cache(maxsize=32)
def _with_languages(form: type[TextsForm], languages: tuple[str, ...]) -> Any:
    """A subclass of `form` with one field for each text and language."""
    fields: dict[str, Any] = {"languages": languages}
    for language in languages:
        for name, spec in form.TEXTS.items():
            fields[f"{name}_{language}"] = _text_field(spec, language, optional=language != languages[0])
    return type(form.__name__, (form,), fields)


def _text_field(spec: TextSpec, language: str, *, optional: bool) -> Any:
    kind = TextField if spec.lines else LineField
    # With a text needed in any one language, no single field is required; "(optional)" at the first would mislead.
    validators = [AtMost(spec.most)] if optional or not spec.needed else [AtMost(spec.most), _Unmarked()]
    render = {"lang": language, "dir": Locale.parse(language).text_direction}
    return kind(str(spec.label), validators, description=spec.hint, render_kw=render)


class _Unmarked:
    """Takes the word "(optional)" away from a field that is needed unless another language has it."""

    field_flags: ClassVar[Mapping[str, bool]] = {"without_optional_mark": True}

    def __call__(self, form: Form, field: Field) -> None:
        """Nothing to check here: `TextsForm.validate` looks at all languages together."""
