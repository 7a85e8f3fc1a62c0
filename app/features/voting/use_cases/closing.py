"""The box is closed: the last envelopes are sealed, the participations scattered, the space of what was removed given back.

For a large vote that takes minutes, so a page only begins it. The steps follow in the background, each in a transaction of its
own; whatever ends in the middle goes on where it was, because every step says in the box how far it is (`Box.closing`).
"""

import uuid
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.budgets.use_cases import no_more_pots
from app.features.voting import sealing
from app.features.voting.exporting import sealed
from app.features.voting.keys.kept import kept_key
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Box, BoxState, Closing
from app.features.voting.queries import closed, envelopes_of, fixed_pots, in_the_box, where_anybody_voted
from app.features.voting.use_cases.boxes import box_to_change
from app.features.voting.use_cases.freezing_roll import note_roll_again
from app.features.voting.use_cases.under_way import begun, stopped_by
from app.kernel import audit, clock, outbox
from app.kernel.errors import Conflict
from app.kernel.messages import Message, msg
from app.kernel.permissions import SYSTEM, Actor

CLOSING = "box.closing"
WIPING = "box.wiping"
WORK: dict[str, str] = {Closing.SEALING: CLOSING, Closing.WIPING: WIPING}
"""Which row of the outbox each step of closing needs."""
ENVELOPES_IN_A_STEP = 20_000
"""How many one transaction seals, so that none is long."""
_NO_MORE = msg("The box of this vote is closed, so no other ballot can be fixed. Set it up in a process of its own.")
_VOTED = msg("People have voted in this process, so no other ballot can be fixed. Set it up in a process of its own.")
explained: list[Callable[[Session, Pot, int], bool]] = []
"""Who knows why a pot has more (below nought: fewer) participations than envelopes: the committee writes the reason down."""


def close_box(session: Session, actor: Actor, process_id: uuid.UUID, keyring: Keyring) -> Box:
    """Close a box in one go; afterwards no row joins a voter with an envelope.

    Every pot's participations equal its envelopes, or the committee has written down why not; else closing is refused with the
    numbers. The caller wipes the files of the database after the commit (`sealing.wipe`). Raises Conflict while people still
    vote; closing again changes nothing.
    """
    box = box_to_change(session, actor, process_id)
    if box.state is BoxState.OPEN:
        pots = _over(session, box)
        for pot in pots:
            sealing.seal_waiting(session, pot.id, everything=True)
        _finish(session, actor, box, pots, keyring)
    return box


def begin_closing(session: Session, actor: Actor, process_id: uuid.UUID) -> Box:
    """Say that the box is to be closed; the steps follow in the background. Beginning again takes up what has been left lying.

    Raises Conflict while people still vote, or when participations and envelopes differ and nobody has written down why.
    """
    box = box_to_change(session, actor, process_id)
    if (work := WORK.get(box.closing.get("step", ""))) is not None:
        outbox.post_again(session, work, process_id=str(process_id))
        return box
    if box.state is not BoxState.OPEN:
        return box
    pots = _over(session, box)
    for pot in pots:
        _require_balance(session, pot, envelopes_of(session, pot.id))
    waiting = sum(envelopes_of(session, pot.id) - sealed(session, pot.id) for pot in pots)
    box.closing = {"step": Closing.SEALING.value, **begun(actor, waiting)}
    session.flush()
    audit.record(session, actor, "box.closing", box, process_id=process_id, waiting=waiting)
    outbox.post(session, CLOSING, process_id=str(process_id))
    return box


def go_on_closing(session: Session, process_id: uuid.UUID, keyring: Keyring, *, at_once: int = ENVELOPES_IN_A_STEP) -> None:
    """Take the next step of closing in this transaction, and ask for the one after it. Safe to run at any time and twice."""
    box = box_to_change(session, SYSTEM, process_id)
    if box.state is not BoxState.OPEN or box.closing.get("step") != Closing.SEALING:
        return
    try:
        pots = _over(session, box)
        moved = 0
        for pot in pots:
            if moved < at_once:
                moved += sealing.seal_waiting(session, pot.id, everything=True, at_most=at_once - moved)
        if moved:
            box.closing = {**box.closing, "done": box.closing["done"] + moved, "at": clock.now().isoformat()}
            session.flush()
            outbox.post(session, CLOSING, process_id=str(process_id))
            return
        by = box.closing.get("by")
        _finish(session, Actor(person_id=uuid.UUID(by)) if by else SYSTEM, box, pots, keyring)
    except Conflict as conflict:  # raised before anything was written
        box.closing = {**box.closing, "step": Closing.STOPPED.value, **stopped_by(conflict.message)}
        session.flush()
        return
    box.closing = {**box.closing, "step": Closing.WIPING.value}
    session.flush()
    outbox.post(session, WIPING, process_id=str(process_id))


def is_wiping(session: Session, process_id: uuid.UUID) -> bool:
    """Whether the space of what was removed is still to be given back."""
    box = box_to_change(session, SYSTEM, process_id)
    return box.closing.get("step") == Closing.WIPING


def note_held(session: Session, process_id: uuid.UUID, held_by: Sequence[tuple[str, str]]) -> None:
    """Say what still holds old rows, so that somebody can end it."""
    box = box_to_change(session, SYSTEM, process_id)
    if box.closing.get("step") == Closing.WIPING:
        box.closing = {**box.closing, "held_by": [list(one) for one in held_by], "at": clock.now().isoformat()}
        session.flush()


def wiped(session: Session, process_id: uuid.UUID) -> Box:
    """Say that the space is given back: closing is done."""
    box = box_to_change(session, SYSTEM, process_id)
    kept = {name: one for name, one in box.closing.items() if name != "held_by"}
    box.closing = {**kept, "step": Closing.DONE.value}
    session.flush()
    return box


def _over(session: Session, box: Box) -> list[Pot]:
    """The pots of a box that `box_to_change` has locked, so nobody is casting. Raises Conflict while people can vote."""
    pots = fixed_pots(session, box.process_id)
    if not all(closed(session, pot) for pot in pots):
        raise Conflict(msg("People can still vote. The box is closed afterwards."))
    return pots


def _require_balance(session: Session, pot: Pot, envelopes: int) -> None:
    voters = in_the_box(session, pot.id)
    if voters == envelopes or any(knows(session, pot, voters - envelopes) for knows in explained):
        return
    raise Conflict(
        msg(
            "There are %(voters)s participations and %(envelopes)s envelopes. The box is not opened until that is explained.",
            voters=voters,
            envelopes=envelopes,
        )
    )


def _finish(session: Session, actor: Actor, box: Box, pots: list[Pot], keyring: Keyring) -> None:
    """Everything is sealed: compare the numbers, scatter what is left, sign the last head."""
    numbers = {str(pot.id): sealed(session, pot.id) for pot in pots}
    for pot in pots:
        _require_balance(session, pot, numbers[str(pot.id)])
    sealing.scatter(session, box.process_id)
    note_roll_again(session, box.process_id)
    box.state = BoxState.CLOSED
    session.flush()
    sealing.sign_head(session, box, clock.now().date(), kept_key(session, keyring, box.process_id, "board"))
    audit.record(session, actor, "box.closed", box, process_id=box.process_id, envelopes=numbers)


def _no_other_pot(session: Session, process_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Message]:
    """Why no other ballot joins those of a process: what its box holds, and which votes people have left, would change."""
    found = dict.fromkeys(where_anybody_voted(session, process_ids), _VOTED)
    for box in session.scalars(select(Box).where(Box.process_id.in_(process_ids))):
        if box.state is not BoxState.OPEN or box.closing.get("step") == Closing.SEALING:
            found[box.process_id] = _NO_MORE
    return found


no_more_pots.append(_no_other_pot)
