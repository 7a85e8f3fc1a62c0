"""An answer is passed on; the program is told the record, or that the owner of the address was asked by a letter."""

from flask import Response

from app.extensions import db
from app.features.consents.queries import ConsentRecord, DataAgreement
from app.features.interfaces.commands import RecordAnswer
from app.features.interfaces.govstack import shapes
from app.features.interfaces.govstack.door import caller, language, optional, told
from app.features.interfaces.models import Individual
from app.features.interfaces.use_cases import Asked, pass_on

WAITING = "pending more signatures"
"""GovStack's word for a record that does not count yet: the owner of the address has still to say yes."""


def passed_on(
    individual: Individual,
    agreement: DataAgreement,
    *,
    opt_in: bool,
    revision_id: str | None = None,
    revision_hash: str | None = None,
) -> ConsentRecord | Asked:
    """Record what an individual says, or ask the owner of their address."""
    command = RecordAnswer(
        individual_id=individual.id,
        agreement_id=agreement.id,
        opt_in=opt_in,
        language=language(),
        revision_id=optional(revision_id),
        revision_hash=revision_hash or None,
    )
    return pass_on(db.session(), caller().actor, individual, agreement, command)


def told_answer(individual: Individual, agreement: DataAgreement, result: ConsentRecord | Asked) -> Response:
    """The record with the revision that the answer made; while a letter waits, a draft that says so."""
    if isinstance(result, Asked):
        return told(consentRecord=waiting(individual, agreement, result))
    near = shapes.beside(db.session(), caller().client_id, [result])
    return told(consentRecord=shapes.record(result, near), revision=shapes.record_revision(result, near))


def waiting(individual: Individual, agreement: DataAgreement, asked: Asked) -> shapes.Shape:
    """A record that does not count yet. It is the same whether or not the address has an account."""
    return draft(individual, agreement, opt_in=False, state=WAITING, record_id=str(asked.before.id) if asked.before else "")


def draft(individual: Individual, agreement: DataAgreement, *, opt_in: bool, state: str, record_id: str = "") -> shapes.Shape:
    """A record that is not stored, against the present revision."""
    papers, revision = shapes.papers_for(db.session(), [agreement.id]), agreement.current
    return {
        "id": record_id,
        "dataAgreement": shapes.agreement(agreement, papers, revision),
        "dataAgreementRevision": shapes.agreement_revision(agreement, revision, papers),
        "dataAgreementRevisionHash": revision.digest,
        "individual": shapes.individual(individual),
        "optIn": opt_in,
        "state": state,
    }
