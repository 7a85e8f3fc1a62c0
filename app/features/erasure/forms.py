"""What people and clerks type here."""

from uuid import UUID

from wtforms import RadioField
from wtforms.validators import InputRequired

from app.features.erasure.commands import AskAtDesk, AskForErasure
from app.web.forms import AtMost, Filled, Form, LineField, _


class AskForm(Form):
    """When it shall happen; nothing is preselected."""

    when = RadioField(
        _("When shall it happen?"),
        choices=[
            ("later", _("After a week. Until then you can change your mind.")),
            ("now", _("At once. Nothing brings it back.")),
        ],
        validators=[InputRequired(_("Choose when it shall happen."))],
    )

    def to_command(self) -> AskForErasure:
        """The wish as the use case takes it."""
        return AskForErasure(at_once=self.when.data == "now")


class FindForm(Form):
    """The code of somebody who has answered on paper or at a desk, and made nothing with a reference."""

    code = LineField(
        _("Code on their slip about personal data, such as ABCD-2345-EFGH-6789"),
        validators=[Filled(_("Write the code of their slip.")), AtMost(60)],
    )


class DeskForm(Form):
    """How the person at the desk showed who they are."""

    shown = LineField(
        _("How did they show who they are?"),
        description=_("Such as “identity card seen”. Write no number and no name."),
        validators=[Filled(_("Write how they showed who they are.")), AtMost(200)],
    )

    def to_command(self, person_id: UUID) -> AskAtDesk:
        """The request as the use case takes it."""
        return AskAtDesk(person_id, self.shown.data or "")
