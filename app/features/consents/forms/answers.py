"""What people type with an answer. A form asks for what the agreement names, and for nothing else."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext
from wtforms import HiddenField, RadioField, SelectField

from app.features.consents.commands import AnswerAgreement, Details
from app.features.consents.queries import AGE_BANDS, AgreementRevision, Answer, fields_asked
from app.kernel.messages import Message, msg
from app.kernel.texts import clean_line
from app.web.filters import local_text, translate
from app.web.forms import AtMost, Form, LineField, TextField, Unmarked, _

MOST_LANGUAGES = 10


class AskForm(Form):
    """Yes or no to one agreement; two buttons of the same size, nothing preselected."""

    revision = HiddenField()
    language = HiddenField()
    of_age = RadioField(
        _("Are you old enough to decide this alone?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        description=_("Needed only for a yes. We do not keep your age."),
        validate_choice=False,
        validators=[Unmarked()],
    )
    name = LineField(
        _("Your name"),
        description=_("As it may be used. Needed only for a yes."),
        validators=[AtMost(80), Unmarked()],
    )
    address = LineField(
        _("Where we may reach you"),
        description=_("An e-mail address or a telephone number. Needed only for a yes."),
        validators=[AtMost(254), Unmarked()],
    )
    age_band = RadioField(
        _("How old are you?"), description=_("Needed only for a yes."), validate_choice=False, validators=[Unmarked()]
    )
    area = SelectField(
        _("Where do you live?"), description=_("Needed only for a yes."), validate_choice=False, validators=[Unmarked()]
    )
    languages = LineField(
        _("Which languages do you speak?"),
        description=_("Several with commas between them. You may leave this empty."),
        validators=[AtMost(200)],
    )
    gender = LineField(
        _("How do you describe your gender?"),
        description=_("In your own words. You may leave this empty."),
        validators=[AtMost(80)],
    )

    def details(self) -> Details:
        """What was typed, as far as this form asks for it."""

        def typed(name: str) -> str:
            field = self._fields.get(name)
            return (field.data or "") if field else ""

        return Details(
            name=typed("name"),
            address=typed("address"),
            age_band=typed("age_band"),
            area_id=_id(typed("area")),
            languages=tuple(filter(None, (clean_line(word) for word in typed("languages").split(","))))[:MOST_LANGUAGES],
            gender=typed("gender"),
        )

    def says_too_young(self) -> bool:
        """Whether somebody has said that they do not decide alone."""
        return bool(self.of_age) and self.of_age.data == "no"

    def age_problem(self) -> dict[str, Message]:
        """What is wrong where the question about age was asked and not answered."""
        if self.of_age and self.of_age.data != "yes":
            return {"of_age": msg("Say whether you are old enough.")}
        return {}

    def to_command(self, agreement_id: UUID, person_id: UUID, answer: Answer) -> AnswerAgreement | None:
        """The answer as the use case takes it; None when the hidden fields are not ours."""
        revision_id = _id(self.revision.data or "")
        if revision_id is None:
            return None
        return AnswerAgreement(
            agreement_id=agreement_id,
            revision_id=revision_id,
            person_id=person_id,
            answer=answer,
            language=(self.language.data or "en")[:8],
            details=self.details(),
        )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def ask_form(
    revision: AgreementRevision, areas: Sequence[tuple[UUID, dict[str, str]]] = (), *, asks_age: bool = False
) -> AskForm:
    """The form with the fields that this revision asks for. `areas` are offered where it asks for one.

    `asks_age` adds the one question of whether somebody decides alone.
    """
    form = AskForm()
    if not asks_age:
        del form.of_age
    asked = fields_asked(revision)
    for name in ("name", "address", "age_band", "area", "languages", "gender"):
        if name not in asked:
            del form[name]
    if "age_band" in asked:
        form.age_band.choices = [(name, translate(label)) for name, label in AGE_BANDS.items()]
    if "area" in asked:
        form.area.choices = [("", lazy_gettext("Choose an area")), *((str(key), local_text(name)) for key, name in areas)]
    return form


class ObjectForm(Form):
    """Why somebody objects; they need give no reason to be heard."""

    reason = TextField(
        _("What speaks against it in your situation?"),
        description=_("A sentence helps whoever decides about it. You may leave this empty."),
        validators=[AtMost(2000)],
    )
