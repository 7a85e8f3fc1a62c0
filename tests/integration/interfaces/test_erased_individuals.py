"""After an erasure nothing here leads from the id under which a program knows somebody to what was done about them."""

from sqlalchemy import select

from app.extensions import db as database
from app.features.interfaces.models import Individual, Signature
from app.kernel import outbox
from app.kernel.audit import AuditEntry
from tests.factories import accounts, consents
from tests.integration.interfaces.test_govstack import Program


def test_the_audit_log_forgets_the_ids_of_programs(client, db, identity_provider) -> None:
    program = Program(client)
    agreement = consents.agreement(process=False, categories=("account",))
    resident = accounts.person(email="rosa@example.org").id
    db.session.commit()
    individual = program.individual(externalId="rosa@example.org", externalIdType="email")
    path = f"/service/individual/record/data-agreement/{agreement.id}/"
    record = program.ask("POST", path, individualId=individual)["consentRecord"]["id"]
    signature = f"/service/individual/record/consent-record/{record}/signature/"
    signed = program.ask("POST", signature, {"signature": {"signature": "c2ln"}})["signature"]["id"]
    program.ask("PUT", f"/service/individual/{individual}/", {"individual": {"id": individual, "externalId": "43"}})
    before = len(db.session.scalars(select(AuditEntry)).all())
    assert (
        client.delete(f"/api/gdpr/v1/{resident}", headers=identity_provider.bearer(resident, "gdprdelete")).status_code == 204
    )
    outbox.deliver_due(database.transaction)
    db.session.remove()
    assert db.session.scalars(select(Individual)).all() == []
    assert db.session.scalars(select(Signature)).all() == []
    entries = db.session.scalars(select(AuditEntry)).all()
    assert len(entries) > before, "what was done stays"
    written = [str(value) for entry in entries for value in (entry.actor_id, entry.voice_id, entry.subject_id, entry.details)]
    assert not [text for text in written if individual in text or signed in text or str(resident) in text]
