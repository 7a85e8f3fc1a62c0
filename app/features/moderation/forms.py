"""What people type here."""

from uuid import UUID

from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.validators import DataRequired

from app.features.moderation.commands import Decide, DecideTogether, WriteReport
from app.features.moderation.models import Reason, Subject, Verb
from app.features.moderation.rules import REASONS
from app.web.filters import translate
from app.web.forms import AtMost, Form, TextField, Unmarked, _

MOST_CHOSEN = 100
CHOOSABLE = frozenset({Verb.APPROVE, Verb.HIDE, Verb.RESTORE, Verb.DISMISS})


def _reasons() -> list[tuple[str, str]]:
    return [(reason.value, translate(message)) for reason, message in REASONS.items()]


class ReportForm(Form):
    """Tell the moderators what is wrong."""

    reason = RadioField(_("What is wrong?"), validators=[DataRequired(_("Choose what is wrong."))])
    text = TextField(
        _("In your own words"),
        description=_("The moderators read this. The author does not."),
        validators=[AtMost(1000)],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = _reasons()

    def to_command(self, subject_type: Subject, subject_id: UUID) -> WriteReport:
        """The report as the use case takes it."""
        return WriteReport(subject_type, subject_id, Reason(self.reason.data), self.text.data or "")


class DecisionForm(Form):
    """One decision in the queue."""

    verb = HiddenField()
    reason = RadioField(_("Reason"), validators=[Unmarked()])
    text = TextField(
        _("More, in your own words"),
        description=_("The author reads this. Needed only with “Something else”."),
        validators=[AtMost(1000), Unmarked()],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = _reasons()
        self.reason.validate_choice = False

    def to_command(self, subject_type: Subject, subject_id: UUID) -> Decide | None:
        """The decision as the use case takes it; None when the form names no verb of ours."""
        if self.verb.data not in CHOOSABLE:
            return None
        reason = Reason(self.reason.data) if self.reason.data in set(Reason) else None
        return Decide(subject_type, subject_id, Verb(self.verb.data), reason, self.text.data or "")


class TogetherForm(DecisionForm):
    """One decision on several things: each chosen one comes as its kind and its id, such as `comment:5f0c…`."""

    step = HiddenField()
    chosen = SelectMultipleField(validate_choice=False)

    def subjects(self) -> tuple[tuple[Subject, UUID], ...]:
        """What was chosen, each once, in the order of the queue; what names nothing of ours is left out."""
        found: dict[tuple[Subject, UUID], None] = {}
        for value in (self.chosen.data or [])[:MOST_CHOSEN]:
            kind, _colon, subject_id = str(value).partition(":")
            try:
                found[Subject(kind), UUID(subject_id)] = None
            except ValueError:
                continue
        return tuple(found)

    def to_together(self) -> DecideTogether | None:
        """The decision as the use case takes it; None when the form names no verb of ours."""
        if self.verb.data not in CHOOSABLE:
            return None
        reason = Reason(self.reason.data) if self.reason.data in set(Reason) else None
        return DecideTogether(Verb(self.verb.data), self.subjects(), reason, self.text.data or "")
