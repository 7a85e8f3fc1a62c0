"""Who keeps the key of the box: chosen before the ballots are fixed, announced with them, and kept to afterwards."""

import uuid

from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, missing_before_fixing
from app.features.spaces.queries import process
from app.features.voting.models import Custody
from app.features.voting.queries import box_of, fixed_pots
from app.features.voting.voters.eligibility import announced_custody, setup_of
from app.kernel.errors import Conflict
from app.kernel.messages import Message, msg

NO_KEY = msg(
    "The committee is to keep the key to the ballot box, and its key is not here yet. "
    "A member of the committee brings it on the page “Ballot box”."
)


def key_missing(session: Session, process_id: uuid.UUID) -> Message | None:
    """Why no ballot can be fixed, and nobody can vote: the committee is to keep the key, and has not brought it."""
    if setup_of(session, process_id).custody is not Custody.COMMITTEE:
        return None
    box = box_of(session, process_id)
    there = box is not None and box.custody is Custody.COMMITTEE and bool(box.rehearsed_on)
    return None if there else NO_KEY


def why_no_key(session: Session, process_id: uuid.UUID) -> Conflict | None:
    """Why the committee can bring no key, if so: everybody was told, or is about to be told, that the server keeps it.

    A rehearsal tells nobody anything, and its committee can try out shares as well as the server's key. Ballots that were fixed
    before this was asked announce neither.
    """
    space = process(session, process_id)
    if space is not None and space.rehearsal_of is not None:
        return None
    fixed = fixed_pots(session, process_id)
    if Custody.SERVER in announced_custody(fixed):
        return Conflict(
            msg(
                "It is announced with the fixed ballots that the server keeps the key, so no other key is brought now. "
                "Before the vote begins, the pots can be made drafts again, and the committee chosen on “How people vote”."
            )
        )
    if not fixed and setup_of(session, process_id).custody is Custody.SERVER:
        return Conflict(
            msg(
                "The page “How people vote” says that the server keeps the key. "
                "Choose the committee there first, then bring its key."
            )
        )
    return None


def keep_as_brought(session: Session, process_id: uuid.UUID) -> None:
    """Say so with ballots that are fixed from now on; older ones were fixed before anybody was asked."""
    space, setup = process(session, process_id), setup_of(session, process_id)
    if space is not None and space.rehearsal_of is None and setup.custody is not Custody.COMMITTEE:
        setup.custody = Custody.COMMITTEE
        session.add(setup)


def _missing(session: Session, pot: Pot) -> Message | None:
    return key_missing(session, pot.process_id)


missing_before_fixing.append(_missing)
