"""Which ballots are read a second time, and when a batch is through."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, gives_points
from app.features.stations.marks import from_stored
from app.features.stations.models import Batch, BatchState, PaperBallot, SampleState
from app.features.stations.queries import final, sample_of
from app.features.stations.sampling import SAMPLED_RULES
from app.kernel.automated import decides


@decides("second_reading")
def reads_all(pot: Pot) -> bool:
    """Whether every ballot of this pot is read twice, whatever is drawn: the rule looks at whole ballots, or at shares."""
    minimum = any(pot.options.get(name) is not None for name in ("threshold_share", "min_project_score_threshold"))
    return pot.rule not in SAMPLED_RULES or minimum


def want(session: Session, batches: Iterable[Batch], only: Iterable[tuple[UUID, int]] | None = None) -> None:
    """Let all ballots of these batches be read a second time, or only these; those in doubt are read in any case."""
    by_batch = _by_batch(only or ())
    for batch in batches:
        query = update(PaperBallot).where(PaperBallot.batch_id == batch.id)
        if only is not None:
            doubtful = PaperBallot.first.endswith("?")
            numbers = by_batch.get(batch.id, [])
            query = query.where(or_(doubtful, PaperBallot.number.in_(numbers)))
        session.execute(query.values(wanted=True).execution_options(synchronize_session="fetch"))
        batch.state = BatchState.READING
    session.flush()
    for batch in batches:
        advance(session, batch)


def mark_drawn(session: Session, ballots: Iterable[tuple[UUID, int]]) -> None:
    """Keep which ballots were drawn into the sample."""
    for batch_id, numbers in _by_batch(ballots).items():
        query = update(PaperBallot).where(PaperBallot.batch_id == batch_id, PaperBallot.number.in_(numbers))
        session.execute(query.values(drawn=True).execution_options(synchronize_session="fetch"))


def _by_batch(ballots: Iterable[tuple[UUID, int]]) -> dict[UUID, list[int]]:
    found: dict[UUID, list[int]] = {}
    for batch_id, number in ballots:
        found.setdefault(batch_id, []).append(number)
    return found


def is_through(session: Session, batch: Batch) -> bool:
    """Whether nothing of a batch is left to read or to decide."""
    open_ones = exists().where(
        PaperBallot.batch_id == batch.id,
        or_(PaperBallot.unsettled, PaperBallot.wanted & (PaperBallot.second == "")),
    )
    return not session.scalar(select(open_ones))


def advance(session: Session, batch: Batch) -> None:
    """Say that a batch is reconciled once that is so; with a drawn sample only after it was found to be enough."""
    if batch.state is not BatchState.READING or not is_through(session, batch):
        return
    sample = sample_of(session, batch.pot_id)
    if sample is None or sample.state is not SampleState.DRAWN:
        batch.state = BatchState.RECONCILED
        session.flush()


@decides("second_reading")
def typed_wrongly(ballot: PaperBallot, *, points: bool) -> bool:
    """Whether a ballot that was drawn was typed wrongly, as far as anybody knows: one that nobody has read is."""
    if not ballot.second or ballot.unsettled:
        return True
    return from_stored(final(ballot), points=points) != from_stored(ballot.first.rstrip("?"), points=points)


@decides("second_reading")
def keep_drawn(session: Session, batch: Batch, pot: Pot) -> None:
    """Keep, before a batch is opened again, how many ballots were drawn from it, and how many of them are wrong.

    Else whoever opens those batches again in which errors were found would leave a sample without errors, which says far less
    than the truth about all others. Of a ballot that nobody has read yet somebody may know that it is wrong.
    """
    sample = sample_of(session, pot.id)
    if sample is None or sample.state is not SampleState.DRAWN or batch.read_whole:
        return
    drawn = session.scalars(select(PaperBallot).where(PaperBallot.batch_id == batch.id, PaperBallot.drawn)).all()
    before = sample.found.get("reopened", {"drawn": 0, "wrong": 0})
    wrong = sum(typed_wrongly(one, points=gives_points(pot)) for one in drawn)
    sample.found = {**sample.found, "reopened": {"drawn": before["drawn"] + len(drawn), "wrong": before["wrong"] + wrong}}
    session.flush()
