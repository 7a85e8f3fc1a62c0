"""Ballots made of reviewed pages of scans: the same reading that a clerk would type.

Pages with one set code are one ballot; a page without one is a ballot of its own. What is overmarked, unclear, or no ranking
makes it doubtful, and so is what is marked on an earlier form, or for what is not on the ballot any more: two people decide.
A set of which a page with circles is missing says so, and the announced rule says what it counts.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.features.budgets.queries import Choices, Pot, gives_points, in_order, is_ranking
from app.features.printing.queries import Kind
from app.features.scans.queries import LeftPage, ReviewedPage, being_read, left_over, reviewed, split_sets
from app.features.stations.marks import Read
from app.kernel.messages import Message, msg

CHOICE, CHOSEN = "choice", "yes"
"""The field on which one project is chosen, and the value of a project's own field (`docs/paper.md`)."""
_DIGIT = "×"


@dataclass(frozen=True)
class ScannedBallot:
    """A ballot with its pages in their order. `missing`: the numbers of pages with circles that are not there."""

    pages: tuple[ReviewedPage, ...]
    read: Read
    missing: tuple[int, ...] = ()

    @property
    def upload(self) -> UUID:
        """The file in which its first page lay."""
        return self.pages[0].file_id


@dataclass(frozen=True)
class Upload:
    """An upload with ballots that are in no batch. `left`: what of it, or of its sets, is not accepted; `split`: sets of which
    a page is in a batch already; `unread`: it is not read to its end.
    """

    file_id: UUID
    ballots: tuple[ScannedBallot, ...]
    left: tuple[LeftPage, ...]
    split: tuple[str, ...]
    unread: bool

    @property
    def waiting(self) -> list[LeftPage]:
        """Pages on which somebody has yet to decide."""
        return [one for one in self.left if not one.aside]

    @property
    def aside(self) -> list[LeftPage]:
        """Pages that were set aside: their paper lies between the others, and they are on no ballot of this upload."""
        return [one for one in self.left if one.aside]

    @property
    def why_not(self) -> Message | None:
        """Why its ballots cannot be taken now."""
        if self.unread:
            return msg("This upload is not read to its end yet. Wait until it is, then go through its pages.")
        if self.waiting:
            return msg(
                "Pages of this upload, or of a set that lies in it, wait to be looked through or lie in trays: %(pages)s. "
                "Accept each or set it aside first. A page that is accepted later would become a ballot of its own.",
                pages=len(self.waiting),
            )
        if self.split:
            return msg(
                "A page of set %(code)s is in a batch already, so the rest of it cannot become another ballot. Give the scans "
                "of that batch back, or set the rest aside with a reason.",
                code=self.split[0],
            )
        return None


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


def uploads_waiting(session: Session, pot: Pot, only: UUID | None = None) -> list[Upload]:
    """The uploads with ballots of a pot on reviewed pages that are in no batch, and what keeps each from being taken.

    `only`: this upload alone.
    """
    by_file: dict[UUID, list[ScannedBallot]] = {}
    for one in ballots_on(pot, reviewed(session, pot.process_id, kind=Kind.BALLOT, subject=pot.id, file_id=only)):
        if only not in (None, one.upload):
            continue
        by_file.setdefault(one.upload, []).append(one)
    if not by_file:
        return []
    unread = being_read(session, by_file)
    left = left_over(session, pot.process_id, pot.id, by_file)
    split = split_sets(session, pot.process_id, pot.id)
    return [_upload(file_id, ballots, left, split, unread) for file_id, ballots in by_file.items()]


def _upload(
    file_id: UUID, ballots: Sequence[ScannedBallot], left: Iterable[LeftPage], split: Set[str], unread: Set[UUID]
) -> Upload:
    codes = {page.code for one in ballots for page in one.pages if page.code}
    mine = tuple(one for one in left if one.file_id == file_id or (one.code in codes and not one.aside))
    return Upload(file_id, tuple(ballots), mine, tuple(sorted(codes & split)), file_id in unread)


def scanned_in(session: Session, pot: Pot, batch_id: UUID) -> list[ScannedBallot]:
    """The ballots of a batch that came from scans, in their order: the first one is ballot 1."""
    return ballots_on(pot, reviewed(session, pot.process_id, taken_by=record_of(batch_id)))


def _ballot(pot: Pot, pages: list[ReviewedPage]) -> ScannedBallot:
    missing = tuple(sorted(set(pages[0].asked_on) - {page.page for page in pages}))
    values: dict[str, list[str]] = {}
    for page in pages:
        for name, marked in page.values.items():
            values.setdefault(name, []).extend(marked)
    choices, sure = _choices(pot, values)
    doubtful = not sure or any(page.overmarked or page.unclear or page.outdated for page in pages)
    return ScannedBallot(tuple(pages), Read(choices.numbers, choices.points, None, doubtful, bool(missing)), missing)


def _choices(pot: Pot, values: Mapping[str, list[str]]) -> tuple[Choices, bool]:
    """What is marked, and whether it can be told: two projects in one place are no ranking, and neither is a place left out.

    Nor can it where something is marked for what is not on the ballot.
    """
    listed = [project.number for project in pot.projects]
    marked = {name: given for name, given in values.items() if given}
    if pot.vote_type == "choose-1":
        chosen = {one for given in marked.values() for one in given}
        sure = marked.keys() <= {CHOICE} and chosen <= set(listed)
        return Choices(tuple(one for one in listed if one in chosen)), sure
    if not gives_points(pot) and not is_ranking(pot):
        sure = all(name in listed and set(given) == {CHOSEN} for name, given in marked.items())
        return Choices(tuple(one for one in listed if CHOSEN in marked.get(one, ()))), sure
    given, sure = _numbers(listed, marked)
    if gives_points(pot):
        return in_order(pot, Choices(tuple(given), tuple(given.values()))), sure
    ranked = tuple(sorted(given, key=lambda one: given[one]))
    return Choices(ranked), sure and sorted(given.values()) == list(range(1, len(given) + 1))


def _numbers(listed: Sequence[str], marked: Mapping[str, list[str]]) -> tuple[dict[str, int], bool]:
    """The number beside each project that has one, in one circle or a digit in each line; and whether all is on this ballot."""
    given, sure = dict.fromkeys(listed, 0), True
    for name, digits in marked.items():
        before, found, worth = name.rpartition(_DIGIT)
        project, times = (before, worth) if found else (name, "1")
        if project in given and all(one.isdecimal() for one in (times, *digits)):
            given[project] += sum(int(one) for one in digits) * int(times)
        else:
            sure = False
    return {one: number for one, number in given.items() if number}, sure
