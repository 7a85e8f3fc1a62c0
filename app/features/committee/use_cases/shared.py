"""What every act of the committee has in common: the role, the lock of the process, and names in office."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.queries import in_office, people_names
from app.features.budgets.queries import Pot
from app.features.budgets.queries import pot as pot_by_id
from app.features.committee.models import Decision
from app.features.spaces.queries import Process, process
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor, Permission


def locked_process(session: Session, actor: Actor, process_id: uuid.UUID) -> Process:
    """The process; one act of its committee at a time. Raises NotFound for everybody but its members.

    People who cast a ballot at this moment need not wait.
    """
    space = process(session, process_id)
    if space is None or not actor.may(Permission.BUDGET_CERTIFY, process_id):
        raise NotFound
    session.execute(select(Process.id).where(Process.id == process_id).with_for_update(key_share=True))
    session.refresh(space, ["interrupted_at", "state"])
    return space


def member(session: Session, actor: Actor, process_id: uuid.UUID) -> tuple[uuid.UUID, str]:
    """Id and name of a member of the committee of that process. Raises NotFound for anybody else, SignInRequired for nobody.

    The role is looked up again: it may have been taken away since this person's page was shown.
    """
    person_id = actor.require_signed_in()
    if not actor.may(Permission.BUDGET_CERTIFY, process_id) or not still_members(session, process_id, person_id):
        raise NotFound
    return person_id, people_names(session, [person_id]).get(person_id, "")


def still_members(session: Session, process_id: uuid.UUID, *people: uuid.UUID | None) -> bool:
    """Whether all of these people are members now; nobody takes the role away before this transaction has ended."""
    wanted = {person for person in people if person is not None}
    return len(wanted) == len(people) and in_office(session, Permission.BUDGET_CERTIFY, process_id, wanted) == wanted


def signers(decision: Decision) -> tuple[uuid.UUID, ...]:
    """Who has signed a decision."""
    return tuple(person for person in (decision.proposed_by, decision.decided_by) if person is not None)


def pot_of(session: Session, process_id: uuid.UUID, pot_id: uuid.UUID | None) -> Pot:
    """The pot with its projects as they are now. Raises NotFound when it belongs to another process."""
    found = pot_by_id(session, pot_id, fresh=True) if pot_id is not None else None
    if found is None or found.process_id != process_id or found.options.get("imported"):
        raise NotFound
    return found


def when(text: str) -> datetime:
    """A moment as it is kept in a decision's details."""
    return datetime.fromisoformat(text)
