"""What is typed about public screens, and at them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.features.kiosk.commands import SetUpDevice
from app.features.kiosk.queries import KioskDevice
from app.kernel.texts import Texts
from app.web.filters import local_text
from app.web.forms import AtMost, Filled, Form, LineField, TextField, Unmarked, _


def _several(label: str, description: str) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        validators=[Unmarked()],
        description=description,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class DeviceForm(Form):
    """A screen: where it stands and what it offers.

    `screen_id` is chosen with the empty form: a second press sets up no second one.
    """

    screen_id = HiddenField()
    name = LineField(
        _("Name of the screen"),
        [Filled(_("Give the screen a name.")), AtMost(80)],
        description=_("Such as “Library, ground floor”."),
    )
    place = LineField(
        _("Where it stands"),
        [Filled(_("Say where the screen stands, so that somebody can find it.")), AtMost(160)],
        description=_("Such as “Beside the returns desk, Market Street 1”."),
    )
    languages = _several(_("Languages"), _("Without a tick: all languages."))
    process_ids = _several(_("Processes on the start page"), _("Without a tick: all processes with something to do."))
    supports = BooleanField(_("People can support proposals here"), [Unmarked()], default=True)
    voting = BooleanField(_("People can vote here"), [Unmarked()], default=True)
    lower_half = BooleanField(
        _("Controls start in the lower half"),
        [Unmarked()],
        description=_(
            "For tall screens, so that people who sit or are small reach everything. Visitors can change it for themselves."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            self.form_id = UUID(self.screen_id.data or "")
        except ValueError:
            self.form_id = uuid4()
        self.screen_id.data = str(self.form_id)

    def label(self, languages: list[tuple[str, str]], processes: Mapping[UUID, Texts]) -> "DeviceForm":
        """Put the choices into the reader's language."""
        self.languages.choices = languages
        self.process_ids.choices = [(str(key), local_text(title)) for key, title in processes.items()]
        return self

    def to_command(self) -> SetUpDevice:
        """The screen as the use case takes it."""
        return SetUpDevice(
            name=self.name.data or "",
            place=self.place.data or "",
            languages=tuple(self.languages.data or ()),
            process_ids=tuple(UUID(one) for one in self.process_ids.data or ()),
            supports=bool(self.supports.data),
            voting=bool(self.voting.data),
            lower_half=bool(self.lower_half.data),
            form_id=self.form_id,
        )


def typed(device: KioskDevice) -> dict[str, object]:
    """A screen as it stands in the form that changes it."""
    return {
        "name": device.name,
        "place": device.place,
        "languages": device.languages,
        "process_ids": device.process_ids,
        "supports": device.supports,
        "voting": device.voting,
        "lower_half": device.lower_half,
    }


class SwitchOffForm(Form):
    """Why a screen is switched off."""

    reason = TextField(
        _("Reason"),
        [Filled(_("Write why. The reason is kept in the audit log.")), AtMost(500)],
        description=_("It is kept in the audit log, for the auditors."),
    )


class EnrolForm(Form):
    """The digits that an administrator was shown."""

    code = LineField(
        _("Code"),
        [Filled(_("Type the eight digits that the administrator sees.")), AtMost(20)],
        description=_("Eight digits. They work once, for fifteen minutes."),
    )


class PrintForm(Form):
    """Which form, in which language."""

    process_id = RadioField(_("Which form?"), [Filled(_("Choose a form."))])
    language = RadioField(_("In which language?"), [Filled(_("Choose a language."))])

    def chosen(self) -> UUID:
        """The process whose form it is."""
        return UUID(self.process_id.data)


class ConfirmForm(Form):
    """Nothing but the button."""
