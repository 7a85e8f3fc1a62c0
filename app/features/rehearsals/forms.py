"""What staff type when they try a vote out."""

from uuid import UUID

from wtforms import IntegerField
from wtforms.validators import DataRequired

from app.features.rehearsals.commands import MOST_VOTERS, BeginRehearsal, CastTestBallots
from app.kernel.texts import Texts
from app.web.forms import Between, Form, _


class BeginForm(Form):
    """How many test voters there are."""

    voters = IntegerField(
        _("How many test voters?"),
        description=_("Each gets a card number, such as TEST-0001. Up to 1,000."),
        validators=[DataRequired(_("Write a number.")), Between(1, MOST_VOTERS, _("Choose between 1 and 1,000."))],
        default=50,
    )

    def to_command(self, process_id: UUID, mark: Texts) -> BeginRehearsal:
        """The wish as the use case takes it."""
        return BeginRehearsal(process_id, self.voters.data, mark)


class BallotsForm(Form):
    """How many test ballots are drawn by lot."""

    number = IntegerField(
        _("How many test ballots in each pot?"),
        description=_("The choices are drawn by lot. Up to 1,000."),
        validators=[DataRequired(_("Write a number.")), Between(1, MOST_VOTERS, _("Choose between 1 and 1,000."))],
        default=20,
    )

    def to_command(self, copy_id: UUID) -> CastTestBallots:
        """The wish as the use case takes it."""
        return CastTestBallots(copy_id, self.number.data)
