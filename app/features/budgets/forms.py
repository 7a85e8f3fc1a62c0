"""What staff type about projects, groups of them, and reviews; `pot_forms` has the questions about a pot."""

from uuid import UUID

from flask import current_app
from flask_babel import gettext
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.features.budgets.commands import ReviewProposal, WriteGroup, WriteProject
from app.features.budgets.models import Feasibility
from app.features.maps.queries import Coordinates, parse_coordinates
from app.web.forms import AtMost, Filled, Form, LineField, MoneyField, TextField, Unmarked, _, city_languages


class Texts(Form):
    """A form with texts in the languages of the installation: `title_en`, `description_fi` and so on."""

    def texts(self, name: str) -> dict[str, str]:
        """What was typed for one text, by language, without the empty ones."""
        return {code: text for code in city_languages() if (text := self._fields[f"{name}_{code}"].data)}

    def fill_texts(self, name: str, texts: dict[str, str]) -> None:
        """Put a text into its fields."""
        for code in city_languages():
            self._fields[f"{name}_{code}"].data = texts.get(code, "")


class ProjectForm(Texts):
    """One entry on the ballot."""

    cost = MoneyField(_("What it costs"), validators=[Filled(_("Write what the project costs."))])
    proposals = SelectMultipleField(
        _("Made from these accepted proposals"),
        description=_("Place, area and categories are taken over from them. Several can become one project."),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    categories = SelectMultipleField(
        _("Categories"),
        description=_("Those of the proposals are added by themselves."),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    area = SelectField(_("Area, where no proposal gives one"), default="")
    coordinates = LineField(
        _("Place on the map, where no proposal gives one"),
        description=_("Two numbers, latitude first, such as 60.1699, 24.9384."),
        validators=[AtMost(80)],
    )
    bounds: tuple[float, float, float, float] | None = None

    def point(self) -> Coordinates | None:
        """The place that was written; `bounds` tell latitude from longitude."""
        return parse_coordinates(self.coordinates.data or "", self.bounds)

    def validate_coordinates(self, field: LineField) -> None:
        """What can be found on a map, or nothing."""
        if field.data and self.point() is None:
            raise ValidationError(
                gettext(
                    "We cannot read these coordinates. Write two numbers, latitude first: %(example)s", example="60.17, 24.94"
                )
            )

    def to_command(self, pot_id: UUID, project_id: UUID | None = None) -> WriteProject:
        """The project as the use case takes it."""
        point = self.point()
        return WriteProject(
            pot_id=pot_id,
            title=self.texts("title"),
            description=self.texts("description"),
            cost=self.cost.amount() or 0,
            proposal_ids=tuple(UUID(value) for value in self.proposals.data or ()),
            area_id=UUID(self.area.data) if self.area.data else None,
            lon=point.lon if point else None,
            lat=point.lat if point else None,
            category_ids=tuple(UUID(value) for value in self.categories.data or ()),
            project_id=project_id,
        )


class GroupForm(Form):
    """Projects of which only one can win."""

    numbers = SelectMultipleField(
        _("Which projects exclude each other?"),
        description=_("For example two ideas for the same square. At most one of them can win."),
        validators=[Filled(_("Choose at least two projects of this pot."))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def to_command(self, pot_id: UUID, place: int | None) -> WriteGroup:
        """The group as the use case takes it."""
        names = {code: text for code in city_languages() if (text := self._fields[f"name_{code}"].data)}
        return WriteGroup(pot_id, names, tuple(self.numbers.data or ()), place)


class ReviewForm(Form):
    """Whether a proposal can be built, and why."""

    outcome = RadioField(_("Can it be built?"), validators=[DataRequired(_("Choose what came out."))])
    cost = MoneyField(_("Estimated cost"), description=_("An amount of money, such as 12000. Leave it empty if unknown."))
    seen = HiddenField(default="0")

    def to_command(self, proposal_id: UUID) -> ReviewProposal:
        """The review as the use case takes it."""
        seen = self.seen.data or "0"
        reason = {code: text for code in city_languages() if (text := self._fields[f"reason_{code}"].data)}
        return ReviewProposal(
            proposal_id=proposal_id,
            outcome=Feasibility(self.outcome.data),
            reason=reason,
            currency=current_app.config["SETTINGS"].currency,
            cost=self.cost.amount(),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0,
        )


def group_form(**data: object) -> GroupForm:
    """The form of a group with its name in each language of the installation."""

    class WithNames(GroupForm):
        pass

    for code in city_languages():
        setattr(WithNames, f"name_{code}", LineField(_("Name of the group"), validators=[AtMost(120)]))
    return WithNames(data=data)


def review_form(**data: object) -> ReviewForm:
    """The form of a review with the reason in each language of the installation."""

    class WithReasons(ReviewForm):
        pass

    for code in city_languages():
        reason = TextField(
            _("Reason"),
            description=_("Everybody can read it. Needed in at least one language."),
            validators=[AtMost(3000), Unmarked()],
        )
        setattr(WithReasons, f"reason_{code}", reason)
    return WithReasons(data=data)


def with_languages(base: type[Form], **data: object) -> Form:
    """The form with a title and a description field for each language of the installation."""

    class WithLanguages(base):  # type: ignore[valid-type, misc]
        pass

    for code in city_languages():
        setattr(
            WithLanguages,
            f"title_{code}",
            LineField(_("Name"), description=_("Needed in at least one language."), validators=[AtMost(120), Unmarked()]),
        )
        setattr(WithLanguages, f"description_{code}", TextField(_("Description"), validators=[AtMost(3000)]))
    return WithLanguages(data=data)
