"""What a clerk types for somebody else, by keyboard alone."""

import uuid
from typing import Any

from flask_babel import gettext
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import DataRequired, ValidationError

from app.features.maps.queries import StreetMatch, StreetTable, parse_coordinates
from app.features.proposals.use_cases import AtPoint, Contact, InArea, TakeInProposal, Where, WholeCity
from app.kernel.permissions import Channel
from app.web.forms import AtMost, EmailAddress, Filled, Form, LineField, PhoneNumber, TextField, _

COUNTS_FOR = {"street": ("street", "area"), "coordinates": ("coordinates",), "area": ("area",)}
"""For which ways to say where it is each field counts. A street that is not known is kept as words about an area."""


def where_field(whole: Any) -> RadioField:
    """The ways to say where it is; `whole` is what the last one is called."""
    return RadioField(
        _("Where is it?"),
        choices=[
            ("street", _("A street")),
            ("coordinates", _("Coordinates")),
            ("area", _("An area")),
            ("city", whole),
        ],
        default="street",
        validators=[DataRequired(_("Say where it is."))],
    )


class TakeInForm(Form):
    """One visit or call. Field names are those of the command, so that refusals find their field.

    What came on paper is read by two people, so it is no choice here: a single sheet is a batch of one.
    """

    sheet = HiddenField()
    channel = RadioField(
        _("How did it come?"),
        choices=[
            (Channel.PHONE.value, _("By telephone")),
            (Channel.DESK.value, _("At the counter")),
        ],
        validators=[DataRequired(_("Say how it came."))],
    )
    title = LineField(_("Title"), validators=[Filled(_("Write a title.")), AtMost(120)])
    text = TextField(
        _("Proposal"),
        description=_("In the person's own words."),
        validators=[Filled(_("Write down the proposal.")), AtMost(5000)],
    )
    language = SelectField(_("Language of the proposal"))
    category_id = SelectField(_("Category"), default="")
    where = where_field(_("The whole city"))
    street = LineField(_("Street and number"), validators=[AtMost(160)])
    street_choice = RadioField(_("Which one is meant?"), validate_choice=False)
    coordinates = LineField(_("Latitude and longitude"), validators=[AtMost(80)])
    area = SelectField(_("Area"), default="")
    author_name = LineField(
        _("Name"),
        description=_("Only if the person wants to be named. It is shown with the proposal."),
        validators=[AtMost(80)],
    )
    email = LineField(_("E-mail"), validators=[AtMost(254), EmailAddress()])
    phone = LineField(_("Telephone"), validators=[AtMost(40), PhoneNumber()])
    postal = TextField(
        _("Postal address"),
        description=_("Without an e-mail address, news of the proposal goes there on paper."),
        validators=[AtMost(300)],
    )
    large_print = BooleanField(_("Letters in large print"))
    read_back = BooleanField(_("I have read it back to the person, or compared it with the sheet."))

    matches: list[StreetMatch]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet_id = self._sheet_id()
        self.matches = []
        self.street_choice.choices = []
        for name in ("street_choice", "area", "language", "category_id"):  # an answer is needed wherever these are shown
            self._fields[name].flags.without_optional_mark = True

    def _sheet_id(self) -> uuid.UUID:
        """What tells this sheet from every other: chosen when the form is opened, sent along, so that a double click is one."""
        try:
            sheet_id = uuid.UUID(self.sheet.data or "")
        except ValueError:
            sheet_id = uuid.uuid4()
        self.sheet.data = str(sheet_id)
        return sheet_id

    def begin_anew(self) -> None:
        """What was typed is another sheet than the one that was taken in under this form."""
        self.sheet.data = None
        self.sheet_id = self._sheet_id()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What was typed for a way that was not chosen is not shown, so it cannot be wrong either."""
        super().validate(*args, **kwargs)
        for name, ways in COUNTS_FOR.items():
            if self.where.data not in ways:
                self._fields[name].errors = ()
        return not any(field.errors for field in self)

    def validate_read_back(self, field: BooleanField) -> None:
        """Somebody else's words deserve a second look."""
        if not field.data:
            raise ValidationError(gettext("Compare what you typed with what was said or written, then tick this."))

    def wanted_place(self, streets: StreetTable, bounds: tuple[float, float, float, float]) -> Where | None:
        """The place that was said, or None with the reason beside its field."""
        if self.where.errors:
            return None
        if self.where.data == "city":
            return WholeCity()
        if self.where.data == "area":
            if self.area.data:
                return InArea(uuid.UUID(self.area.data), self.street.data or "")
            return self._wrong("area", gettext("Choose an area."))
        if self.where.data == "coordinates":
            found = parse_coordinates(self.coordinates.data or "", bounds)
            if found is None:
                return self._wrong("coordinates", gettext("Write two numbers, latitude first, such as 60.1699, 24.9384."))
            return AtPoint(found.lon, found.lat)
        return self._street(streets)

    def _street(self, streets: StreetTable) -> Where | None:
        text = self.street.data or ""
        if not text:
            return self._wrong("street", gettext("Write the name of the street."))
        found = streets.match(text)
        chosen = next((one for one in found if one.label == self.street_choice.data), None)
        if chosen is None and len(found) == 1 and found[0].quality == "exact":
            chosen = found[0]
        if chosen is not None:
            return AtPoint(chosen.lon, chosen.lat, chosen.label)
        if found:
            self.matches = list(found)
            self.street_choice.choices = [(one.label, one.label) for one in found]
            if len(found) == 1:
                return self._wrong("street_choice", gettext("Is this street meant? Choose it, or write another one."))
            return self._wrong("street_choice", gettext("Several streets could be meant. Choose one."))
        self.where.data = "area"
        return self._wrong(
            "area", gettext("We do not know “%(street)s”. Choose the area it is in; we keep what you wrote.", street=text)
        )

    def _wrong(self, name: str, message: str) -> Where | None:
        """There is no place: say why beside the field."""
        field = self._fields[name]
        field.errors = [*field.errors, message]
        return None

    def to_command(self, process_id: uuid.UUID, where: Where) -> TakeInProposal:
        """The proposal as the use case takes it."""
        contact = None
        if self.email.data or self.phone.data or self.postal.data:
            contact = Contact(
                email=self.email.data or "",
                phone=self.phone.data or "",
                postal=self.postal.data or "",
                large_print=bool(self.large_print.data),
                locale=self.language.data,
            )
        return TakeInProposal(
            process_id=process_id,
            title=self.title.data,
            text=self.text.data,
            where=where,
            channel=Channel(self.channel.data),
            category_id=uuid.UUID(self.category_id.data) if self.category_id.data else None,
            author_name=self.author_name.data or "",
            contact=contact,
            language=self.language.data,
            form_id=self.sheet_id,
        )
