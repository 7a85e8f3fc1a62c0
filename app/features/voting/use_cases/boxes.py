"""The ballot box of a process: its key, and what it does while people vote."""

import json
import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import hold_pots
from app.features.spaces.queries import Process
from app.features.voting import sealing
from app.features.voting.box import custody, opening
from app.features.voting.commands import PrepareBox
from app.features.voting.keys.kept import kept_key
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Box, BoxState, Custody
from app.features.voting.queries import anybody_voted, box_of, fixed_pots
from app.features.voting.use_cases.casting import new_box
from app.features.voting.use_cases.keeping import keep_as_brought, why_no_key
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def box_to_change(session: Session, actor: Actor, process_id: uuid.UUID) -> Box:
    """The box, locked, after its process and its pots (`hold_pots` says why in that order).

    Raises NotFound without the committee's role, or where no box was ever needed.
    """
    if not actor.may(Permission.BUDGET_CERTIFY, process_id):
        raise NotFound
    session.execute(select(Process.id).where(Process.id == process_id).with_for_update(key_share=True))
    hold_pots(session, process_id)
    box = session.scalars(select(Box).where(Box.process_id == process_id).with_for_update()).first()
    if box is None:
        raise NotFound
    session.refresh(box)
    return box


def prepare_box(session: Session, actor: Actor, command: PrepareBox, keyring: Keyring) -> Box:
    """Take the public key that the committee made offline, with the proof that its shares open an envelope.

    Raises Refused for a key of another vote or without such a proof, Conflict once somebody has voted and where the server was
    chosen to keep the key.
    """
    if not actor.may(Permission.BUDGET_CERTIFY, command.process_id):
        raise NotFound
    sheet, day = _rehearsed(command)
    session.execute(select(Process.id).where(Process.id == command.process_id).with_for_update(key_share=True))
    hold_pots(session, command.process_id)  # whoever has read the key that is there now finishes casting first
    box = box_of(session, command.process_id)
    if anybody_voted(session, command.process_id) or (box is not None and box.state is not BoxState.OPEN):
        raise Conflict(msg("People have voted already, so the key stays as it is."))
    if (why_not := why_no_key(session, command.process_id)) is not None:
        raise why_not
    replaced = box.key["public_key"] if box is not None and box.custody is Custody.COMMITTEE else None
    box = box or new_box(session, command.process_id, Custody.COMMITTEE, sheet, keyring)
    session.refresh(box, with_for_update=True)
    box.custody, box.key, box.rehearsed_on = Custody.COMMITTEE, sheet.as_json(), day
    keep_as_brought(session, command.process_id)
    session.flush()
    audit.record(
        session,
        actor,
        "box.prepared" if replaced is None else "box.key_replaced",
        box,
        process_id=box.process_id,
        needed=sheet.needed,
        shares=len(sheet.commitments),
        key=sheet.public_key,
        **({} if replaced is None else {"replaced": replaced}),
    )
    return box


def _rehearsed(command: PrepareBox) -> tuple[custody.KeySheet, str]:
    try:
        sheet = custody.KeySheet.from_json(json.loads(command.key))
        note = json.loads(command.rehearsal)
        signature = note.pop("signature")
        day = date.fromisoformat(str(note["day"])).isoformat()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(
            msg("This is not the key file, or not the note of the rehearsal. Choose key.json and rehearsal.json.")
        ) from None
    if sheet.election != str(command.process_id) or not 2 <= sheet.needed < len(sheet.commitments):
        raise Refused(msg("This key was made for another vote."))
    if note.get("public_key") != sheet.public_key or not opening.statement_is_signed(note, signature, sheet.statement_key):
        raise Refused(msg("The note does not show that the shares of this key open an envelope. Rehearse again."))
    return sheet, day


def seal_boxes(session: Session, process_id: uuid.UUID) -> int:
    """Move envelopes that have waited for enough others to the board; the task calls it. Returns how many."""
    hold_pots(session, process_id, shared=True)
    box = session.scalars(select(Box).where(Box.process_id == process_id).with_for_update()).first()
    if box is None or box.state is not BoxState.OPEN:
        return 0
    return sum(sealing.seal_waiting(session, pot.id) for pot in fixed_pots(session, process_id))


def sign_heads(session: Session, process_id: uuid.UUID, keyring: Keyring) -> None:
    """Sign the state of the board of an open box today."""
    hold_pots(session, process_id, shared=True)
    box = session.scalars(select(Box).where(Box.process_id == process_id).with_for_update()).first()
    if box is not None and box.state is BoxState.OPEN:
        sealing.sign_head(session, box, clock.now().date(), kept_key(session, keyring, process_id, "board"))
