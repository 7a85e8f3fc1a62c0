"""What is to be done before people vote, in order: a list with ticks for each process. Other rooms add their steps."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.features.budgets.models import Pot
from app.features.budgets.rules import problems_before_freezing
from app.kernel.messages import Message


@dataclass(frozen=True)
class Step:
    """One thing to do. `url` is where it is done; empty where it cannot be done yet, or stands beside.

    `why`: why it cannot be done any more.
    """

    words: Message
    url: str
    done: bool
    why: Message | None = None


Steps = Mapping[uuid.UUID, Sequence[Step]]
more_steps: list[tuple[int, Callable[[Session, Collection[uuid.UUID]], Steps]]] = []
"""Steps of other rooms between the projects and fixing the ballot: an order, and what gives them for several processes."""


def steps_between(session: Session, process_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Step]]:
    """The steps of other rooms in their order, for each of these processes."""
    found: dict[uuid.UUID, list[Step]] = {one: [] for one in process_ids}
    for _order, give in sorted(more_steps, key=lambda each: each[0]):
        for process_id, steps in give(session, process_ids).items():
            found[process_id].extend(steps)
    return found


missing_before_fixing: list[Callable[[Session, Pot], Message | None]] = []
"""What other rooms know that a vote still needs; they refuse to announce a ballot without it (`announced_with_a_pot`)."""


def problems_of(session: Session, pot: Pot) -> list[Message]:
    """What still keeps people from voting on this pot, on the ballot itself and around it."""
    others = [why for ask in missing_before_fixing if (why := ask(session, pot)) is not None]
    return [*problems_before_freezing(pot), *others]
