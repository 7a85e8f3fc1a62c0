"""The end of votes, by the clock: keys that nobody needs are announced and destroyed, then voters and objectors forgotten."""

from uuid import UUID

from app.extensions import db
from app.features.committee.use_cases import announce_destruction, forget_after, forget_contacts, keys_are_due
from app.features.voting.queries import votes_to_end
from app.kernel.one_by_one import one_by_one


def run() -> None:
    """Each vote in a transaction of its own; what is wrong with one stops no other. Safe to run at any time and twice.

    Raises SomeFailed at the end when a vote could not be looked after.
    """
    with db.transaction() as session:
        forget_contacts(session)
    with db.transaction() as session:
        processes = list(votes_to_end(session))

    def of(process_id: UUID) -> None:
        with db.transaction() as session:
            announce_destruction(session, process_id)
            keys_are_due(session, process_id)
            forget_after(session, process_id)

    one_by_one("ending a vote", processes, of)
