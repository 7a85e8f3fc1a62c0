"""Test ballots, cast as a clerk at a desk casts them, and the end of the test vote."""

import secrets
import uuid
from collections.abc import Iterator
from itertools import islice
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import (
    Choices,
    Pot,
    gives_points,
    least_projects,
    most_cost,
    most_points_each,
    most_projects,
    pots_of,
    withdrawn_from,
)
from app.features.budgets.queries import pot as pot_by_id
from app.features.rehearsals.commands import MOST_VOTERS, CastTestBallots, EndVote
from app.features.rehearsals.models import Rehearsal
from app.features.rehearsals.queries import rehearsal_in
from app.features.rehearsals.rules import draw_choices, draw_points, test_number
from app.features.spaces.queries import Action, Phase, Process
from app.features.voting.queries import keys_that_voted
from app.features.voting.use_cases import CastAtDesk, Keyring, RollRow, cast_at_desk, hashed, kept_key, standing_of
from app.kernel import audit, clock, outbox
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import SYSTEM, Actor

AT_ONCE = 40
"""So many ballots are cast in one transaction: on SQLite others wait for it, who may be casting real ones."""


def cast_test_ballots(session: Session, actor: Actor, command: CastTestBallots, keyring: Keyring) -> int:
    """Let test voters who have not voted yet cast random ballots in every pot, through the use case of the voting desk.

    The first are cast at once, which is what is returned; the others follow in the background. Raises NotFound, Invalid for a
    number outside 1 to 1,000, Conflict when every test voter has voted, and what casting raises once the vote is over.
    """
    rehearsal, copy = rehearsal_in(session, actor, command.copy_id)
    if not 1 <= command.number <= MOST_VOTERS:
        raise Invalid({"number": msg("Choose between 1 and %(most)s ballots.", most=MOST_VOTERS)})
    cast = _cast_some(session, copy, rehearsal, command.number, keyring)
    if not cast:
        raise Conflict(msg("Every test voter has voted."))
    session.flush()
    process_id = rehearsal.process_id
    audit.record(session, actor, "rehearsal.test_ballots", rehearsal, process_id=process_id, number=command.number)
    return cast


def cast_more(session: Session, copy_id: uuid.UUID, number: int, keyring: Keyring) -> int:
    """Cast the next of the test ballots that were asked for. Does nothing once the vote is over or the rehearsal is gone."""
    try:
        rehearsal, copy = rehearsal_in(session, SYSTEM, copy_id)
        with session.begin_nested():
            return _cast_some(session, copy, rehearsal, number, keyring)
    except Refused:
        return 0


def _cast_some(session: Session, copy: Process, rehearsal: Rehearsal, number: int, keyring: Keyring) -> int:
    """Cast for some of the next `number` test voters in every pot, and post the rest of the work."""
    secret = kept_key(session, keyring, copy.id, "voters")
    chance = Random(secrets.token_bytes(16))  # noqa: S311  which projects a test ballot names is no secret
    pot_ids = [pot.id for pot in pots_of(session, copy.id)]
    now = min(number, max(1, AT_ONCE // max(1, len(pot_ids))))
    cast = 0
    for pot_id in pot_ids:
        pot = pot_by_id(session, pot_id)
        if pot is None:
            raise NotFound
        for card in islice(_waiting(session, pot, rehearsal.voters, secret), now):
            cast_at_desk(session, SYSTEM, _ballot(pot, card, chance), secret, keyring)
            cast += 1
    if cast and number > now:
        outbox.post(session, "rehearsals.cast_more", copy_id=str(copy.id), number=number - now)
    return cast


def _waiting(session: Session, pot: Pot, voters: int, secret: bytes) -> Iterator[str]:
    """The numbers of test voters who may vote in this pot and have not done so."""
    numbers = [test_number(place) for place in range(1, voters + 1)]
    keys = hashed([RollRow(one) for one in numbers], pot.process_id, secret)
    voted = keys_that_voted(session, pot.id)
    for number, row in zip(numbers, keys, strict=True):
        if row.key not in voted and standing_of(session, pot, row.key).may_vote:
            yield number


def _ballot(pot: Pot, number: str, chance: Random) -> CastAtDesk:
    gone = withdrawn_from(pot)
    costs = [(project.number, project.cost) for project in pot.projects if project.number not in gone]
    numbers = draw_choices(costs, chance, most=most_projects(pot), most_cost=most_cost(pot), fewest=least_projects(pot))
    points = None
    if gives_points(pot):
        points = draw_points(len(numbers), chance, most=pot.max_points, each=most_points_each(pot))
    return CastAtDesk(pot_id=pot.id, number=number, choices=Choices(numbers, points))


def end_vote(session: Session, actor: Actor, command: EndVote) -> None:
    """End the vote of a rehearsal now. Raises NotFound, Conflict when it is over already."""
    rehearsal, copy = rehearsal_in(session, actor, command.copy_id)
    now = clock.now()
    phases = session.scalars(select(Phase).where(Phase.process_id == copy.id, Phase.ends_at > now)).all()
    running = [phase for phase in phases if Action.VOTE in phase.actions]
    if not running:
        raise Conflict(msg("The vote of this rehearsal is over already."))
    for phase in running:
        phase.ends_at = now
        phase.version += 1
    session.flush()
    audit.record(session, actor, "rehearsal.ended", rehearsal, process_id=rehearsal.process_id)
