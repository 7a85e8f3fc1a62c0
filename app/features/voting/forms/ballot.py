"""What voters and clerks type. The ballot itself is read from the request: its boxes are the pot's projects."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired

from app.features.budgets.queries import Choices, Pot, gives_points, is_ranking
from app.features.voting.ballot.marks import longest_typed, read_typed
from app.features.voting.commands import CastAtDesk, DecidePublication, EnterCode, EnterDraw, Identify, PrepareBox
from app.web.forms import AtMost, Filled, Form, LineField, TextField, Unmarked, _


class IdentifyForm(Form):
    """Who is voting: the number on the residence card, and the date of birth where the process has a roll."""

    number = LineField(
        _("Number on your residence card"),
        description=_(
            "Copy it from the card: all letters and digits. We do not keep the number itself, only a scrambled form of it."
        ),
        validators=[Filled(_("Write the number of your residence card.")), AtMost(40)],
    )
    born = StringField(_("Date of birth"), description=_("Year, month and day, such as 1951-06-30."))

    def to_command(self, process_id: UUID) -> Identify:
        """The proof as the use case takes it."""
        return Identify(process_id, self.number.data, (self.born.data or "").strip()[:20])


class CodeForm(Form):
    """The code of a letter."""

    code = LineField(
        _("Code from your letter"),
        description=_("16 letters and digits, such as 7KXM-2AB9-CDEF-3GHJ. Capital or small, with dashes or without."),
        validators=[Filled(_("Write the code that stands in your letter.")), AtMost(60)],
    )

    def to_command(self) -> EnterCode:
        """The code as the use case takes it."""
        return EnterCode(self.code.data)


class CardForm(Form):
    """Card number and date of birth, for voting without an account."""

    number = LineField(
        _("Number on your residence card"),
        description=_(
            "Copy it from the card: all letters and digits. We do not keep the number itself, only a scrambled form of it."
        ),
        validators=[Filled(_("Write the number of your residence card.")), AtMost(40)],
    )
    born = LineField(
        _("Date of birth"),
        description=_("Year, month and day, such as 1951-06-30."),
        validators=[Filled(_("Write your date of birth.")), AtMost(20)],
    )

    def to_command(self, process_id: UUID) -> Identify:
        """The proof as the use case takes it."""
        return Identify(process_id, self.number.data, self.born.data)


class DeskForm(Form):
    """A ballot that a clerk enters for the person at the counter, by keyboard alone."""

    number = LineField(
        _("Number on the residence card"),
        validators=[Filled(_("Write the number on the person's card.")), AtMost(40)],
    )
    born = StringField(_("Date of birth"), description=_("Year, month and day, such as 1951-06-30."))
    choices = LineField(
        _("Numbers of the chosen projects"),
        description=_("With a space between them, such as 3 7 12. Leave it empty for a blank ballot."),
    )

    def explain(self, pot: Pot) -> None:
        """Say how a ballot of this pot is typed, and let in as much as its longest one needs."""
        longest = AtMost(longest_typed(pot))
        self.choices.validators, self.choices.flags.maxlength = [longest], longest.most
        if gives_points(pot):
            self.choices.label.text = _("Numbers of the chosen projects, with their points")
            self.choices.description = _("Such as 3:5 7:2, which is 5 points for project 3. Leave it empty for a blank ballot.")
        elif is_ranking(pot):
            self.choices.label.text = _("Numbers of the chosen projects, in the person's order")
            self.choices.description = _("The one in place 1 first, such as 7 3 12. Leave it empty for a blank ballot.")
        elif pot.vote_type == "choose-1":
            self.choices.label.text = _("Number of the chosen project")
            self.choices.description = _("Leave it empty for a blank ballot.")

    def chosen(self, pot: Pot) -> Choices:
        """The ballot as typed. Raises Refused for points that are none."""
        return read_typed(pot, self.choices.data or "")

    def to_command(self, pot: Pot, choices: Choices, envelope: UUID) -> CastAtDesk:
        """The ballot as the use case takes it."""
        return CastAtDesk(pot.id, self.number.data, choices, self.birth(), envelope)

    def birth(self) -> str:
        """The date of birth as typed; empty without one."""
        return (self.born.data or "").strip()[:20]


def envelope_id(sent: Mapping[str, str]) -> UUID:
    """The id that the review page made, so that the same page sent twice is one envelope; a new one where it is missing."""
    try:
        return UUID(sent.get("envelope", ""), version=4)
    except ValueError:
        return uuid4()


class RollForm(Form):
    """A list of voters."""

    file = FileField(
        _("CSV file with the voters"),
        [FileRequired(_("Choose a file."))],
        description=_(
            "The first line names the columns: number, and if you have them born, postcode, area, age and sex. Every line "
            "below is one voter. Area is the code or the name of an area of this process; age is a bracket such as 18-24; "
            "sex is f, m or x. Age and sex serve for turnout only. We do not keep the file or the postcode."
        ),
    )


class PrepareForm(Form):
    """The public part of a key that was made offline, and the proof that its shares open an envelope."""

    key = FileField(_("The file key.json"), [FileRequired(_("Choose a file."))])
    rehearsal = FileField(_("The note of the rehearsal, rehearsal.json"), [FileRequired(_("Choose a file."))])

    def to_command(self, process_id: UUID) -> PrepareBox:
        """The files as texts; what is too long to be one of them is cut and then refused."""
        return PrepareBox(process_id, _text(self.key), _text(self.rehearsal))


class OpenedForm(Form):
    """What came out of the box."""

    file = FileField(
        _("The file opened.jsonl"),
        [FileRequired(_("Choose a file."))],
        description=_("It holds the ballots without names, and the signed statement of whoever opened the box."),
    )


class PublicationForm(Form):
    """What of the opened ballots is published, and why."""

    published = RadioField(
        _("What is published?"),
        choices=[("rows", _("Each ballot, without a name")), ("totals", _("Totals only"))],
        validators=[DataRequired(_("Choose what is published."))],
    )
    reason = TextField(
        _("Why?"),
        [Filled(_("Write why. The reason is published.")), AtMost(2000)],
        description=_("Everybody can read the reason beside the result."),
    )

    def to_command(self, pot_id: UUID) -> DecidePublication:
        """The decision as the use case takes it."""
        return DecidePublication(pot_id, self.published.data or "", self.reason.data or "")


def _text(field: FileField) -> str:
    with field.data.stream as stream:
        return str(stream.read(100_000).decode("utf-8", errors="replace"))


class DrawForm(Form):
    """What came out of a public draw: `place_0_1` is the place of the second project of the first tie."""

    note = TextField(
        _("Where and when it was drawn, and who was there"),
        validators=[Filled(_("Say where and when it was drawn, and who was there.")), AtMost(1000)],
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Every project of a tie has a place of its own."""
        good = super().validate(*args, **kwargs)
        for fields in self.ties():
            if sorted(self._place(field) for field in fields) != list(range(1, len(fields) + 1)):
                words = gettext("Every project of a tie has a place of its own: 1, 2, 3 and so on.")
                fields[0].errors = [*fields[0].errors, words]
                good = False
        return good

    def ties(self) -> list[list[Any]]:
        """The fields of each tie."""
        found: dict[str, list[Any]] = {}
        for field in self:
            if field.name.startswith("place_"):
                found.setdefault(field.name.split("_")[1], []).append(field)
        return list(found.values())

    def _place(self, field: Any) -> int:
        text = (field.data or "").strip()
        return int(text) if text.isdecimal() and len(text) < 6 else 0

    def to_command(self, pot_id: UUID, groups: Sequence[Sequence[str]]) -> EnterDraw:
        """The draw as the use case takes it."""
        orders = []
        for fields, numbers in zip(self.ties(), groups, strict=True):
            pairs = sorted(zip(map(self._place, fields), numbers, strict=True))
            orders.append(tuple(number for _place, number in pairs))
        return EnterDraw(pot_id, tuple(orders), self.note.data)


def draw_form(groups: Sequence[Sequence[str]], titles: Mapping[str, str]) -> DrawForm:
    """The form for these ties."""

    class WithPlaces(DrawForm):
        pass

    for tie, numbers in enumerate(groups):
        for place, number in enumerate(numbers):
            setattr(WithPlaces, f"place_{tie}_{place}", LineField(titles.get(number, number), validators=[Unmarked()]))
    return WithPlaces()
