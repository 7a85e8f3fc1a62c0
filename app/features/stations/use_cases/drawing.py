"""Which ballots of a pot are read a second time is drawn in public, after all of them were typed and committed."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState, gives_points, is_ranking, most_points_each, withdrawn_from
from app.features.budgets.queries import pot as pot_by_id
from app.features.counting.use_cases import DrawNeeded, Project, count
from app.features.stations.commands import DrawSample
from app.features.stations.counted import classes_typed
from app.features.stations.models import Batch, BatchState, PaperBallot, Sample, SampleState
from app.features.stations.queries import batches_of, missing_before_drawing, sample_of
from app.features.stations.sampling import committed, could_change, drawn, most_wrong, size_of
from app.features.stations.use_cases.batches import require_unsigned
from app.features.stations.use_cases.shared import NO_PAPER, clerk, hold_for_ballots, station_of
from app.features.stations.use_cases.wanting import advance, is_through, mark_drawn, reads_all, typed_wrongly, want
from app.features.voting.queries import is_opened
from app.features.voting.use_cases import announced_rule, as_counted, paper_rules, tally_of
from app.kernel import audit
from app.kernel.automated import decides
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


@decides("second_reading")
def draw_sample(session: Session, actor: Actor, command: DrawSample) -> Sample:
    """Draw the ballots for the second reading of a pot. With few ballots that is all of them.

    Raises Conflict while a station has not opened its boxes or a batch is open, and when it was drawn already; Refused
    without a seed.
    """
    pot = _held(session, actor, command.pot_id)
    if reads_all(pot):
        raise Conflict(msg("All ballots of this pot are read a second time, so nothing is drawn."))
    if sample_of(session, pot.id) is not None:
        raise Conflict(msg("The ballots for the second reading are drawn already."))
    seed = " ".join(command.seed.split())[:200]
    if not seed:
        raise Refused(msg("Write the seed: what came out of the public draw, such as the numbers of dice."), field="seed")
    batches = _all_entered(session, pot)
    one_each = [
        (batch_id, number)
        for batch_id, number in session.execute(
            select(PaperBallot.batch_id, PaperBallot.number).where(PaperBallot.batch_id.in_([one.id for one in batches]))
        )
    ]
    commitment, size = committed(one.commitment for one in batches), size_of(pot.rule, len(one_each))
    whole = size == len(one_each)
    sample = Sample(
        pot_id=pot.id,
        seed=seed,
        committed=commitment,
        size=size,
        ballots=len(one_each),
        state=SampleState.ALL if whole else SampleState.DRAWN,
    )
    session.add(sample)
    session.flush()
    audit.record(
        session, actor, "sample.drawn", sample, process_id=pot.process_id, seed=seed, commitment=commitment, size=size,
        ballots=len(one_each),
    )  # fmt: skip
    chosen = one_each if whole else drawn(seed, commitment, one_each, size)
    mark_drawn(session, chosen)
    want(session, batches, None if whole else chosen)
    return sample


@decides("second_reading")
def judge_sample(session: Session, actor: Actor, pot_id: uuid.UUID) -> Sample:
    """Say whether the sample was enough, or let all be read: when so many could be wrong that another project could win.

    Only what was drawn says how many may be wrong: ballots that were read because they were in doubt were chosen by whoever
    typed them. Drawn ballots of batches that were opened again count as they were found before (`keep_drawn`).

    Raises Conflict while a batch is being typed, while ballots of the sample are not read or decided, and before the ballot box
    is opened: how close the result is nobody knows before.
    """
    pot = _held(session, actor, pot_id)
    sample = sample_of(session, pot.id)
    if sample is None or sample.state is not SampleState.DRAWN:
        raise Conflict(msg("There is no sample to decide on."))
    batches = _all_entered(session, pot)
    if not all(is_through(session, one) for one in batches):
        raise Conflict(msg("Ballots of the sample are still to be read or decided."))
    if not is_opened(session, pot):
        raise Conflict(msg("How close the result is, is known when the ballot box is open. Open it first, or have all read."))
    read, wrong = _drawn_and_wrong(session, pot, sample, batches)
    most = most_wrong(sample.ballots, read, wrong)
    changes = _could_change(session, pot, (most - wrong) * moved_by_one(pot))  # those that were found are put right
    sample.found = {**sample.found, "read": read, "wrong": wrong, "most_wrong": most, "could_change": changes}
    sample.state = SampleState.ALL if changes else SampleState.ENOUGH
    session.flush()
    audit.record(session, actor, "sample.judged", sample, process_id=pot.process_id, **sample.found)
    if changes:
        want(session, batches)
    else:
        for one in batches:
            advance(session, one)
    return sample


def _drawn_and_wrong(session: Session, pot: Pot, sample: Sample, batches: Sequence[Batch]) -> tuple[int, int]:
    """How many ballots were drawn, and how many of them were typed wrongly."""
    sampled = [one.id for one in batches if not one.read_whole]
    read = session.scalars(select(PaperBallot).where(PaperBallot.batch_id.in_(sampled), PaperBallot.drawn)).all()
    before = sample.found.get("reopened", {"drawn": 0, "wrong": 0})
    wrong = sum(typed_wrongly(one, points=gives_points(pot)) for one in read)
    return len(read) + before["drawn"], wrong + before["wrong"]


def read_all(session: Session, actor: Actor, pot_id: uuid.UUID) -> Sample:
    """Have all ballots read a second time, whatever was drawn; those of a batch that is still being typed follow by themselves.

    Raises Conflict once anybody has signed for a station with ballots: what was signed stays.
    """
    pot = _held(session, actor, pot_id)
    sample = sample_of(session, pot.id)
    if sample is None or sample.state is SampleState.ALL:
        raise Conflict(msg("There is no sample to decide on."))
    batches = batches_of(session, pot.id)
    for station_id in {one.station_id for one in batches}:
        require_unsigned(session, station_of(session, station_id), pot.id)
    sample.state, sample.found = SampleState.ALL, {**sample.found, "asked_for": True}
    session.flush()
    audit.record(session, actor, "sample.widened", sample, process_id=pot.process_id)
    want(session, [one for one in batches if one.state is not BatchState.OPEN])  # the others are read whole in any case
    return sample


def moved_by_one(pot: Pot) -> int:
    """By how much one wrong ballot can move two projects against each other: one loses what it can give, the other gets it."""
    if gives_points(pot):
        return 2 * (most_points_each(pot) or pot.max_points or 1)
    if is_ranking(pot):
        return 2 * int(pot.options.get("max_length") or pot.max_projects or len(pot.projects))
    return 2


def _could_change(session: Session, pot: Pot, moved: int) -> bool:
    tally = tally_of(session, pot)
    rows = classes_typed(session, pot)
    tally.add_all(as_counted((choices, points, number) for (choices, points), number in rows.items()))
    projects = [Project(one.number, one.cost) for one in pot.projects]
    try:
        winners = count(tally, projects, pot.amount, announced_rule(pot)).winners
    except DrawNeeded:
        return True
    gone = withdrawn_from(pot)  # wins by no rule
    scores = {one.number: int(tally.score(one.number)) for one in pot.projects if one.number not in gone}
    return could_change(pot.rule, scores, {one.number: one.cost for one in pot.projects}, list(winners), pot.amount, moved)


def _held(session: Session, actor: Actor, pot_id: uuid.UUID) -> Pot:
    pot = pot_by_id(session, pot_id)
    if pot is None:
        raise NotFound
    clerk(session, actor, pot.process_id, Permission.BUDGET_CERTIFY)
    if paper_rules(session, pot) is None:
        raise Refused(NO_PAPER)
    hold_for_ballots(session, pot_id)
    session.refresh(pot, ["state"])
    if pot.state is not PotState.READY:
        raise Conflict(msg("This pot has been counted, so its ballots on paper stay as they are."))
    return pot


def _all_entered(session: Session, pot: Pot) -> list[Batch]:
    """All batches of a pot. Raises Conflict, naming the station, while one is missing something."""
    if missing := missing_before_drawing(session, pot):
        raise Conflict(missing)
    return list(batches_of(session, pot.id))
