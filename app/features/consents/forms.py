"""What people and stewards type here."""

from uuid import UUID

from wtforms import HiddenField, IntegerField, RadioField
from wtforms.validators import InputRequired

from app.features.consents.commands import AnswerAgreement, WriteAgreement
from app.features.consents.models import Answer
from app.kernel.texts import Texts
from app.web.forms import AtMost, Between, Form, LineField, TextField, Unmarked, _, city_languages


class AskForm(Form):
    """Yes or no to one agreement; two buttons of the same size, nothing preselected."""

    revision = HiddenField()
    language = HiddenField()
    name = LineField(
        _("Your name"),
        description=_("As the department may use it. Needed only for a yes."),
        validators=[AtMost(80), Unmarked()],
    )
    address = LineField(
        _("Where we may reach you"),
        description=_("An e-mail address or a telephone number. Needed only for a yes."),
        validators=[AtMost(254), Unmarked()],
    )

    def to_command(self, agreement_id: UUID, person_id: UUID, answer: Answer) -> AnswerAgreement | None:
        """The answer as the use case takes it; None when the hidden fields are not ours."""
        try:
            revision_id = UUID(self.revision.data or "")
        except ValueError:
            return None
        return AnswerAgreement(
            agreement_id=agreement_id,
            revision_id=revision_id,
            person_id=person_id,
            answer=answer,
            language=(self.language.data or "en")[:8],
            name=self.name.data or "",
            address=self.address.data or "",
        )


class AgreementForm(Form):
    """What is asked in a process, in the languages of the installation: fields `purpose_en`, `notice_fi` and so on."""

    months = IntegerField(
        _("It runs out after so many months"),
        default=12,
        validators=[
            InputRequired(_("Write a number of months.")),
            Between(1, 36, _("Choose between 1 and 36 months.")),
        ],
    )
    material = RadioField(
        _("What has changed?"),
        choices=[
            ("yes", _("The substance: everybody is asked again")),
            ("no", _("Only words: earlier answers stay valid")),
        ],
        default="yes",
    )

    def texts(self, name: str) -> Texts:
        """What was typed for one text, by language, without the empty ones."""
        return {code: text for code in city_languages() if (text := self._fields[f"{name}_{code}"].data)}

    def to_command(self, process_id: UUID) -> WriteAgreement:
        """The agreement as the use case takes it."""
        return WriteAgreement(
            process_id=process_id,
            purpose=self.texts("purpose"),
            recipient=self.texts("recipient"),
            notice=self.texts("notice"),
            months=self.months.data,
            material=self.material.data != "no",
        )


def agreement_form(**data: object) -> AgreementForm:
    """The form with a field for each text in each language of the installation."""

    class WithLanguages(AgreementForm):
        pass

    for code in city_languages():
        setattr(WithLanguages, f"purpose_{code}", LineField(_("Purpose"), validators=[AtMost(200), Unmarked()]))
        setattr(WithLanguages, f"recipient_{code}", LineField(_("Who gets the data"), validators=[AtMost(200), Unmarked()]))
        setattr(
            WithLanguages,
            f"notice_{code}",
            TextField(_("The text that people are shown"), validators=[AtMost(2000), Unmarked()]),
        )
    return WithLanguages(data=data)
