"""A sheet becomes a proposal, or an answer about personal data, through the use cases that everybody else goes through."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.features.accounts.use_cases import add_person_without_account
from app.features.consents.use_cases import (
    KeepPaper,
    NoteGuardian,
    answer_agreement,
    check_answer,
    code_of_person,
    enter_code,
    give_code,
    keep_paper,
    note_age,
    note_guardian,
)
from app.features.intake import entries, rules, serials
from app.features.intake.models import IntakeBatch, IntakeSheet, SheetKind
from app.features.intake.use_cases.held import note
from app.features.intake.use_cases.numbers import in_large_print
from app.features.printing.queries import FormKey, Kind
from app.features.proposals.use_cases import check_take_in, take_in_proposal
from app.features.scans.queries import pictures_of
from app.kernel import clock
from app.kernel.errors import Invalid
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Channel
from app.kernel.references import token_hash


def check_entry(session: Session, actor: Actor, batch: IntakeBatch, entry: Mapping[str, Any], sheet_id: uuid.UUID) -> None:
    """Refuse at the keyboard what would be refused when the batch is closed."""
    if batch.kind is SheetKind.PROPOSAL and batch.process_id is not None:
        check_take_in(session, actor, entries.proposal_command(entry, batch.process_id, sheet_id, batch.received_at))
        return
    person_id = code_of_person(session, entry["code"], entry.get("person", "")).person_id if entry.get("code") else sheet_id
    adult = entry.get("of_age") == "no" and bool(entry.get("guardian"))
    check_answer(session, actor, _answer(batch, entry, person_id, None, ""), with_adult=adult)
    if entry.get("answer") == "yes" and entry.get("of_age") == "no" and not entry.get("guardian"):
        raise Invalid({"guardian": msg("Write the name of the adult.")})


def become(session: Session, actor: Actor, batch: IntakeBatch, sheet: IntakeSheet, secret: str) -> None:
    """Make of a sheet what it says, once: a sheet that has become something stays what it is."""
    if sheet.became_at is not None:
        return
    hands = sheet.settled_by or sheet.first_by or actor.person_id
    entry = rules.counted_entry(sheet.first, sheet.settled)
    if batch.kind is SheetKind.PROPOSAL and batch.process_id is not None:
        command = entries.proposal_command(entry, batch.process_id, sheet.id, batch.received_at)
        if command.contact is not None and in_large_print(session, sheet):
            command = replace(command, contact=replace(command.contact, large_print=True))
        proposal, _token = take_in_proposal(session, actor, replace(command, hands_id=hands))
        sheet.proposal_id = proposal.id
        if code := serials.slip_code(secret, sheet.serial):
            sheet.slip_hash = token_hash(code)
    else:
        typist = replace(actor, person_id=hands, channel=Channel.PAPER)
        sheet.person_id = _record_answer(session, typist, batch, sheet, entry, secret)
    sheet.became_at = clock.now()
    note(session, actor, "intake_sheet.taken_in", sheet, batch)


def _record_answer(
    session: Session, hands: Actor, batch: IntakeBatch, sheet: IntakeSheet, entry: Mapping[str, Any], secret: str
) -> uuid.UUID:
    """The answer, the person if they are new, the adult if they are young, and a code for the slip. Returns whose it is."""
    row = enter_code(session, entry["code"]) if entry.get("code") else None
    person_id = row.person_id if row else add_person_without_account(session, hands, entry["person"]).id
    guardian_id = None
    age = entries.age_command(entry, person_id)
    if age is not None:
        note_age(session, hands, age)
        guardian_id = note_guardian(session, hands, NoteGuardian(person_id, entry["guardian"])).id
    where = rules.reference_of(batch, sheet)
    answer_agreement(session, hands, _answer(batch, entry, person_id, guardian_id, where))
    _keep_evidence(session, hands, batch, sheet, person_id, where)
    if row is None:
        give_code(session, hands, person_id, secret, code_id=sheet.id, printed=serials.slip_code(secret, sheet.serial))
    return person_id


def _keep_evidence(
    session: Session, hands: Actor, batch: IntakeBatch, sheet: IntakeSheet, person_id: uuid.UUID, where: str
) -> None:
    """The scan of a sheet, where there is one, is kept with the answer that was typed from it."""
    if batch.agreement_id is None:
        return
    form = FormKey(Kind.CONSENT, batch.agreement_id)
    if pictures := pictures_of(session, rules.record_of(sheet.id), form, sheet.serial):
        keep_paper(session, hands, KeepPaper(batch.agreement_id, person_id, where, tuple(pictures)))


def _answer(
    batch: IntakeBatch, entry: Mapping[str, Any], person_id: uuid.UUID, guardian_id: uuid.UUID | None, where: str
) -> Any:
    if batch.agreement_id is None or batch.revision_id is None:
        raise ValueError("a batch of answers names the agreement and its text")
    return entries.answer_command(
        entry, batch.agreement_id, batch.revision_id, person_id, guardian_id, where, batch.received_at
    )
