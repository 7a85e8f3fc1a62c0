"""Everything the page of a ballot shows, worked out once, so that its templates only print."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import url_for

from app.extensions import db
from app.features.budgets.queries import (
    Gone,
    Pot,
    Project,
    categories_of_numbers,
    gives_points,
    gone_from,
    is_ranking,
    most_cost,
    most_points_each,
    most_projects,
)
from app.features.maps.queries import MapSpec
from app.features.spaces.queries import Category, Process, area_names, has_place
from app.features.voting.ballot import words as ballot_words
from app.features.voting.ballot.drawn import GAP, Drawn
from app.features.voting.ballot.fair import draft_name, draft_secret
from app.features.voting.ballot.looking import Look, natural, sorted_for, words_of_sorts
from app.features.voting.ballot.marks import Marks, field_name
from app.kernel.texts import Texts
from app.web.filters import local_text


@dataclass(frozen=True)
class Row:
    """A project on the ballot. `value` stands in its field; `hidden`: left out by the filters, what is chosen stays.

    `gone`: it was withdrawn, so there is no field.
    """

    project: Project
    title: str
    text: str
    place: str
    categories: tuple[Category, ...]
    field: str
    value: str
    fair: int
    hidden: bool = False
    gone: Gone | None = None

    @property
    def number(self) -> str:
        """What stands in front of it."""
        return self.project.number

    @property
    def cost(self) -> int:
        """In the smallest unit of the pot's currency."""
        return self.project.cost

    @property
    def words(self) -> str:
        """What filters on the page look through."""
        return f"{self.number} {self.title} {self.text} {self.place}".casefold()

    def passes(self, look: Look) -> bool:
        """Whether the filters leave it in."""
        return (
            (not look.category or look.category in [one.code for one in self.categories])
            and (not look.place or look.place == self.place)
            and all(word in self.words for word in look.text.casefold().split())
        )


@dataclass(frozen=True)
class BallotPage:
    """A ballot with its marks, its list in one order, and what may be chosen.

    `dropped`: what was chosen before it was withdrawn; the other choices are as they were.
    """

    pot: Pot
    rows: list[Row]
    marks: Marks
    look: Look
    problem: str
    draft: str
    draft_secret: str
    map_spec: MapSpec | None
    drawn: Drawn
    dropped: tuple[Gone, ...] = ()

    def row(self, row: Row, draw: Callable[["BallotPage", Row], Any]) -> Any:
        """A row of the list. Most have no mark and look the same for everybody but for their place in the fair order."""
        if row.value or row.hidden or row.gone:
            return draw(self, row)
        about = ("row", row.number, row.project.id, row.place, _shown_of(row.categories))
        return self.drawn.row(about, row.fair, lambda: draw(self, replace(row, fair=GAP)))

    def finder(self, draw: Callable[["BallotPage"], Any]) -> Any:
        """What finds projects, as it stands before anybody looked for one."""
        if self.look != Look():
            return draw(self)
        about = ("finder", len(self.rows), _shown_of(self.categories), tuple(self.places))
        return self.drawn.piece(about, lambda: draw(self))

    def same_for_all(self, name: str, draw: Callable[["BallotPage"], Any]) -> Any:
        """A part that shows nothing but the fixed ballot, and how many of its projects were withdrawn."""
        return self.drawn.piece((name, len(gone_from(self.pot))), lambda: draw(self))

    @property
    def kind(self) -> str:
        """How projects are chosen: `box`, `one`, `points` or `ranking`."""
        if gives_points(self.pot):
            return "points"
        if is_ranking(self.pot):
            return "ranking"
        return "one" if self.pot.vote_type == "choose-1" else "box"

    @property
    def chosen(self) -> list[Row]:
        """The marked projects; a ranking's in its order."""
        found = [row for row in self.rows if row.number in self.marks.of]
        return sorted(found, key=lambda row: self.marks.of[row.number]) if self.kind == "ranking" else found

    @property
    def spent(self) -> int:
        """What the marked projects cost together."""
        return sum(row.cost for row in self.chosen)

    @property
    def cap(self) -> int | None:
        """How much they may cost together; None where that is not limited."""
        return most_cost(self.pot)

    @property
    def most(self) -> int:
        """How many projects may be chosen."""
        return most_projects(self.pot)

    @property
    def counts_projects(self) -> bool:
        """Whether the page says how many of how many are chosen."""
        return self.kind == "ranking" or (self.kind != "one" and self.pot.max_projects is not None)

    @property
    def points_left(self) -> int | None:
        """How many points may still be given; None where their sum has no limit."""
        if self.kind != "points" or self.pot.max_points is None:
            return None
        return self.pot.max_points - sum(self.marks.of.values())

    @property
    def points_left_words(self) -> str:
        """The same as a sentence."""
        return "" if self.points_left is None else ballot_words.points_left(self.points_left)

    @property
    def choice_words(self) -> str:
        """Which one project is chosen, on a ballot that has one; empty on others."""
        return ballot_words.choice(self.chosen[-1].title if self.chosen else None) if self.kind == "one" else ""

    @property
    def most_points_each(self) -> int | None:
        """The most points for one project."""
        return most_points_each(self.pot)

    @property
    def how(self) -> list[str]:
        """What a voter may do."""
        return ballot_words.how_to_choose(self.pot)

    @property
    def script_words(self) -> str:
        """The sentences that change while somebody chooses, as JSON."""
        return ballot_words.for_the_script()

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """The orders with their names."""
        return words_of_sorts()

    @property
    def categories(self) -> list[Category]:
        """What the projects are about, in the order of the process."""
        found = {one.code: one for row in self.rows for one in row.categories}
        return sorted(found.values(), key=lambda one: one.position)

    @property
    def places(self) -> list[str]:
        """The areas that projects are in, where there is more than one."""
        found = sorted({row.place for row in self.rows if row.place})
        return found if len(found) > 1 else []

    @property
    def shown_words(self) -> str:
        """How many projects the filters leave; empty without filters."""
        return ballot_words.shown(sum(not row.hidden for row in self.rows)) if self.look.narrowed else ""

    @property
    def by_number(self) -> list[Row]:
        """The projects as one looks them up."""
        return sorted(self.rows, key=lambda row: natural(row.number))


def _shown_of(categories: Sequence[Category]) -> tuple[tuple[str, str], ...]:
    return tuple((one.code, local_text(one.name)) for one in categories)


def ballot_page(
    pot: Pot,
    space: Process,
    order: Sequence[Project],
    marks: Marks,
    look: Look,
    *,
    problem: str = "",
    voter: str = "",
    dropped: Collection[str] = (),
) -> BallotPage:
    """The page of a ballot. `order` is the fair order of the `voter`, under whose key alone their own device keeps anything.

    `dropped`: the numbers of withdrawn projects that were taken out of the marks.
    """
    fair = {project.number: place for place, project in enumerate(order)}
    rows = [
        row if row.passes(look) else replace(row, hidden=True)
        for row in rows_of(pot, sorted_for(order, look), space, marks, fair)
    ]
    draft, secret = (draft_name(pot, voter), draft_secret(pot, voter)) if voter else ("", "")
    told = tuple(one for number, one in gone_from(pot).items() if number in dropped)
    return BallotPage(pot, rows, marks, look, problem, draft, secret, map_of(pot, space), Drawn(pot), told)


def rows_of(
    pot: Pot, projects: Sequence[Project], space: Process, marks: Marks | None = None, fair: dict[str, int] | None = None
) -> list[Row]:
    """Projects with the names that pages need."""
    areas = area_names(db.session()) if any(project.area_id for project in projects) else {}
    common = pot.area_id or space.area_id
    about = categories_of_numbers(db.session(), pot.id)
    categories = {category.id: category for category in space.categories} if about else {}
    found = {number: [categories[one] for one in ids if one in categories] for number, ids in about.items()}
    marks, fair, gone = marks or Marks(), fair or {}, gone_from(pot)
    return [
        replace(
            _row(pot, one, areas, common, found.get(one.number, []), marks, fair.get(one.number, 0)), gone=gone.get(one.number)
        )
        for one in projects
    ]


def _row(
    pot: Pot,
    project: Project,
    areas: dict[UUID, Texts],
    common: UUID | None,
    categories: Sequence[Category],
    marks: Marks,
    fair: int,
) -> Row:
    return Row(
        project=project,
        title=local_text(project.title),
        text=local_text(project.description) if project.description else "",
        place=local_text(areas.get(project.area_id)) if project.area_id and project.area_id != common else "",
        categories=tuple(sorted(categories, key=lambda one: one.position)),
        field=field_name(pot, project.number),
        value=marks.shown(project.number),
        fair=fair,
    )


def map_of(pot: Pot, space: Process) -> MapSpec | None:
    """The map of the projects inside the outline of their process; None where nothing has a place."""
    area = space.area
    if not has_place(area) or not any(project.lon is not None for project in pot.projects):
        return None
    return MapSpec(
        map_id="ballot_map",
        bounds=(area.west, area.south, area.east, area.north),
        border_url=url_for("spaces.outline", slug=space.slug),
        features_url=url_for("budgets.features", pot_id=pot.id),
        list_id="projects",
    )
