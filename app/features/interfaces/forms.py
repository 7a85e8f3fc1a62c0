"""What administrators type about programs of other systems."""

from collections.abc import Mapping
from uuid import UUID

from wtforms import RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.features.interfaces.commands import RegisterClient
from app.features.interfaces.queries import InterfaceClient
from app.features.interfaces.rules import RATES, SCOPES, Scope
from app.kernel.texts import Texts
from app.web.filters import local_text, translate
from app.web.forms import AtMost, EmailAddress, Filled, Form, LineField, TextField, Unmarked, _


def _several(label: str, *validators: object, description: str = "") -> SelectMultipleField:
    return SelectMultipleField(
        label,
        validators=list(validators),
        description=description,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class ClientForm(Form):
    """A program: whose it is, what it may do, where, how often."""

    name = LineField(
        _("Name of the program"),
        [Filled(_("Write which program of which system this is.")), AtMost(80)],
        description=_(
            "Such as “Consent desk of the school department”. Residents read it beside what the program does for them."
        ),
    )
    contact = LineField(
        _("Who looks after it"),
        [Filled(_("Write the e-mail address of whoever looks after the program.")), EmailAddress(), AtMost(254)],
        description=_("An e-mail address."),
    )
    scopes = _several(_("What it may do"), Filled(_("Choose what the program may do.")))
    process_ids = _several(_("Only in these processes"), Unmarked(), description=_("Without a tick: in all of them."))
    per_minute = RadioField(_("At most so many requests a minute"), default="600")

    def label(self, processes: Mapping[UUID, Texts]) -> "ClientForm":
        """Put the choices into the reader's language."""
        self.scopes.choices = [(scope.value, translate(SCOPES[scope])) for scope in Scope]
        self.process_ids.choices = [(str(key), local_text(title)) for key, title in processes.items()]
        self.per_minute.choices = [(str(rate), str(rate)) for rate in RATES]
        return self

    def to_command(self) -> RegisterClient:
        """The program as the use case takes it."""
        return RegisterClient(
            name=self.name.data or "",
            contact=self.contact.data or "",
            scopes=tuple(self.scopes.data or ()),
            per_minute=int(self.per_minute.data),
            process_ids=tuple(UUID(one) for one in self.process_ids.data or ()),
        )


def typed(client: InterfaceClient) -> dict[str, object]:
    """A program as it stands in the form that changes it."""
    return {
        "name": client.name,
        "contact": client.contact,
        "scopes": client.scopes,
        "process_ids": client.process_ids,
        "per_minute": str(client.per_minute),
    }


class ShutOutForm(Form):
    """Why a program is shut out."""

    reason = TextField(
        _("Reason"),
        [Filled(_("Write why. The reason is kept in the audit log.")), AtMost(500)],
        description=_("It is kept in the audit log, for the auditors."),
    )


class ProfileForm(Form):
    """Whose profile at the city's identity provider is whose."""

    email = LineField(_("E-mail address of the person here"), [Filled(_("Write the address of their account.")), AtMost(254)])
    profile_id = LineField(
        _("Identifier of their profile"),
        [AtMost(36), Unmarked()],
        description=_(
            "As the identity provider writes it, such as f611424a-9668-435e-8473-1501c4d67af5. Not needed to take a link away."
        ),
    )
    action = RadioField(
        _("What to do"),
        choices=[("link", _("Link the profile")), ("unlink", _("Take the link away"))],
        default="link",
    )


class ConfirmForm(Form):
    """Nothing but the button."""
