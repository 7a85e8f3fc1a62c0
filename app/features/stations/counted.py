"""What ballots on paper count as, by the rules that were announced with their pot; the count of the pot asks here."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, gives_points
from app.features.budgets.queries import pot as pot_by_id
from app.features.stations.marks import Counted, Read, counts_as, from_stored
from app.features.stations.models import PaperBallot, PaperRow
from app.features.stations.queries import batches_of, unsigned_stations
from app.features.voting.queries import PaperRows, paper_rows_of
from app.features.voting.use_cases import paper_rules


def counted_of_batch(session: Session, pot: Pot, batch_ids: Sequence[uuid.UUID]) -> Iterator[tuple[Read, Counted]]:
    """What stands on each ballot of these batches, and what it counts as."""
    rules = paper_rules(session, pot)
    if rules is None:
        return
    known: dict[str, tuple[Read, Counted]] = {}  # most ballots are like many others
    points = gives_points(pot)
    texts = select(func.coalesce(func.nullif(PaperBallot.settled, ""), PaperBallot.first))
    for text in session.scalars(texts.where(PaperBallot.batch_id.in_(batch_ids))):
        if text not in known:
            found = from_stored(text, points=points)
            known[text] = (found, counts_as(pot, rules, found))
        yield known[text]


def rows_on_paper(session: Session, pot: Pot) -> PaperRows | None:
    """Equal ballots on paper joined, once every station has signed; None before that, and where nobody votes on paper."""
    if paper_rules(session, pot) is None or unsigned_stations(session, pot):
        return None
    found: Counter[tuple[str, str]] = Counter()
    for choices, points, number in kept_rows(session, pot):
        found[choices, points] += number
    found += classes_typed(session, pot)
    return [(choices, points, number) for (choices, points), number in sorted(found.items())]


def kept_rows(session: Session, pot: Pot) -> PaperRows:
    """The ballots that lie in no batch any more, since they were certified."""
    query = select(PaperRow.choices, PaperRow.points, PaperRow.number).where(PaperRow.pot_id == pot.id)
    return list(session.execute(query).tuples())


def classes_typed(session: Session, pot: Pot) -> Counter[tuple[str, str]]:
    """The ballots that still lie in batches, equal ones joined, without those that do not count."""
    found: Counter[tuple[str, str]] = Counter()
    whole = pot_by_id(session, pot.id) or pot
    for _read, counted in counted_of_batch(session, whole, [one.id for one in batches_of(session, pot.id)]):
        if counted.choices is not None:
            points = ",".join(map(str, counted.choices.points or ()))
            found[",".join(counted.choices.numbers), points] += 1
    return found


paper_rows_of.append(rows_on_paper)
