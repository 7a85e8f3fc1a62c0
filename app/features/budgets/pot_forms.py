"""A pot is set up one question after the other: these are the questions, a short form for each."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask_babel import gettext
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import DataRequired, ValidationError

from app.features.budgets import setting
from app.features.budgets.commands import WritePot
from app.features.budgets.forms import Texts as WithTexts
from app.web.forms import Filled, Form, LineField, MoneyField, Unmarked, _, typed_amount


class NumberField(LineField):
    """A whole number, or nothing."""

    def number(self) -> int | None:
        """What was written; None for nothing and for what is no number."""
        text = (self.data or "").strip()
        return int(text) if text.isdecimal() and len(text) <= 6 else None

    def pre_validate(self, form: Any) -> None:
        """Say what to write instead."""
        if (self.data or "").strip() and self.number() is None:
            raise ValidationError(gettext("Write a whole number, such as 5."))


class MoneyForm(WithTexts):
    """What the pot is for, and how much is in it."""

    amount = MoneyField(_("How much money"), validators=[Filled(_("Write how much money there is."))])
    area = SelectField(
        _("For which area"), description=_("Pots of the whole area stand first on the page of the process."), default=""
    )

    def fill(self, pot: WritePot) -> None:
        """What the pot says now."""
        self.amount.data = typed_amount(pot.amount, pot.currency)
        self.area.data = str(pot.area_id or "")
        self.fill_texts("title", pot.title)
        self.fill_texts("description", pot.description)

    def changed(self, pot: WritePot) -> WritePot:
        """The pot as the use case takes it."""
        return replace(
            pot,
            title=self.texts("title"),
            description=self.texts("description"),
            amount=self.amount.amount() or 0,
            area_id=UUID(self.area.data) if self.area.data else None,
        )


class BallotForm(Form):
    """How people vote."""

    vote_type = RadioField(_("How do people vote?"), validators=[DataRequired(_("Choose how people vote."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "approval": gettext("Choose projects"),
            "choose-1": gettext("Choose one project"),
            "cumulative": gettext("Give points"),
            "ordinal": gettext("Put projects in an order"),
        }
        self.vote_type.choices = [(one, words[one]) for one in setting.VOTE_TYPES]

    def fill(self, pot: WritePot) -> None:
        """What the pot says now."""
        self.vote_type.data = pot.vote_type

    def changed(self, pot: WritePot) -> WritePot:
        """The pot as the use case takes it."""
        return setting.with_vote_type(pot, self.vote_type.data)


class LimitsForm(Form):
    """How much a voter may choose; only what goes with the kind of ballot is asked."""

    limit_by_cost = BooleanField(
        _("What a voter chooses costs at most what the pot holds"),
        description=_("Voters see what is left while they choose, and feel what the choice costs."),
    )
    max_sum_cost = MoneyField(
        _("Another sum than the whole pot"),
        description=_("What a voter chooses then costs at most this together. Leave it empty for all the money of the pot."),
        validators=[Unmarked()],
    )
    max_points = NumberField(_("How many points has a voter?"), validators=[Filled(_("Say how many points a voter has."))])
    max_points_per_project = NumberField(
        _("How many points at most for one project?"), description=_("Leave it empty if all of them may go to one project.")
    )
    max_projects = NumberField(_("How many projects at most?"), validators=[Unmarked()])
    min_projects = NumberField(
        _("How many projects at least?"),
        description=_("Usually 1. Handing in a blank ballot is possible all the same."),
        validators=[Unmarked()],
    )

    def __init__(self, *args: Any, vote_type: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if vote_type != "approval":
            del self.limit_by_cost, self.max_sum_cost
        if vote_type != "cumulative":
            del self.max_points, self.max_points_per_project
        if vote_type == "ordinal":
            self.max_projects.label.text = gettext("How many projects may a voter put in an order?")
            self.max_projects.description = gettext("The first place counts as many points as there are places.")
        else:
            self.max_projects.description = gettext("Leave it empty if the number does not matter.")

    def fill(self, pot: WritePot) -> None:
        """What the pot says now."""
        for field in self:
            if isinstance(field, NumberField):
                value = getattr(pot, field.name)
                field.data = "" if value is None else str(value)
        if "limit_by_cost" in self:
            self.limit_by_cost.data = pot.limit_by_cost
            self.max_sum_cost.data = "" if pot.max_sum_cost is None else typed_amount(pot.max_sum_cost, pot.currency)

    def changed(self, pot: WritePot) -> WritePot:
        """The pot as the use case takes it."""
        numbers: dict[str, Any] = {field.name: field.number() for field in self if isinstance(field, NumberField)}
        numbers["min_projects"] = 1 if numbers["min_projects"] is None else numbers["min_projects"]
        by_cost = "limit_by_cost" in self and bool(self.limit_by_cost.data)
        cap = self.max_sum_cost.amount() if "max_sum_cost" in self else None
        return replace(pot, **numbers, limit_by_cost=by_cost, max_sum_cost=cap)


class RuleForm(Form):
    """How the money is given out."""

    rule = RadioField(_("How is the money given out?"), validators=[DataRequired(_("Choose how the money is given out."))])

    def __init__(self, *args: Any, vote_type: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "greedy": gettext("Most votes first"),
            "greedy-no-skip": gettext("Most votes first, ending at the first that does not fit"),
            "greedy-exclusive": gettext("Most votes first, without projects that exclude each other"),
            "equalshares": gettext("Equal Shares"),
            "phragmen": gettext("Saving together (Phragmén)"),
        }
        self.rule.choices = [(one, words[one]) for one in setting.methods_for(vote_type)]

    def fill(self, pot: WritePot) -> None:
        """What the pot says now."""
        self.rule.data = setting.method_of(pot.rule)

    def changed(self, pot: WritePot) -> WritePot:
        """The pot as the use case takes it."""
        return setting.with_method(pot, self.rule.data)


class DetailsForm(Form):
    """What else belongs to the announcement: money left over, a minimum, and ties."""

    completion = RadioField(_("Equal Shares usually leaves some money. What happens with it?"), default="add1")
    stop_when_exhaustive = BooleanField(
        _("Stop as soon as no other project fits"),
        description=_("Only where shares grow. Otherwise they grow until the winners would cost more than the pot."),
    )
    comparison = BooleanField(
        _("Compare with “most votes first” in the end"),
        description=_("If more ballots prefer that outcome, it holds. Most cities leave this out."),
    )
    minimum_kind = RadioField(_("Must a project reach a minimum to win?"), default="none")
    minimum = LineField(_("The minimum"), description=_("A number, such as 50 or 2.5."), validators=[Unmarked()])
    minimum_above = RadioField(_("Is exactly the minimum enough?"), default="enough")
    first_tie = SelectField(_("When two projects have the same result, look first at"), default="")
    second_tie = SelectField(_("If that is the same too, look at"), default="")
    last_tie = RadioField(_("What decides in the end?"), default="listed_first")

    def __init__(self, *args: Any, vote_type: str, rule: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = setting.method_of(rule)
        if self.method != "equalshares":
            del self.completion, self.stop_when_exhaustive, self.comparison
        else:
            self.completion.choices = [
                ("add1", gettext("Every share grows by one unit of the currency at a time, as long as the money lasts")),
                ("none", gettext("It stays in the pot")),
            ]
        number = gettext("Yes, a number of votes")
        if vote_type not in setting.SHARE_TYPES:
            number = gettext("Yes, a number of points")
        kinds = [("none", gettext("No")), ("number", number)]
        if vote_type in setting.SHARE_TYPES:
            kinds.append(("share", gettext("Yes, so many per cent of all ballots, blank ones included")))
        self.minimum_kind.choices = kinds
        self.minimum_above.choices = [("enough", gettext("Yes")), ("above", gettext("No, a project must have more"))]
        asked = [
            ("", gettext("Nothing")),
            ("lower_cost", gettext("the cost: the cheaper project wins")),
            ("higher_cost", gettext("the cost: the dearer project wins")),
            ("more_voters", gettext("the voters: the project that more ballots name wins")),
        ]
        self.first_tie.choices = self.second_tie.choices = asked
        self.last_tie.choices = [
            ("listed_first", gettext("The order of the list: the project that stands first wins")),
            ("drawn", gettext("A public draw by the committee after the vote")),
        ]

    def validate_minimum(self, field: LineField) -> None:
        """Needed as soon as there is one."""
        if self.minimum_kind.data in ("number", "share") and not field.data:
            raise ValidationError(gettext("Write how much a project must reach, such as 50."))

    def fill(self, pot: WritePot) -> None:
        """What the pot says now."""
        if self.method == "equalshares":
            self.completion.data = "add1" if "/add1" in pot.rule else "none"
            self.stop_when_exhaustive.data = pot.stop_when_exhaustive
            self.comparison.data = pot.rule.endswith("comparison")
        if pot.minimum is not None:
            self.minimum_kind.data = "share" if pot.minimum_is_share else "number"
            self.minimum.data = pot.minimum
            self.minimum_above.data = "above" if pot.minimum_above else "enough"
        before = [one for one in pot.tie_rules if one not in setting.LAST_TIE_RULES]
        self.first_tie.data = before[0] if before else ""
        self.second_tie.data = before[1] if len(before) > 1 else ""
        self.last_tie.data = pot.tie_rules[-1]

    def changed(self, pot: WritePot) -> WritePot:
        """The pot as the use case takes it."""
        minimum = self.minimum.data if self.minimum_kind.data in ("number", "share") else None
        own = self.method == "equalshares"
        add1 = own and self.completion.data == "add1"
        rule = setting.rule_named(
            self.method, minimum=minimum is not None, add1=add1, comparison=own and bool(self.comparison.data)
        )
        ties = [one for one in (self.first_tie.data, self.second_tie.data) if one]
        return replace(
            pot,
            rule=rule,
            minimum=minimum,
            minimum_is_share=self.minimum_kind.data == "share",
            minimum_above=minimum is not None and self.minimum_above.data == "above",
            stop_when_exhaustive=bool(add1 and self.stop_when_exhaustive.data),
            tie_rules=(*ties, self.last_tie.data),
        )
