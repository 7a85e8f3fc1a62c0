"""A box is opened with the key that the server keeps: a small one at once, a large one in the background.

Envelopes are opened while nothing is locked, into a file without a name; then the ballots are taken in, in one transaction.
Nothing of what was in the envelopes is kept before that, sorted or not. So whatever ends in the middle begins this work anew.
"""

import tempfile
import uuid
from collections.abc import Callable
from typing import IO

from sqlalchemy.orm import Session

from app.features.voting.box import opening
from app.features.voting.exporting import board_file, sealed
from app.features.voting.keys.kept import kept_key
from app.features.voting.keys.keyring import KeyDestroyed, Keyring
from app.features.voting.models import Box, BoxState, Closing, Custody
from app.features.voting.queries import box_of, pots_in_box
from app.features.voting.use_cases import under_way
from app.features.voting.use_cases.boxes import box_to_change
from app.features.voting.use_cases.openings import import_opened
from app.kernel import audit, clock, outbox
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import Message, msg
from app.kernel.permissions import SYSTEM, Actor

OPENING = "box.opening"
_AT_WORK = (Closing.OPENING, Closing.TAKING_IN)


def open_with_the_servers_key(
    session: Session, actor: Actor, process_id: uuid.UUID, keyring: Keyring, progress: Callable[[int], None] | None = None
) -> Box:
    """Open a closed box whose key the server keeps, in one go. Raises Conflict for any other box."""
    _require_openable(box_to_change(session, actor, process_id))
    with tempfile.TemporaryFile() as file:
        write_opened(session, process_id, keyring, file, progress)
        file.seek(0)
        return import_opened(session, actor, process_id, file)


def begin_opening(session: Session, actor: Actor, process_id: uuid.UUID, keyring: Keyring) -> Box:
    """Open such a box, or say that it is to be opened where that takes long. Asking again takes up what has been left lying.

    Raises Conflict for any other box, and while the box is still being closed.
    """
    box = box_to_change(session, actor, process_id)
    if box.closing.get("step") in _AT_WORK:
        outbox.post_again(session, OPENING, process_id=str(process_id))
        return box
    _require_openable(box)
    total = sum(sealed(session, pot.id) for pot in pots_in_box(session, box))
    if total <= under_way.AT_ONCE:
        return open_with_the_servers_key(session, actor, process_id, keyring)
    asked = under_way.begun(actor, total)
    asked["at"] = asked.pop("since")  # `since` stays the moment when closing began, which the protocol tells
    kept = {name: one for name, one in box.closing.items() if name not in ("why", "params")}
    box.closing = {**kept, "step": Closing.OPENING.value, **asked}
    session.flush()
    audit.record(session, actor, "box.opening", box, process_id=process_id, envelopes=total)
    outbox.post(session, OPENING, process_id=str(process_id))
    return box


def to_open(session: Session, process_id: uuid.UUID) -> int | None:
    """How many envelopes are still to be opened in the background; None when nobody asked, or it is done."""
    box = box_of(session, process_id)
    return int(box.closing["total"]) if box is not None and box.closing.get("step") in _AT_WORK else None


def write_opened(
    session: Session, process_id: uuid.UUID, keyring: Keyring, file: IO[bytes], progress: Callable[[int], None] | None = None
) -> None:
    """Open every envelope and write what comes out, with the statement; only reads, so that nobody waits for it.

    Raises Conflict when the board was damaged, and when the key was destroyed, as it may be once all pots are annulled.
    """
    box = box_of(session, process_id)
    if box is None:
        raise NotFound
    try:
        seed = kept_key(session, keyring, process_id, "box")
    except KeyDestroyed:
        raise Conflict(msg("The key of this box was destroyed, so nobody can open it any more.")) from None
    try:
        opened = opening.open_board(board_file(session, box), seed, progress)
    except opening.BrokenBoard as broken:
        raise Conflict(
            msg("The board is damaged, so the box was not opened. Find out first what happened to it: %(why)s.", why=broken)
        ) from broken
    statement = opened.statement("Plaza", clock.now().date().isoformat())
    file.writelines(opened.file(statement, opening.sign_statement(statement, seed, str(process_id))))


def taking_in(session: Session, process_id: uuid.UUID) -> None:
    """Say that all envelopes are open and the ballots follow."""
    box = box_to_change(session, SYSTEM, process_id)
    if box.closing.get("step") == Closing.OPENING:
        box.closing = {**box.closing, "step": Closing.TAKING_IN.value, "done": box.closing["total"]}
        session.flush()


def finish_opening(session: Session, process_id: uuid.UUID, file: IO[bytes]) -> None:
    """Take the ballots in for whoever asked, unless another worker has done so meanwhile."""
    box = box_to_change(session, SYSTEM, process_id)
    if box.closing.get("step") not in _AT_WORK or box.state is not BoxState.CLOSED:
        return
    box = import_opened(session, under_way.asked_by(session, box.closing, process_id), process_id, file)
    box.closing = {**box.closing, "step": Closing.DONE.value}
    session.flush()


def stop_opening(session: Session, process_id: uuid.UUID, why: Message) -> None:
    """Say why the box could not be opened."""
    box = box_to_change(session, SYSTEM, process_id)
    if box.closing.get("step") in _AT_WORK:
        box.closing = {**box.closing, "step": Closing.STOPPED.value, **under_way.stopped_by(why)}
        session.flush()


def _require_openable(box: Box) -> None:
    if box.custody is not Custody.SERVER or box.state is not BoxState.CLOSED:
        raise Conflict(msg("This box is not to be opened by the server now."))
    if box.closing.get("step") == Closing.WIPING:
        raise Conflict(msg("The box is still being closed. It can be opened afterwards."))
