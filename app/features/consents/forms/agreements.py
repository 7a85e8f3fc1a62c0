"""What stewards type: an agreement in the languages of the installation, a recipient, a review, a day."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.features.consents.commands import WriteAgreement, WriteRecipient
from app.features.consents.queries import Disclosure, LegalBasis, RecipientKind
from app.features.consents.vocabulary import BASES, CATEGORIES, PURPOSES, RECIPIENT_KINDS, STORAGE, Term
from app.kernel.texts import Texts
from app.web.filters import city_zone, translate
from app.web.forms import AtMost, Between, Filled, Form, LineField, TextField, Unmarked, _, city_languages

DISCLOSURES = {
    Disclosure.RECIPIENT: _("To the recipient alone"),
    Disclosure.TOTALS: _("To everybody, as totals that show no single person"),
    Disclosure.OPEN_ROWS: _("To everybody, row by row (never with consent)"),
}


def _labels(terms: Mapping[str, Term]) -> list[tuple[str, str]]:
    return [(str(name), translate(term.label)) for name, term in terms.items()]


class WithTexts(Form):
    """A form with fields such as `purpose_en` for texts in each language."""

    def texts(self, name: str) -> Texts:
        """What was typed for one text, by language, without the empty ones."""
        return {code: text for code in city_languages() if (text := self._fields[f"{name}_{code}"].data)}


class AgreementForm(WithTexts):
    """One purpose for one recipient: what, why, on which basis, for how long, and the text that people are shown."""

    purpose_term = SelectField(_("What is it for?"), validators=[Unmarked()])
    recipient = SelectField(_("Who gets the data?"), validators=[InputRequired(_("Choose who gets the data."))])
    legal_basis = SelectField(
        _("On which legal basis?"),
        description=_("Taking part rests on the public task. Consent is for what goes beyond it: people may say no."),
        validators=[Unmarked()],
    )
    place = SelectField(_("Where are people asked?"), validators=[Unmarked()])
    categories = SelectMultipleField(
        _("Which data?"),
        description=_("Only what is needed for the purpose. People are asked for exactly this."),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[Unmarked()],
    )
    months = IntegerField(
        _("A yes runs out after so many months"),
        default=12,
        validators=[
            InputRequired(_("Write a number of months.")),
            Between(1, 36, _("Choose between 1 and 36 months.")),
        ],
    )
    retention_days = IntegerField(
        _("Days for which the recipient keeps the data"),
        description=_("Leave it empty when words say it better."),
        validators=[Optional(), Between(1, 36500, _("Choose between 1 and 36500 days."))],
    )
    storage = SelectField(_("Where is the data kept?"), validators=[Unmarked()])
    disclosure = RadioField(_("Where does the data go?"), default=Disclosure.RECIPIENT.value, validators=[Unmarked()])
    material = RadioField(
        _("What has changed?"),
        choices=[
            ("yes", _("The substance: everybody is asked again")),
            ("no", _("Only words: earlier answers stay valid")),
        ],
        default="yes",
        validators=[Unmarked()],
    )

    def to_command(self, agreement_id: UUID | None) -> WriteAgreement:
        """The draft as the use case takes it."""
        return WriteAgreement(
            agreement_id=agreement_id,
            process_id=UUID(self.place.data) if self.place.data else None,
            recipient_id=UUID(self.recipient.data),
            purpose_term=self.purpose_term.data,
            legal_basis=LegalBasis(self.legal_basis.data),
            categories=tuple(self.categories.data or ()),
            months=self.months.data,
            retention_days=self.retention_days.data,
            storage=self.storage.data,
            disclosure=Disclosure(self.disclosure.data),
            material=self.material.data != "no",
            purpose=self.texts("purpose"),
            notice=self.texts("notice"),
            retention=self.texts("retention"),
            storage_note=self.texts("storage_note"),
            impact_note=self._fields["impact_note"].data or "",
        )


def agreement_form(
    recipients: list[tuple[str, str]], processes: list[tuple[str, str]], data: Mapping[str, object]
) -> AgreementForm:
    """The form with a field for each text in each language of the installation."""

    class WithLanguages(AgreementForm):
        impact_note = TextField(
            _("Data-protection impact note"),
            description=_(
                "What could go wrong for people, how likely it is, and what is done against it. Everybody can read it."
            ),
            validators=[AtMost(8000)],
        )

    for code in city_languages():
        fields = {
            "purpose": LineField(_("In one sentence: what for?"), validators=[AtMost(200), Unmarked()]),
            "notice": TextField(_("The text that people are shown"), validators=[AtMost(2000), Unmarked()]),
            "retention": LineField(_("How long the data is kept, in words"), validators=[AtMost(200)]),
            "storage_note": LineField(_("More about where the data is kept"), validators=[AtMost(200)]),
        }
        for name, field in fields.items():
            setattr(WithLanguages, f"{name}_{code}", field)
    form = WithLanguages(data=dict(data))
    form.purpose_term.choices = _labels(PURPOSES)
    form.legal_basis.choices = _labels(BASES)
    form.categories.choices = _labels(CATEGORIES)
    form.storage.choices = _labels(STORAGE)
    form.disclosure.choices = [(kind.value, label) for kind, label in DISCLOSURES.items()]
    form.recipient.choices = [("", _("Choose a recipient")), *recipients]
    form.place.choices = processes
    return form


class RecipientForm(WithTexts):
    """Somebody who gets data."""

    kind = RadioField(_("What are they to the city?"), default=RecipientKind.CONTROLLER.value, validators=[Unmarked()])
    organisation = LineField(_("Organisation"), description=_("Where it is not the city itself."), validators=[AtMost(200)])
    contact = LineField(
        _("How people reach them"), description=_("An e-mail address, a telephone number or both."), validators=[AtMost(254)]
    )
    url = LineField(_("Web page"), validators=[AtMost(500)])
    country = LineField(_("Country"), description=_("Two letters, such as FI."), validators=[AtMost(2)])

    def to_command(self, recipient_id: UUID | None) -> WriteRecipient:
        """The recipient as the use case takes them."""
        return WriteRecipient(
            recipient_id=recipient_id,
            name=self.texts("name"),
            kind=RecipientKind(self.kind.data),
            organisation=self.organisation.data or "",
            contact=self.contact.data or "",
            url=self.url.data or "",
            country=self.country.data or "",
        )


def recipient_form(data: Mapping[str, object]) -> RecipientForm:
    """The form with a name in each language of the installation."""

    class WithLanguages(RecipientForm):
        pass

    for code in city_languages():
        setattr(WithLanguages, f"name_{code}", LineField(_("Name"), validators=[AtMost(200), Unmarked()]))
    form = WithLanguages(data=dict(data))
    form.kind.choices = _labels(RECIPIENT_KINDS)
    return form


class ReviewForm(Form):
    """A second person's yes or no, with a reason."""

    reason = TextField(
        _("What did you look at, or what has to change?"), validators=[Filled(_("Write a sentence.")), AtMost(2000)]
    )


class InForceForm(Form):
    """The last day on which earlier answers count."""

    last_day = DateField(
        _("Last day on which earlier answers count"),
        description=_("Leave it empty: they then end at once, and what was given on their ground is deleted."),
        validators=[Optional()],
    )

    def earlier_end_at(self) -> datetime | None:
        """The first moment after that day, in the city's zone."""
        if self.last_day.data is None:
            return None
        return datetime.combine(self.last_day.data + timedelta(days=1), time(), city_zone())
