"""Lists to choose from that shrug off what is not in them: a forged or stale answer counts as no answer."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice


class Needed:
    """Marks a field that a finished proposal must have; a draft may leave it empty, so nothing is checked here."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Let everything pass: `rules.missing` names what is missing when the draft is to be sent."""


class OneOf(SelectField):
    """A list to choose one from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        offered = [SelectChoice(value, label) for value, label in kwargs.pop("choices", {}).items()]
        super().__init__(*args, **{"validate_choice": False, "choices": offered, **kwargs})

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keep the answer if it is one of the choices."""
        self.data = _known(self, valuelist)


class OneWay(RadioField):
    """The same with every choice in sight."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        offered = [SelectChoice(value, label) for value, label in kwargs.pop("choices", {}).items()]
        super().__init__(*args, **{"validate_choice": False, "choices": offered, **kwargs})

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keep the answer if it is one of the choices."""
        self.data = _known(self, valuelist)


class LateChoice(OneWay):
    """Choices that are known only after the other answers were read; what was sent is kept until then."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keep what was sent."""
        self.data = str(valuelist[0]) if valuelist else ""


def _known(field: Any, valuelist: Sequence[Any]) -> str:
    values = {str(choice.value) for choice in field.iter_choices()}
    return str(valuelist[0]) if valuelist and str(valuelist[0]) in values else ""
