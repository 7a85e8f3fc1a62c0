"""What members of the committee, and those who object, type."""

from datetime import UTC, datetime
from uuid import UUID

from flask_babel import gettext
from wtforms import RadioField, SelectField
from wtforms.validators import ValidationError

from app.features.committee.commands import Decline, EnterTotals, Explain, Object, Propose, SetRetention
from app.features.committee.models import DecisionKind, ObjectionOutcome
from app.features.committee.queries import Objection
from app.features.committee.rules import MOST_CONTACT, MOST_NAME, NUMBERS, POINTS
from app.web.filters import city_zone
from app.web.forms import AtMost, Filled, Form, LineField, TextField, Unmarked, _, city_languages

MOMENTS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")
LONGEST_NUMBER = 9


class ProposeForm(Form):
    """A reason in the languages of the city, and what this kind of decision needs besides."""

    def reason(self) -> dict[str, str]:
        """The reason by language, without the empty ones."""
        return {code: text for code in city_languages() if (text := self[f"reason_{code}"].data)}

    def to_command(self, process_id: UUID, kind: DecisionKind, pot_id: UUID | None) -> Propose:
        """The proposal as the use case takes it."""
        objection = self.objection.data if "objection" in self else ""
        outcome = self.outcome.data if "outcome" in self else ""
        return Propose(
            process_id=process_id,
            kind=kind,
            reason=self.reason(),
            pot_id=pot_id,
            until=_moment(self.until.data) if "until" in self else None,
            objection_id=UUID(objection) if objection else None,
            outcome=ObjectionOutcome(outcome) if outcome else None,
            station_id=UUID(self.station.data) if "station" in self and self.station.data else None,
            draw=int(self.draw.data) if "draw" in self and self.draw.data else None,
            project=self.project.data if "project" in self else None,
        )


def propose_form(kind: DecisionKind, objections: list[Objection], offered: list[tuple[str, str]]) -> ProposeForm:
    """The form for a kind of decision. `offered`: the stations, draws or projects to choose from, as (value, label)."""

    class ForThisKind(ProposeForm):
        def refuse(self, refusal: object) -> None:
            """A missing reason is shown at its first language."""
            if getattr(refusal, "field", None) == "reason":
                refusal.field = f"reason_{city_languages()[0]}"  # type: ignore[attr-defined]
            super().refuse(refusal)  # type: ignore[arg-type]

    if kind is DecisionKind.EXTENSION:
        validators = [Filled(_("Write until when people can vote.")), AtMost(40), _IsMoment()]
        hint = _("Day and hour in the time of the city, such as 2027-05-31 18:00.")
        ForThisKind.until = LineField(_("People can vote until"), validators, description=hint)
    if kind is DecisionKind.OBJECTION:
        choices = [(str(one.id), gettext("Objection number %(number)s.", number=one.number)) for one in objections]
        ForThisKind.objection = SelectField(_("Which objection"), choices=choices)
        answers = [("upheld", _("Upheld: it is right")), ("dismissed", _("Dismissed: it is not right"))]
        ForThisKind.outcome = RadioField(_("What is decided"), [Filled(_("Choose one of these."))], choices=answers)
    if kind is DecisionKind.TOTALS_AGAIN:
        ForThisKind.station = RadioField(_("Which station"), [Filled(_("Choose one of these."))], choices=offered)
    if kind is DecisionKind.DRAW_AGAIN:
        ForThisKind.draw = RadioField(
            _("Which draw, the first one first"), [Filled(_("Choose one of these."))], choices=offered
        )
    if kind is DecisionKind.WITHDRAWAL:
        choices = [("", ""), *offered]
        ForThisKind.project = SelectField(_("Which project"), [Filled(_("Choose one of these."))], choices=choices)
    for code in city_languages():
        hint = _("Everybody can read it. Needed in at least one language.")
        setattr(ForThisKind, f"reason_{code}", TextField(_("Reason"), [AtMost(2000), Unmarked()], description=hint))
    return ForThisKind()


class _IsMoment:
    def __call__(self, form: Form, field: LineField) -> None:
        if field.data and _moment(field.data) is None:
            raise ValidationError(gettext("Write day and time like this: 2027-05-31 18:00."))


def _moment(text: str | None) -> datetime | None:
    for pattern in MOMENTS:
        try:
            found = datetime.strptime((text or "").strip(), pattern)  # noqa: DTZ007  local by meaning
        except ValueError:
            continue
        return found.replace(tzinfo=city_zone(), fold=1).astimezone(UTC) if 1990 <= found.year <= 2200 else None
    return None


class DeclineForm(Form):
    """Why somebody does not sign."""

    answer = TextField(_("Why you do not sign"), [Filled(_("Write why you do not sign.")), AtMost(2000)])

    def to_command(self, decision_id: UUID) -> Decline:
        """The answer as the use case takes it."""
        return Decline(decision_id, self.answer.data or "")


class ObjectForm(Form):
    """An objection in somebody's own words."""

    words = TextField(
        _("What do you object to, and why?"),
        [Filled(_("Write what you object to, and why.")), AtMost(5000)],
        description=_("Only the committee and auditors read this. That there is an objection, and the answer, is public."),
    )

    def to_command(self, process_id: UUID) -> Object:
        """The objection as the use case takes it."""
        return Object(process_id, self.words.data or "")


class ObjectWithoutAccountForm(ObjectForm):
    """The same of somebody without an account: who they are, and how the committee reaches them."""

    name = LineField(
        _("Your name"),
        [Filled(_("Write your name.")), AtMost(MOST_NAME)],
        description=_("Only the committee and auditors read this. It is deleted 30 days after the decision."),
    )
    contact = LineField(
        _("How can the committee reach you?"),
        [Filled(_("Write how the committee can reach you.")), AtMost(MOST_CONTACT)],
        description=_("A mail address, a phone number or a postal address. It is deleted 30 days after the decision."),
    )

    def to_command(self, process_id: UUID) -> Object:
        """The objection as the use case takes it."""
        return Object(process_id, self.words.data or "", self.name.data or "", self.contact.data or "")


class RecordObjectionForm(Form):
    """An objection that somebody brings on paper or says at a desk."""

    name = LineField(_("Name of the person who objects"), [Filled(_("Write the name of the person.")), AtMost(MOST_NAME)])
    contact = LineField(
        _("How the committee can reach the person"),
        [Unmarked(), AtMost(MOST_CONTACT)],
        description=_("A mail address, a phone number or a postal address. It is deleted 30 days after the decision."),
    )
    words = TextField(
        _("The objection in the person's own words"),
        [Filled(_("Write what the person objects to, and why.")), AtMost(5000)],
        description=_("Copy what stands on the paper. Change nothing, and read it out to the person."),
    )

    def to_command(self, process_id: UUID) -> Object:
        """The objection as the use case takes it."""
        return Object(process_id, self.words.data or "", self.name.data or "", self.contact.data or "")


class StationForm(Form):
    """A place where people vote on paper."""

    name = LineField(_("Name of the station"), [Filled(_("Write the name of the station.")), AtMost(80)])


class ExplainForm(Form):
    """Why two numbers differ."""

    reason = TextField(
        _("Why the numbers differ"), [Filled(_("Write down the reason. It becomes part of the protocol.")), AtMost(2000)]
    )

    def to_command(self, pot_id: UUID, station_id: UUID | None) -> Explain:
        """The reason as the use case takes it."""
        return Explain(pot_id, self.reason.data or "", station_id)


class _IsNumber:
    field_flags = {"required": True}

    def __call__(self, form: Form, field: LineField) -> None:
        _require_number(field)


class RetentionForm(Form):
    """How many days people can object, and how long voters' data is kept afterwards."""

    objection_days = LineField(_("Days for objections after the certificate"), [_IsNumber()])
    keep_days = LineField(_("Days between the end of the keys and the end of the list of voters"), [_IsNumber()])

    def to_command(self, process_id: UUID) -> SetRetention:
        """The days as the use case takes them."""
        return SetRetention(process_id, number(self.objection_days.data) or 0, number(self.keep_days.data) or 0)


class TotalsForm(Form):
    """The totals of a station for a pot."""

    numbers: tuple[str, ...] = ()
    with_points = False

    def to_command(self, station_id: UUID, pot_id: UUID) -> EnterTotals:
        """The totals as the use case takes them."""
        values = {name: number(self[name].data) or 0 for name in NUMBERS}
        votes = {one: number(self[f"votes_{one}"].data) or 0 for one in self.numbers}
        points = {one: number(self[f"points_{one}"].data) or 0 for one in self.numbers} if self.with_points else {}
        return EnterTotals(station_id, pot_id, votes=votes, points=points, **values)


def totals_form(projects: list[tuple[str, str]], vote_type: str, data: dict[str, object] | None = None) -> TotalsForm:
    """The form with a field for each project, given as (number, title)."""

    class ForThisPot(TotalsForm):
        numbers = tuple(one for one, _title in projects)
        with_points = vote_type in POINTS

    labels = {
        "participations": _("People on the list of this station who voted on paper"),
        "ballots": _("Valid ballots, blank ones with them"),
        "blank": _("Blank ballots"),
        "invalid": _("Invalid ballots"),
    }
    for name in NUMBERS:
        setattr(ForThisPot, name, LineField(labels[name], [_IsNumber()]))
    for one, title in projects:
        words = _("Votes for project %(number)s: %(title)s", number=one, title=title)
        setattr(ForThisPot, f"votes_{one}", LineField(words, [_IsNumber()]))
        if ForThisPot.with_points:
            words = _("Points for project %(number)s: %(title)s", number=one, title=title)
            setattr(ForThisPot, f"points_{one}", LineField(words, [_IsNumber()]))
    return ForThisPot(data=data or {})


def _require_number(field: LineField) -> None:
    if number(field.data) is None:
        raise ValidationError(gettext("Write a whole number, 0 or more."))


def number(text: object) -> int | None:
    """A whole number as people type it, in digits of any script; None for anything else."""
    plain = str(text if text is not None else "").strip().replace(" ", "")
    return int(plain) if plain.isdecimal() and len(plain) <= LONGEST_NUMBER else None
