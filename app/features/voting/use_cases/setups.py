"""How people vote in a process is said before the ballots are fixed, and then announced with them."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState, pots_of
from app.features.budgets.use_cases import announced_with_a_pot
from app.features.spaces.queries import Action, Process, process
from app.features.voting.commands import PaperSetup, WriteSetup
from app.features.voting.models import Custody, IncompleteSet, Overvote, SlotMode, VotingSetup
from app.features.voting.queries import box_of, participations
from app.features.voting.use_cases.keeping import key_missing
from app.features.voting.voters.announced_setup import setup_digest_part
from app.features.voting.voters.eligibility import setup_of
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def announced(session: Session, pot: Pot) -> dict[str, Any]:
    """What a fixed ballot says about voters; whoever changes the setup meanwhile waits, and is then refused.

    Raises Refused while the committee is to keep the key and has not brought it.
    """
    session.execute(select(Process.id).where(Process.id == pot.process_id).with_for_update(read=True))
    if (missing := key_missing(session, pot.process_id)) is not None:
        raise Refused(missing)
    return {"voters": setup_digest_part(session, pot.process_id)}


announced_with_a_pot.append(announced)


def write_setup(session: Session, actor: Actor, command: WriteSetup) -> VotingSetup:
    """Say how people vote in a process. Raises NotFound for other processes, Conflict once a ballot is fixed or people vote.

    Where the server is to keep the key after all, a key that the committee has brought is given up: nothing is sealed with it.
    """
    space = process(session, command.process_id)
    if space is None or not actor.may(Permission.BUDGET_MANAGE, command.process_id):
        raise NotFound
    session.execute(select(Process.id).where(Process.id == command.process_id).with_for_update())
    if (why_not := setup_is_fixed(session, space)) is not None:
        raise why_not
    if command.slots not in set(SlotMode):
        raise Refused(msg("Choose one of these."), field="slots")
    if command.custody not in set(Custody):
        raise Refused(msg("Choose one of these."), field="custody")
    setup = setup_of(session, command.process_id)
    before = setup_digest_part(session, command.process_id)
    setup.slots = SlotMode(command.slots)
    setup.by_code, setup.by_card, setup.by_account = command.by_code, command.by_card, command.by_account
    setup.custody = Custody(command.custody)
    _set_up_paper(setup, command.paper)
    session.add(setup)
    if setup.custody is Custody.SERVER:
        _give_up_key(session, actor, command.process_id)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(msg("Somebody else changed this at the same moment. Look at it again.")) from None
    after = setup_digest_part(session, command.process_id)
    if after != before:
        audit.record(session, actor, "voting.set_up", setup, process_id=command.process_id, before=before, after=after)
    return setup


def _set_up_paper(setup: VotingSetup, paper: PaperSetup | None) -> None:
    """Raises Refused for what is no choice."""
    setup.on_paper = paper is not None
    if paper is None:
        setup.postal_until = None
        return
    if paper.overvote not in set(Overvote):
        raise Refused(msg("Choose one of these."), field="overvote")
    if paper.incomplete_set not in set(IncompleteSet):
        raise Refused(msg("Choose one of these."), field="incomplete_set")
    setup.overvote, setup.incomplete_set = Overvote(paper.overvote), IncompleteSet(paper.incomplete_set)
    setup.postal_until = paper.postal_until


def _give_up_key(session: Session, actor: Actor, process_id: uuid.UUID) -> None:
    box = box_of(session, process_id)
    if box is not None and box.custody is Custody.COMMITTEE:
        audit.record(session, actor, "box.key_given_up", box, process_id=process_id, key=box.key["public_key"])
        session.delete(box)


def copy_setup(session: Session, actor: Actor, source: uuid.UUID, target: uuid.UUID) -> VotingSetup:
    """Let people vote in one process as in another; for rehearsals: the server keeps the key. Raises as `write_setup`."""
    as_there = setup_of(session, source)
    ways = (as_there.by_code, as_there.by_card, as_there.by_account)
    paper = None
    if as_there.on_paper:
        paper = PaperSetup(str(as_there.overvote), str(as_there.incomplete_set), as_there.postal_until)
    return write_setup(session, actor, WriteSetup(target, str(as_there.slots), *ways, str(Custody.SERVER), paper))


def setup_is_fixed(session: Session, space: Process) -> Conflict | None:
    """Why it cannot be changed now, if so."""
    pots = pots_of(session, space.id)
    begun = any(Action.VOTE in phase.actions and phase.starts_at <= clock.now() for phase in space.phases)
    if begun or any(participations(session, pot.id) for pot in pots):
        return Conflict(msg("The vote has begun, so the way people vote stays as it is."))
    if any(pot.state is not PotState.DRAFT for pot in pots):
        return Conflict(
            msg("A ballot of this process is fixed, and this belongs to it. Make the pots drafts again to change it.")
        )
    return None


def fixed_reason(session: Session, process_id: uuid.UUID) -> Conflict | None:
    """The same by the id of a process, for pages."""
    space = process(session, process_id)
    return None if space is None else setup_is_fixed(session, space)
