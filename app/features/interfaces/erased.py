"""What becomes of who somebody is in other systems: it goes. Signatures go with the answers that they are over."""

from dataclasses import replace

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.features.consents.queries import ConsentEvent
from app.features.interfaces.models import CityProfile, Individual, Signature
from app.kernel.audit import AuditEntry
from app.kernel.erasing import Subject, declare, goes, must_leave, nothing_of_people
from app.kernel.messages import msg

goes("city_profile", msg("The link to your profile at the city's identity provider"), CityProfile.person_id)


def _individuals(session: Session, subject: Subject, most: int) -> int:
    """The rows go, and the audit log forgets their ids: the program that knows the person by one has it still."""
    theirs = list(session.scalars(select(Individual.id).where(Individual.person_id == subject.person_id).limit(most)))
    events = select(ConsentEvent.id).where(ConsentEvent.person_id == subject.person_id)
    signed = list(session.scalars(select(Signature.id).where(Signature.event_id.in_(events))))
    for model, ids in ((Individual, theirs), (Signature, signed)):
        entries = (AuditEntry.subject_type == model.__tablename__) & AuditEntry.subject_id.in_(ids)
        session.execute(update(AuditEntry).where(entries).values(subject_id=subject.pseudonym))
    session.execute(delete(Individual).where(Individual.id.in_(theirs)))
    return len(theirs)


_gone = goes(
    "individuals",
    msg("Under which identifiers other systems know you"),
    Individual.person_id,
    order=5,  # before the answers, which take their signatures along
)
declare(replace(_gone, run=_individuals))
must_leave("interfaces.webhook", msg("They say that your consent is over, to the systems that recorded it."))
nothing_of_people(
    "what programs may do, and what their organisations write about their policies",
    "interface_client.name",
    "interface_client.contact",
    "interface_client.scopes",
    "interface_client.process_ids",
    "interface_token.scopes",
    "interface_token.audience",
    "interface_webhook.url",
    "interface_webhook.content_type",
    "interface_webhook.sealed_secret",
    "interface_policy_revision.content",
)
nothing_of_people("a program, or a keyed hash of somebody that lives for a minute", "interface_use.key")
nothing_of_people(
    "goes with the answer that was signed, by its foreign key", "interface_signature.said", "interface_signature.payload"
)
