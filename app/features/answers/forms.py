"""What an officer types."""

from uuid import UUID

from flask import current_app
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField
from wtforms.validators import DataRequired, Optional

from app.features.answers.commands import ChangeMilestone, PromiseAnswers, PublishAnswer, WriteMilestone
from app.features.answers.models import AnswerStatus, MilestoneState
from app.features.answers.rules import LOOKS, STEP_LOOKS
from app.kernel.errors import Invalid, Refused
from app.kernel.texts import Texts
from app.web.filters import translate
from app.web.forms import AtMost, Between, Filled, Form, LineField, MoneyField, TextField, Unmarked, _, city_languages
from app.web.locale import current_locale


class AnswerForm(Form):
    """The city's reply to a proposal."""

    status = RadioField(_("The answer"), validators=[DataRequired(_("Choose the answer."))])
    reasons = TextField(
        _("Reasons"),
        description=_("Write to the person who proposed it. Short sentences, no paragraphs of law."),
        validators=[Filled(_("Give the reasons. People read them before anything else.")), AtMost(5000)],
    )
    department = LineField(
        _("Who answers"),
        description=_("The department, such as Parks and Gardens."),
        validators=[Filled(_("Say which department answers.")), AtMost(120)],
    )
    cost = MoneyField(_("Estimated cost"), description=_("An amount of money, such as 12000. Leave it empty if unknown."))
    planned_for = DateField(
        _("Planned for"),
        description=_("Not in the past. Leave it empty if unknown, or if you reject the proposal."),
        validators=[Optional()],
    )
    seen_version = HiddenField(default="0")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.status.choices = [(status.value, translate(LOOKS[status].label)) for status in AnswerStatus]

    def to_command(self, proposal_id: UUID) -> PublishAnswer:
        """The answer as the use case takes it."""
        currency = current_app.config["SETTINGS"].currency
        return PublishAnswer(
            proposal_id=proposal_id,
            status=AnswerStatus(self.status.data),
            reasons=self.reasons.data,
            department=self.department.data,
            language=current_locale(),
            currency=currency,
            cost=self.cost.amount(),
            planned_for=self.planned_for.data,
            seen_version=version_in(self.seen_version.data),
        )


class PromiseForm(Form):
    """Within how many days a process answers."""

    days = IntegerField(
        _("Answer within so many days"),
        validators=[
            DataRequired(_("Write a number of days.")),
            Between(1, 365, _("Choose between 1 and 365 days.")),
        ],
    )

    def to_command(self, process_id: UUID) -> PromiseAnswers:
        """The promise as the use case takes it."""
        return PromiseAnswers(process_id, self.days.data)


def version_in(typed: str | None) -> int:
    """The version in a hidden field; 0 for what is no number."""
    text = typed or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


class MilestoneForm(Form):
    """One step of carrying out. `milestone_form` adds a name and a note in each language of the installation."""

    state = RadioField(_("How far is it?"), validators=[DataRequired(_("Choose how far it is."))], default="planned")
    stop_confirmed = BooleanField(_("Yes, it is stopped. Everybody who follows it gets a letter with the reason."))
    planned_for = DateField(_("Planned for"), description=_("Leave it empty if unknown."), validators=[Optional()])
    done_on = DateField(_("Done on"), description=_("Only for a step that is done."), validators=[Optional()])
    cost = MoneyField(_("Cost so far"), description=_("What this step has cost until now. Leave it empty if unknown."))
    seen_version = HiddenField(default="0")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.state.choices = [(state.value, translate(STEP_LOOKS[state].label)) for state in MilestoneState]

    def texts(self, name: str) -> Texts:
        """What was typed for one text, by language, without the empty ones."""
        return {code: text for code in city_languages() if (text := self._fields[f"{name}_{code}"].data)}

    def refuse(self, refusal: Refused) -> None:
        """What is wrong with a text stands at the reader's own language."""
        if isinstance(refusal, Invalid):
            here = current_locale() if current_locale() in city_languages() else city_languages()[0]
            named = {f"{name}_{here}" if name in ("title", "note") else name: text for name, text in refusal.errors.items()}
            refusal = Invalid(named)
        super().refuse(refusal)

    def to_command(self, reference: str, milestone_id: UUID | None) -> WriteMilestone:
        """The step as the use case takes it."""
        return WriteMilestone(
            reference=reference,
            title=self.texts("title"),
            state=MilestoneState(self.state.data),
            planned_for=self.planned_for.data,
            done_on=self.done_on.data,
            note=self.texts("note"),
            cost=self.cost.amount(),
            milestone_id=milestone_id,
            seen_version=version_in(self.seen_version.data),
            stop_confirmed=bool(self.stop_confirmed.data),
        )


def milestone_form(**data: object) -> MilestoneForm:
    """The form with a name and a public note for each language of the installation."""

    class WithLanguages(MilestoneForm):
        pass

    for code in city_languages():
        name = LineField(_("Step"), description=_("Needed in at least one language."), validators=[AtMost(120), Unmarked()])
        note = TextField(_("Note for everybody"), validators=[AtMost(2000)])
        setattr(WithLanguages, f"title_{code}", name)
        setattr(WithLanguages, f"note_{code}", note)
    return WithLanguages(data=data)


class StepForm(Form):
    """One button beside a step."""

    seen_version = HiddenField(default="0")

    def to_command(self, milestone_id: UUID) -> ChangeMilestone:
        """The press as the use case takes it."""
        return ChangeMilestone(milestone_id, version_in(self.seen_version.data))
