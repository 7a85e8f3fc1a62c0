"""Ballots made of reviewed pages of scans: the same reading that a clerk would type.

Pages with one set code are one ballot; a page without one is a ballot of its own. What is overmarked, unclear, or no ranking
makes it doubtful: two people decide. A set of which a page is missing says so, and the announced rule says what it counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.features.budgets.queries import Choices, Pot, gives_points, in_order, is_ranking
from app.features.printing.queries import Kind
from app.features.scans.queries import ReviewedPage, reviewed
from app.features.stations.marks import Read

CHOICE, CHOSEN = "choice", "yes"
"""The field on which one project is chosen, and the value of a project's own field (`docs/paper.md`)."""
_DIGIT = "×"


@dataclass(frozen=True)
class ScannedBallot:
    """A ballot with its pages in their order. `missing`: the numbers of pages that are not there."""

    pages: tuple[ReviewedPage, ...]
    read: Read
    missing: tuple[int, ...] = ()

    @property
    def upload(self) -> UUID:
        """The file in which its first page lay."""
        return self.pages[0].file_id


def ballots_on(pot: Pot, pages: Iterable[ReviewedPage]) -> list[ScannedBallot]:
    """The ballots on these pages, in the order in which their first pages lay in each file."""
    together: dict[object, list[ReviewedPage]] = {}
    for page in pages:
        together.setdefault(page.code or page.page_id, []).append(page)
    made = [_ballot(pot, sorted(one, key=lambda page: page.page)) for one in together.values()]
    return sorted(made, key=lambda one: (str(one.upload), one.pages[0].number))


def record_of(batch_id: UUID) -> str:
    """The name under which a batch has pages."""
    return f"ballots:{batch_id}"


def waiting_on_scans(session: Session, pot: Pot) -> list[ScannedBallot]:
    """The ballots on reviewed pages of a pot that are in no batch."""
    return ballots_on(pot, reviewed(session, pot.process_id, kind=Kind.BALLOT, subject=pot.id))


def scanned_in(session: Session, pot: Pot, batch_id: UUID) -> list[ScannedBallot]:
    """The ballots of a batch that came from scans, in their order: the first one is ballot 1."""
    return ballots_on(pot, reviewed(session, pot.process_id, taken_by=record_of(batch_id)))


def _ballot(pot: Pot, pages: list[ReviewedPage]) -> ScannedBallot:
    missing = tuple(sorted(set(range(1, pages[0].pages + 1)) - {page.page for page in pages}))
    values: dict[str, list[str]] = {}
    for page in pages:
        for name, marked in page.values.items():
            values.setdefault(name, []).extend(marked)
    choices, sure = _choices(pot, values)
    doubtful = not sure or any(page.overmarked or page.unclear for page in pages)
    return ScannedBallot(tuple(pages), Read(choices.numbers, choices.points, None, doubtful, bool(missing)), missing)


def _choices(pot: Pot, values: Mapping[str, list[str]]) -> tuple[Choices, bool]:
    """What is marked, and whether it can be told: two projects in one place are no ranking, and neither is a place left out."""
    listed = [project.number for project in pot.projects]
    if pot.vote_type == "choose-1":
        chosen = set(values.get(CHOICE, ()))
        return Choices(tuple(one for one in listed if one in chosen)), chosen <= set(listed)
    if not gives_points(pot) and not is_ranking(pot):
        return Choices(tuple(one for one in listed if CHOSEN in values.get(one, ()))), True
    given = {one: number for one in listed if (number := _number(one, values))}
    if gives_points(pot):
        return in_order(pot, Choices(tuple(given), tuple(given.values()))), True
    ranked = tuple(sorted(given, key=lambda one: given[one]))
    return Choices(ranked), sorted(given.values()) == list(range(1, len(given) + 1))


def _number(project: str, values: Mapping[str, list[str]]) -> int:
    """The number beside a project: in one circle, or a digit in each line."""
    whole = sum(int(one) for one in values.get(project, ()))
    for name, digits in values.items():
        before, found, worth = name.rpartition(_DIGIT)
        if found and before == project and worth.isdecimal():
            whole += sum(int(digit) for digit in digits) * int(worth)
    return whole
