"""How alike the ballots of a pot are, and what of them may be published."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, few_ballots, too_few
from app.features.voting.models import PublicationChoice, Published
from app.features.voting.queries import ballot_classes, ballots_cast, box_of, closed, is_opened, paper_rows, paper_totals
from app.kernel.automated import decides

SIZES = ((1, 1), (2, 4), (5, 9), (10, 29), (30, None))
"""From how many to how many equal ballots, for the picture."""
MOST_UNIQUE = 0.5
"""With more than this share of unique ballots we suggest totals; docs/adr/0010 says why."""


@dataclass(frozen=True)
class Likeness:
    """How many ballots there are, how many are like no other, and how many have how many equals (`SIZES`)."""

    ballots: int
    unique: int
    by_size: tuple[tuple[int, int | None, int], ...]

    @property
    def share(self) -> float:
        """The share of ballots like no other."""
        return self.unique / self.ballots if self.ballots else 0.0

    @property
    @decides("published_ballots")
    def suggested(self) -> Published:
        """What we suggest to publish."""
        return Published.TOTALS if self.share > MOST_UNIQUE else Published.ROWS


@decides("published_ballots")
def likeness(classes: Iterable[tuple[object, int]]) -> Likeness:
    """Measure classes of equal ballots, each with its number."""
    sizes: Counter[object] = Counter()
    for one, number in classes:
        sizes[one] += number
    by_size = []
    for least, most in SIZES:
        by_size.append((least, most, sum(one for one in sizes.values() if one >= least and (most is None or one <= most))))
    return Likeness(sizes.total(), by_size[0][2], tuple(by_size))


@decides("published_ballots")
def likeness_of(session: Session, pot: Pot) -> Likeness:
    """The same for an opened pot. The order of choices tells ballots apart only where the ballots are rankings.

    Ballots on paper that are known one by one are measured as they would be published: apart from those of the box.
    """

    def key(choices: str, points: str) -> object:
        if pot.vote_type == "ordinal":
            return choices
        return tuple(sorted(zip(choices.split(","), points.split(",") if points else choices.split(","), strict=True)))

    both = (("web", ballot_classes(session, pot)), ("paper", paper_rows(session, pot) or ()))
    return likeness(
        ((channel, key(choices, points)), number) for channel, classes in both for choices, points, number in classes
    )


def naming(session: Session, pot: Pot, numbers: Collection[str]) -> int:
    """How many opened ballots name one of these projects."""
    wanted = set(numbers)
    return sum(number for choices, _points, number in ballot_classes(session, pot) if wanted & set(choices.split(",")))


def choice_of(session: Session, pot_id: UUID) -> PublicationChoice | None:
    """What the committee has decided."""
    return session.scalars(select(PublicationChoice).where(PublicationChoice.pot_id == pot_id)).first()


def read_as(choice: PublicationChoice) -> str:
    """A mark of what was proposed, so that nobody confirms what was changed since they read it."""
    return hashlib.sha256(f"{choice.published}\n{choice.first_hand}\n{choice.reason}".encode()).hexdigest()[:32]


def from_our_box(session: Session, pot: Pot) -> bool:
    """Whether the ballots of this pot came out of a box of ours; those of imported elections are public already."""
    return "digest" in pot.options and not pot.options.get("imported") and box_of(session, pot.process_id) is not None


@decides("small_groups")
def few(session: Session, pot: Pot) -> bool:
    """Whether only winners and totals are published, whatever anybody decides: by the count or, before it, by what was opened.

    Raises Forbidden while people still vote.
    """
    if (pot.result or {}).get("voters") is not None:
        return few_ballots(pot)
    paper = paper_totals(session, pot)
    on_paper = paper.ballots if paper else 0
    return too_few(ballots_cast(session, pot) - on_paper, on_paper)


def needs_choice(session: Session, pot: Pot) -> bool:
    """Whether somebody must decide on rows or totals before the count is certified."""
    return from_our_box(session, pot) and not few(session, pot)


def can_choose(session: Session, pot: Pot) -> bool:
    """Whether the ballots can be looked at for the decision: the vote is over, the box is open, paper is typed and signed."""
    ready = from_our_box(session, pot) and closed(session, pot) and is_opened(session, pot)
    typed_one_by_one = bool((pot.options.get("voters") or {}).get("paper"))
    return ready and (not typed_one_by_one or paper_rows(session, pot) is not None)


def published_of(session: Session, pot: Pot) -> Published | None:
    """What is published of this pot: totals where ballots are few, else what was decided; None while that is open."""
    if few(session, pot):
        return Published.TOTALS
    choice = choice_of(session, pot.id)
    return None if choice is None or not choice.confirmed else choice.published
