"""What this room keeps about a person: in which votes their account stands for a number. Never whether or how they voted."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.voting.models import VoterIdentity
from app.kernel.messages import msg
from app.kernel.model import Model
from app.kernel.personal_data import collection, not_given_out


@collection(
    "votes",
    msg("In which votes you said who you are"),
    tables=("voter_identity",),
    columns={
        "process": msg("The process"),
        "since": msg("When you said so (UTC). Your ballot is not joined with you, so it cannot be given out"),
    },
)
def _votes(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    process = Model.metadata.tables["process"]
    rows = session.execute(
        select(VoterIdentity.created_at, process.c.slug)
        .join(process, process.c.id == VoterIdentity.process_id)
        .where(VoterIdentity.person_id == person_id)
    )
    for created_at, slug in rows:
        yield {"process": slug, "since": created_at.isoformat()}


not_given_out("voting_contest", msg("That you recorded or decided a complaint: an act in office, in the audit log."))
not_given_out("ballot_box", msg("That you brought what came out of a box: an act in office, in the audit log."))
