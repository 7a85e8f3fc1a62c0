"""What staff type about voters: how people vote, codes, a look at one entry, a contested participation."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import ValidationError

from app.features.voting.commands import DecideContest, IssueCodes, OpenContest, PaperSetup, ReturnContest, WriteSetup
from app.features.voting.models import Custody, IncompleteSet, Overvote, SlotMode
from app.web.filters import city_zone
from app.web.forms import AtMost, Filled, Form, LineField, TextField, Unmarked, _

SLOTS = {
    SlotMode.ALL: _("In every pot, one ballot each"),
    SlotMode.ONE: _("In one pot of their choice"),
    SlotMode.OWN: _("In the pots of their own area and of the whole city"),
    SlotMode.OWN_PLUS_ONE: _("In their own area, in one other area, and in the pots of the whole city"),
}
"""Where a voter may vote, in words."""
CUSTODY = {
    Custody.COMMITTEE: _("The committee: several people each get a share of the key, made on a computer without network"),
    Custody.SERVER: _("The server: for small votes and trials"),
}
"""Who keeps the key of the box, in words."""
OVERVOTE = {
    Overvote.INVALID: _("It is invalid"),
    Overvote.BLANK: _("It counts as a blank ballot"),
}
"""What becomes of a ballot on paper with more on it than allowed, in words."""
INCOMPLETE = {
    IncompleteSet.COUNTS: _("The pages that are there count"),
    IncompleteSet.INVALID: _("It is invalid"),
}
"""What becomes of a ballot on paper of which a page is missing, in words."""


class _Said:
    """Refuses a form that does not say it: what is stored or usual is never taken for an answer."""

    field_flags = {"required": True}

    def __call__(self, form: Form, field: RadioField) -> None:
        if not field.raw_data:
            raise ValidationError(gettext("Choose one of these."))


class _IsMoment:
    def __call__(self, form: Form, field: LineField) -> None:
        if field.data and _moment(field.data) is None:
            raise ValidationError(gettext("Write day and time like this: 2027-05-31 18:00."))


def _moment(text: str | None) -> datetime | None:
    for pattern in ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"):
        try:
            found = datetime.strptime((text or "").strip(), pattern)  # noqa: DTZ007  local by meaning
        except ValueError:
            continue
        return found.replace(tzinfo=city_zone(), fold=1).astimezone(UTC) if 1990 <= found.year <= 2200 else None
    return None


class SetupForm(Form):
    """How people vote in a process."""

    slots = RadioField(_("Where may a voter vote?"), [_Said()], choices=[(str(mode), words) for mode, words in SLOTS.items()])
    by_code = BooleanField(_("With the code of a letter"))
    by_card = BooleanField(_("With the number of the residence card and the date of birth"))
    by_account = BooleanField(_("With an account that stands for an entry of the list"))
    custody = RadioField(
        _("Who keeps the key to the ballot box?"),
        [_Said()],
        choices=[(str(who), words) for who, words in CUSTODY.items()],
        description=_(
            "With the committee, nobody opens an envelope alone or before the end; its key must be here before a ballot can be "
            "fixed. With the server, whoever runs it could open envelopes before the vote is over, and voters are told so."
        ),
    )

    on_paper = BooleanField(
        _("People also vote on paper, at stations"),
        description=_("A station hands out ballots. After the vote they are typed one by one and read a second time."),
    )
    overvote = RadioField(
        _("A ballot on paper with more on it than allowed"),
        choices=[(str(one), words) for one, words in OVERVOTE.items()],
        default=str(Overvote.INVALID),
    )
    incomplete_set = RadioField(
        _("A ballot on paper of which a page is missing"),
        choices=[(str(one), words) for one, words in INCOMPLETE.items()],
        default=str(IncompleteSet.COUNTS),
    )
    postal_until = LineField(
        _("Envelopes by post may arrive until"),
        [AtMost(40), _IsMoment()],
        description=_(
            "Day and hour in the time of the city, such as 2027-05-31 18:00. Leave it empty if nobody votes by post."
        ),
    )

    def to_command(self, process_id: UUID) -> WriteSetup:
        """The answers as the use case takes them."""
        ways = (self.by_code.data, self.by_card.data, self.by_account.data)
        paper = None
        if self.on_paper.data:
            paper = PaperSetup(self.overvote.data, self.incomplete_set.data, _moment(self.postal_until.data))
        return WriteSetup(process_id, self.slots.data, *ways, self.custody.data, paper)


class IssueForm(Form):
    """For whom codes are made."""

    file = FileField(
        _("CSV file with the card numbers"),
        [FileRequired(_("Choose a file."))],
        description=_("The same file as for the list of voters, or a part of it. Only the column called “number” is used."),
    )
    renew = BooleanField(
        _("Make new codes for people who have one, too"), description=_("Their old codes are void from then on.")
    )

    def to_command(self, process_id: UUID, numbers: tuple[str, ...]) -> IssueCodes:
        """For these numbers of the file."""
        return IssueCodes(process_id, numbers, self.renew.data)


class UndeliveredForm(Form):
    """Letters that came back."""

    came_back = FileField(
        _("CSV file with the card numbers of letters that came back"),
        [FileRequired(_("Choose a file."))],
        description=_("One column called “number”. These codes are void from then on."),
    )


class LookUpForm(Form):
    """One entry of the list, by the number on the card of the person at the desk."""

    number = LineField(
        _("Number on the residence card"),
        validators=[Filled(_("Write the number on the person's card.")), AtMost(40)],
    )
    area = SelectField(_("Area in which the person lives"), validators=[Unmarked()], validate_choice=False)

    def offer(self, areas: list[tuple[str, str]]) -> None:
        """The areas to choose from."""
        self.area.choices = [("", _("Choose an area")), *areas]

    def area_id(self) -> UUID | None:
        """The chosen area."""
        try:
            return UUID(self.area.data or "")
        except ValueError:
            return None


class ContestForm(Form):
    """Somebody says that another person voted in their name."""

    pot = RadioField(_("In which pot?"), validate_choice=False, validators=[Filled(_("Choose a pot."))])
    number = LineField(
        _("Number on the residence card"),
        description=_("We keep a scrambled form of it only."),
        validators=[Filled(_("Write the number on the person's card.")), AtMost(40)],
    )
    said = TextField(
        _("What the person says"),
        description=_("In a few sentences, without their name."),
        validators=[Filled(_("Write what the person told you, without their name.")), AtMost(2000)],
    )

    def offer(self, pots: list[tuple[str, str]]) -> None:
        """The pots to choose from."""
        self.pot.choices = pots
        if len(pots) == 1 and not self.pot.data:
            self.pot.data = pots[0][0]

    def to_command(self) -> OpenContest | None:
        """The complaint as the use case takes it; None for a pot that is none."""
        try:
            return OpenContest(UUID(self.pot.data), self.number.data, self.said.data)
        except ValueError:
            return None


class DecideForm(Form):
    """What the committee decided about a contested participation."""

    decision = RadioField(
        _("Decision"),
        choices=[("upheld", _("Upheld: another person voted")), ("dismissed", _("Dismissed"))],
        validators=[Filled(_("Choose one of these."))],
    )
    outcome = TextField(_("What the person is told"), validators=[Filled(_("Write what the person is told.")), AtMost(2000)])
    reason = TextField(_("Why"), validators=[Filled(_("Write why it was decided so.")), AtMost(2000)])
    again = BooleanField(
        _("The person may cast one ballot at a voting desk"),
        description=_("Only while people vote. The other ballot stays in the box: nobody can tell which it is."),
    )

    def to_command(self, contest_id: UUID) -> DecideContest:
        """The decision as the use case takes it."""
        again: Any = self.again.data
        return DecideContest(contest_id, self.decision.data == "upheld", self.outcome.data, self.reason.data, again)


class ReturnForm(Form):
    """Why a member does not sign a proposed answer."""

    why = TextField(_("Why you do not sign"), [Filled(_("Write why you do not sign.")), AtMost(2000)])

    def to_command(self, contest_id: UUID) -> ReturnContest:
        """The refusal as the use case takes it."""
        return ReturnContest(contest_id, self.why.data or "")
