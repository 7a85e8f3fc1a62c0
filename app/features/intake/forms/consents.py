"""What a clerk types when somebody answers an agreement at the counter, by telephone or (in a batch) on paper."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import get_locale, gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import DataRequired, ValidationError

from app.features.consents.queries import AGE_BANDS, AgreementRevision, Answer, fields_asked
from app.features.consents.use_cases import AnswerAgreement, Details
from app.features.intake.commands import TakeInAnswer
from app.kernel import clock
from app.kernel.permissions import Channel
from app.kernel.texts import clean_line
from app.web.filters import local_text, translate
from app.web.forms import AtMost, Form, LineField, Unmarked, _

FIELDS = ("name", "address", "age_band", "area", "languages", "gender")


class ConsentSheetForm(Form):
    """One visit or call: who, what they said, and what they gave with a yes. What came on paper is entered in a batch."""

    sheet_id = HiddenField()
    revision = HiddenField()
    channel = RadioField(
        _("How did it come?"),
        choices=[
            (Channel.DESK.value, _("At the counter")),
            (Channel.PHONE.value, _("By telephone")),
        ],
        validators=[DataRequired(_("Say how it came."))],
    )
    sheet = LineField(_("Reference on the sheet"), validators=[AtMost(32)])
    code = LineField(
        _("Code of an earlier slip"),
        description=_("Whoever has one keeps it, and sees all their answers together."),
        validators=[AtMost(60)],
    )
    person = LineField(
        _("Name of the person"),
        description=_("As it stands on the sheet. With the code of an earlier slip it may be left empty."),
        validators=[AtMost(80), Unmarked()],
    )
    language = SelectField(_("In which language did they read the text?"), validators=[Unmarked()])
    answer = RadioField(
        _("What did they say?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        validators=[DataRequired(_("Say what they answered."))],
    )
    of_age = RadioField(
        _("Are they old enough to decide this alone?"),
        choices=[("yes", _("Yes")), ("no", _("No: an adult who is responsible is here and says yes"))],
        description=_("Needed only for a yes."),
        validate_choice=False,
        validators=[Unmarked()],
    )
    guardian = LineField(_("Name of the adult"), description=_("Only for a young person."), validators=[AtMost(80)])
    month = SelectField(_("Month in which they decide alone"), coerce=int, validators=[Unmarked()])
    year = SelectField(_("Year"), coerce=int, validators=[Unmarked()])
    name = LineField(_("Name that may be used"), description=_("Needed only for a yes."), validators=[AtMost(80), Unmarked()])
    address = LineField(
        _("E-mail address or telephone number"),
        description=_("Needed only for a yes."),
        validators=[AtMost(254), Unmarked()],
    )
    age_band = RadioField(_("Age"), description=_("Needed only for a yes."), validate_choice=False, validators=[Unmarked()])
    area = SelectField(
        _("Area they live in"), description=_("Needed only for a yes."), validate_choice=False, validators=[Unmarked()]
    )
    languages = LineField(
        _("Languages they speak"), description=_("Several with commas between them."), validators=[AtMost(200)]
    )
    gender = LineField(_("Gender, in their own words"), validators=[AtMost(80)])
    read_back = BooleanField(_("I have read it back to the person, or compared it with the sheet."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            self.code_id = uuid.UUID(self.sheet_id.data or "")
        except ValueError:
            self.code_id = uuid.uuid4()
        self.sheet_id.data = str(self.code_id)

    def validate_read_back(self, field: BooleanField) -> None:
        """Somebody else's words deserve a second look."""
        if not field.data:
            raise ValidationError(gettext("Compare what you typed with what was said or written, then tick this."))

    def validate_person(self, field: LineField) -> None:
        """Without a code it has to be said who answers."""
        if not (field.data or "").strip() and not (self.code.data or "").strip():
            raise ValidationError(gettext("Write the name of the person."))

    def validate_of_age(self, field: RadioField) -> None:
        """For a yes it has to be said."""
        if self.answer.data == "yes" and field.data not in ("yes", "no"):
            raise ValidationError(gettext("Say whether they are old enough."))

    @property
    def young(self) -> bool:
        """Whether an adult speaks for them."""
        return bool(self.of_age) and self.answer.data == "yes" and self.of_age.data == "no"

    def begin_anew(self) -> None:
        """What was typed is another answer than the one that was taken in under this form."""
        self.code_id = uuid.uuid4()
        self.sheet_id.data = str(self.code_id)

    def to_taking_in(self) -> TakeInAnswer:
        """Whose answer it is, and how it came. Who is young decides alone from the day after the month that was chosen."""
        of_age_on = date(self.year.data + self.month.data // 12, self.month.data % 12 + 1, 1) if self.young else None
        guardian = self.guardian.data or "" if self.young else ""
        return TakeInAnswer(
            self.code_id, self.person.data or "", self.code.data or "", Channel(self.channel.data), of_age_on, guardian
        )

    def to_command(self, agreement_id: uuid.UUID) -> AnswerAgreement:
        """The answer as the use case takes it, of nobody yet."""

        def typed(name: str) -> str:
            field = self._fields.get(name)
            return (field.data or "") if field else ""

        return AnswerAgreement(
            agreement_id=agreement_id,
            revision_id=_id(self.revision.data) or agreement_id,
            person_id=uuid.UUID(int=0),
            answer=Answer.GIVEN if self.answer.data == "yes" else Answer.REFUSED,
            language=self.language.data,
            details=Details(
                name=typed("name"),
                address=typed("address"),
                age_band=typed("age_band"),
                area_id=_id(typed("area")),
                languages=tuple(filter(None, (clean_line(word) for word in typed("languages").split(","))))[:10],
                gender=typed("gender"),
            ),
            sheet=self.sheet.data or "",
        )


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def sheet_form(
    revision: AgreementRevision,
    areas: Sequence[tuple[uuid.UUID, dict[str, str]]],
    languages: list[tuple[str, str]],
    age: int,
    form: ConsentSheetForm | None = None,
) -> ConsentSheetForm:
    """The form with what this revision asks for; without questions about age where the city asks none."""
    form = form or ConsentSheetForm()
    form.language.choices = languages
    asked = fields_asked(revision)
    for name in FIELDS:
        if name not in asked:
            del form[name]
    if "age_band" in asked:
        form.age_band.choices = [(name, translate(label)) for name, label in AGE_BANDS.items()]
    if "area" in asked:
        form.area.choices = [("", lazy_gettext("Choose an area")), *((str(key), local_text(name)) for key, name in areas)]
    if not age:
        for name in ("of_age", "guardian", "month", "year"):
            del form[name]
        return form
    names, this_year = get_locale().months["stand-alone"]["wide"], clock.now().year
    form.month.choices = [(number, names[number]) for number in range(1, 13)]
    form.year.choices = [(year, str(year)) for year in range(this_year, this_year + age + 1)]
    return form
