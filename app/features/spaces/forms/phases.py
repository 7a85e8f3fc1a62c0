"""What staff type about a phase."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext, lazy_gettext
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from app.features.spaces.commands import AddPhase, ChangePhase, PhaseDetails
from app.features.spaces.forms.moments import Exists, MomentField, moment
from app.features.spaces.forms.texts import TextsForm, TextSpec
from app.features.spaces.models import Action
from app.web.forms import Filled

_ = lazy_gettext


def city_zone() -> ZoneInfo:
    """The zone that dates are typed in."""
    return ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])


class PhaseForm(TextsForm):
    """Title, dates and what the phase opens."""

    TEXTS: ClassVar[Mapping[str, TextSpec]] = {
        "title": TextSpec(_("Title"), 120, needed=_("Write the title in at least one language.")),
        "description": TextSpec(_("Description"), 2_000, lines=True, hint=_("What happens in this phase.")),
    }

    starts_at = MomentField(_("Begins"), [Filled(_("Say when the phase begins.")), Exists(city_zone)])
    ends_at = MomentField(
        _("Ends"),
        [Filled(_("Say when the phase ends.")), Exists(city_zone)],
        description=_("From this moment on the phase is over. 00:00 is the very beginning of a day, 23:59 its end."),
    )
    actions = SelectMultipleField(
        _("What can people do in this phase?"),
        choices=[
            SelectChoice(Action.PROPOSE.value, _("Make proposals")),
            SelectChoice(Action.SUPPORT.value, _("Support proposals")),
            SelectChoice(Action.COMMENT.value, _("Comment on proposals")),
            SelectChoice(Action.VOTE.value, _("Vote on the budget")),
        ],
        description=_("Choose nothing for a phase in which the city works, for example checks the costs."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then that the end comes after the beginning."""
        valid = super().validate(extra_validators)
        if self.starts_at.data and self.ends_at.data and self.ends_at.data <= self.starts_at.data:
            self.ends_at.errors = [*self.ends_at.errors, gettext("The end must be after the beginning.")]
            return False
        return valid

    def details(self, stored: Any = None) -> PhaseDetails:
        """What was typed. A time that was not touched stays exactly what it is in `stored`."""
        return PhaseDetails(
            title=self.texts("title"),
            description=self.texts("description"),
            starts_at=_moment(self.starts_at.data, getattr(stored, "starts_at", None), is_end=False),
            ends_at=_moment(self.ends_at.data, getattr(stored, "ends_at", None), is_end=True),
            actions=tuple(Action(value) for value in self.actions.data or ()),
        )

    def to_add(self, process_id: uuid.UUID) -> AddPhase:
        """The command for a new phase."""
        return AddPhase(process_id, self.new_uuid, self.details())

    def to_change(self, process_id: uuid.UUID, stored: Any) -> ChangePhase:
        """The command for the phase that this form was opened for."""
        return ChangePhase(process_id, stored.id, self.version_number, self.details(stored))

    @classmethod
    def of(cls, phase: Any, *, typed: bool = True) -> "PhaseForm":
        """The form of a phase; with `typed=False` what is stored, whatever was sent."""
        values = {f"{name}_{language}": text for name in cls.TEXTS for language, text in getattr(phase, name).items()}
        values |= {
            "starts_at": _local(phase.starts_at),
            "ends_at": _local(phase.ends_at),
            "actions": list(phase.actions),
            "version": phase.version,
        }
        return cls.build(data=values) if typed else cls.build(formdata=None, data=values)


def _local(stored: datetime) -> datetime:
    return stored.astimezone(city_zone()).replace(tzinfo=None, second=0, microsecond=0, fold=0)


def _moment(typed: datetime | None, stored: datetime | None, *, is_end: bool) -> datetime:
    if typed is None:
        raise ValueError("a form is validated before it becomes a command")
    if stored is not None and _local(stored) == typed:
        return stored
    return moment(typed, city_zone(), is_end=is_end)
