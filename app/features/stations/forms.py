"""What people at stations type."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from flask import request
from flask_babel import gettext
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import ValidationError

from app.features.stations.commands import (
    HIGHEST_STUB,
    AssignClerk,
    AtDesk,
    DrawSample,
    Exchange,
    IssueBallot,
    OpenBatch,
    SignNumbers,
    TakeBack,
    TakeInEnvelope,
    TakeScans,
    TypeBallot,
)
from app.features.stations.marks import LONGEST
from app.features.stations.models import EnvelopeKind
from app.features.stations.stubs import MOST, StubList
from app.web.filters import city_zone
from app.web.forms import AtMost, Filled, Form, LineField, TextField, _

STUB = _("Number on the stub, or of your list")
LONGEST_STUB = 7


class _Number:
    """A whole number, of at most so many digits, in digits of any script."""

    def __call__(self, form: Form, field: LineField) -> None:
        if field.data and not (field.data.isdecimal() and len(field.data) <= LONGEST_STUB):
            raise ValidationError(gettext("Write a number in digits."))


class _Day:
    def __call__(self, form: Form, field: LineField) -> None:
        if field.data and day(field.data) is None:
            raise ValidationError(gettext("Write the day like this: 2027-05-31."))


class _Moment:
    def __call__(self, form: Form, field: LineField) -> None:
        if field.data and moment(field.data) is None:
            raise ValidationError(gettext("Write day and time like this: 2027-05-31 18:00."))


def day(text: str | None) -> date | None:
    """A day as it is typed, `2027-05-31` or `31.5.2027`; None for anything else."""
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            found = datetime.strptime((text or "").strip(), pattern).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
        return found if 1990 <= found.year <= 2200 else None
    return None


def moment(text: str | None) -> datetime | None:
    """A moment in the time of the city; None for anything else."""
    for pattern in ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"):
        try:
            found = datetime.strptime((text or "").strip(), pattern)  # noqa: DTZ007  local by meaning
        except ValueError:
            continue
        return found.replace(tzinfo=city_zone(), fold=1).astimezone(UTC) if 1990 <= found.year <= 2200 else None
    return None


def page_id(name: str = "page") -> UUID:
    """The id that the page made for what it sends; a new one where it sent none."""
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        return uuid4()


class ClerkForm(Form):
    """Who works at a station, and on which day."""

    person = SelectField(_("Clerk"), [Filled(_("Choose a clerk of this process."))])
    day = LineField(
        _("Day"),
        [Filled(_("Write the day like this: 2027-05-31.")), AtMost(10), _Day()],
        description=_("Such as 2027-05-31 or 31.5.2027."),
    )

    def to_command(self, station_id: UUID) -> AssignClerk:
        """As the use case takes it."""
        return AssignClerk(station_id, UUID(self.person.data), day(self.day.data) or date.min)


class VoterForm(Form):
    """Whoever stands at the desk."""

    number = LineField(_("Card number"), [Filled(_("Write the number that stands on the card.")), AtMost(60)])
    born = LineField(_("Date of birth"), [AtMost(20)], description=_("Where the list has it. Such as 1951-06-30 or 30.6.1951."))

    def voter(self, station_id: UUID, pot_id: UUID) -> AtDesk:
        """As the use cases take it."""
        return AtDesk(station_id, pot_id, self.number.data or "", self.born.data or "", zone=city_zone().key)


class IssueForm(VoterForm):
    """A ballot is handed out."""

    stub = LineField(STUB, [_Number()], description=_("It stays at the desk. Never write it on the ballot."))

    def to_command(self, station_id: UUID, pot_id: UUID) -> IssueBallot:
        """As the use case takes it."""
        return IssueBallot(self.voter(station_id, pot_id), page_id(), int(self.stub.data or 0))


class ChangeForm(VoterForm):
    """A ballot comes back, or was spoilt."""

    stub = LineField(STUB, [Filled(_("Write the number of the stub, or of your list.")), _Number()])
    new_stub = LineField(
        _("New number, from the stub or your list"),
        [_Number()],
        description=_("Only when a spoilt ballot is exchanged for another one."),
    )

    def take_back(self, station_id: UUID, pot_id: UUID) -> TakeBack:
        """It was handed back."""
        return TakeBack(self.voter(station_id, pot_id), int(self.stub.data or 0))

    def exchange(self, station_id: UUID, pot_id: UUID) -> Exchange:
        """It was spoilt, and another one is handed out."""
        voter = self.voter(station_id, pot_id)
        return Exchange(voter, page_id(), int(self.stub.data or 0), int(self.new_stub.data or 0))


class StubsForm(Form):
    """A list of numbers to print for a desk. It changes nothing, so it is sent as an address."""

    class Meta(Form.Meta):
        """An address holds no secret of a form."""

        csrf = False

    first = LineField(_("First number"), [Filled(_("Write a number in digits.")), _Number()])
    number = LineField(_("How many numbers"), [Filled(_("Write a number in digits.")), _Number()])
    paper = SelectField(_("Paper"), choices=[("a4", _("A4")), ("letter", _("US letter"))])
    large = BooleanField(_("In large print"))

    def validate_first(self, field: LineField) -> None:
        """Numbers begin with 1 and end where a desk can still type them."""
        if not field.errors and not 1 <= int(field.data or 0) <= HIGHEST_STUB - MOST:
            raise ValidationError(gettext("Begin with 1, or with the number after your last list."))

    def validate_number(self, field: LineField) -> None:
        """One list is one file that somebody waits for."""
        if not field.errors and not 1 <= int(field.data or 0) <= MOST:
            raise ValidationError(gettext("Print 1 to %(most)s numbers at once.", most=MOST))

    def to_list(self) -> StubList:
        """As it is set."""
        large = bool(self.large.data)
        return StubList(int(self.first.data or 1), int(self.number.data or 1), self.paper.data, large)


class BatchForm(Form):
    """A batch of ballots."""

    declared = LineField(
        _("How many ballots lie in this batch?"),
        [Filled(_("Count the batch and write the number.")), _Number()],
        description=_("Count it by hand before anything is typed."),
    )

    def to_command(self, station_id: UUID, pot_id: UUID) -> OpenBatch:
        """As the use case takes it."""
        return OpenBatch(station_id, pot_id, int(self.declared.data or 0), page_id())


class MarksForm(Form):
    """What stands on a ballot."""

    marks = LineField(
        _("Numbers that are marked"),
        [Filled(_("Type the numbers that are marked, or 0 for a blank ballot.")), AtMost(LONGEST)],
    )
    at = HiddenField()

    def to_command(self, batch_id: UUID) -> TypeBallot:
        """As the use cases take it."""
        at = self.at.data or ""
        return TypeBallot(
            batch_id, int(at) if at.isascii() and at.isdecimal() and len(at) <= LONGEST_STUB else 0, self.marks.data or ""
        )


class ScansForm(Form):
    """Which upload is taken into a batch, and how many ballots the page showed."""

    upload = HiddenField()
    seen = HiddenField()

    def to_command(self, batch_id: UUID) -> TakeScans:
        """As the use case takes it. What is no upload is one that has changed since."""
        seen = self.seen.data or ""
        number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) <= LONGEST_STUB else 0
        try:
            upload = UUID(self.upload.data or "")
        except ValueError:
            upload = UUID(int=0)
        return TakeScans(batch_id, upload, number)


class ReasonForm(Form):
    """Why something is so that should not be."""

    reason = TextField(_("Reason"), [Filled(_("Write down why.")), AtMost(2000)])


class FinishForm(Form):
    """A batch is done. A reason is asked for only where it has not as many ballots as were declared."""

    reason = TextField(_("Reason"), [AtMost(2000)])


class SeedForm(Form):
    """What came out of a public draw."""

    seed = LineField(
        _("Seed"),
        [Filled(_("Write the seed: what came out of the public draw, such as the numbers of dice.")), AtMost(200)],
        description=_("Throw dice before everybody, now that all ballots are typed, and write the numbers."),
    )

    def to_command(self, pot_id: UUID) -> DrawSample:
        """As the use case takes it."""
        return DrawSample(pot_id, self.seed.data or "")


class SignForm(Form):
    """Two people sign the numbers of a station. A reason is asked for only where they do not balance."""

    reason = TextField(_("Reason"), [AtMost(2000)])
    seen = HiddenField()

    def to_command(self, station_id: UUID, pot_id: UUID) -> SignNumbers:
        """As the use case takes it."""
        try:
            seen = int(self.seen.data or "")
        except ValueError:
            seen = -(10**LONGEST_STUB)  # no difference that there can be: the use case asks to look again
        return SignNumbers(station_id, pot_id, seen, self.reason.data or "")


class EnvelopeForm(VoterForm):
    """An outer envelope arrives."""

    place = SelectField(_("Into the box of"), [Filled(_("Choose one of these."))])
    pot = SelectField(_("Pot"), [Filled(_("Choose one of these."))])
    kind = RadioField(
        _("How did it come?"),
        [Filled(_("Choose one of these."))],
        choices=[
            (str(EnvelopeKind.PROVISIONAL), _("Given at the station, which had no line")),
            (str(EnvelopeKind.POSTAL), _("By post")),
        ],
    )
    given = LineField(
        _("Day on which the station took it in"),
        [AtMost(10), _Day()],
        description=_(
            "Only for an envelope from a station, such as 2027-05-31. You must be on its list of clerks for that day."
        ),
    )
    unlisted = BooleanField(
        _("Not on the list of voters"),
        description=_(
            "Tick it when number and date of birth are right and not on the list. It is decided later, like all others."
        ),
    )
    arrived = LineField(
        _("When it arrived by post"), [AtMost(40), _Moment()], description=_("Such as 2027-05-31 18:00. Empty: now.")
    )

    def to_command(self) -> TakeInEnvelope:
        """As the use case takes it."""
        voter = self.voter(UUID(self.place.data), UUID(self.pot.data))
        given = day(self.given.data)
        return TakeInEnvelope(voter, page_id(), self.kind.data, moment(self.arrived.data), given, bool(self.unlisted.data))
