"""What this room keeps about a person: objections, and acts in office."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.committee.models import Objection
from app.kernel.messages import msg
from app.kernel.model import Model
from app.kernel.personal_data import collection, not_given_out


@collection(
    "objections",
    msg("Your objections"),
    tables=("objection",),
    columns={
        "process": msg("The process"),
        "number": msg("Number of the objection"),
        "since": msg("When you objected (UTC)"),
        "words": msg("What you wrote"),
        "outcome": msg("What became of it"),
    },
)
def _objections(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    process = Model.metadata.tables["process"]
    rows = session.execute(
        select(Objection, process.c.slug)
        .join(process, process.c.id == Objection.process_id)
        .where(Objection.person_id == person_id)
        .order_by(Objection.created_at)
    )
    for one, slug in rows:
        yield {
            "process": slug,
            "number": one.number,
            "since": one.created_at.isoformat(),
            "words": one.wording,
            "outcome": one.outcome.value,
        }


not_given_out(
    "committee_decision", msg("Decisions that you signed as a member of the committee: an act in office, and public.")
)
not_given_out("paper_entry", msg("Totals that you typed as a member of the committee: an act in office, in the protocol."))
not_given_out(
    "difference_explained", msg("Reasons that you wrote as a member of the committee: an act in office, in the protocol.")
)
