"""An agreement on its way: written, reviewed by a second person, in force, revised, ended."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.features.consents import rules
from app.features.consents.commands import (
    DiscardDraft,
    EndAgreement,
    PutInForce,
    ReviewAgreement,
    SubmitAgreement,
    WriteAgreement,
    WriteRecipient,
)
from app.features.consents.governed import ContactDetail
from app.features.consents.models import AgreementState, DataAgreement, Disclosure, LegalBasis, RevisionState
from app.features.consents.queries import contact_opt_ins, open_question
from app.features.consents.use_cases import (
    discard_draft,
    end_agreement,
    forget_out_of_force,
    put_in_force,
    review_agreement,
    submit_agreement,
    write_agreement,
    write_recipient,
)
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, consents, spaces


def steward(process):
    person = accounts.staff(Role.STEWARD, process)
    return Actor(person_id=person.id, roles=frozenset({(Role.STEWARD, process.id)}))


def command(process, recipient, **changes):
    return WriteAgreement(
        **{
            "process_id": process.id,
            "recipient_id": recipient.id,
            "purpose": {"en": "Contact"},
            "notice": {"en": "May we write to you?"},
            "retention_days": 100,
            **changes,
        }
    )


def opted_in(session):
    return {row.person_id for row in session.execute(contact_opt_ins())}


def test_the_system_is_no_second_person(session):
    agreement = consents.draft()
    submit_agreement(session, SYSTEM, SubmitAgreement(agreement.id))
    for nobody in (SYSTEM, Actor(is_administrator=True)):
        with pytest.raises(Forbidden):
            review_agreement(session, nobody, ReviewAgreement(agreement.id, approve=True, reason="Read."))
    with pytest.raises(Conflict):
        put_in_force(session, SYSTEM, PutInForce(agreement.id))


def test_whoever_wrote_a_text_does_not_review_it_and_nothing_is_asked_before(session):
    process = spaces.process()
    writer, second = steward(process), steward(process)
    agreement = write_agreement(session, writer, command(process, consents.recipient()))
    submit_agreement(session, writer, SubmitAgreement(agreement.id))
    yes = ReviewAgreement(agreement.id, approve=True, reason="Read.")

    with pytest.raises(Forbidden):
        review_agreement(session, writer, yes)
    with pytest.raises(Conflict):
        put_in_force(session, writer, PutInForce(agreement.id))
    with pytest.raises(Invalid):
        review_agreement(session, second, ReviewAgreement(agreement.id, approve=True, reason=" "))
    assert open_question(session, process.id, accounts.person().id) is None

    review_agreement(session, second, yes)
    put_in_force(session, writer, PutInForce(agreement.id))

    assert agreement.current.reviewed_by_id == second.person_id
    assert open_question(session, process.id, accounts.person().id) is agreement
    actions = {entry.action for entry in session.query(AuditEntry).filter_by(subject_id=agreement.id)}
    assert {"agreement.written", "agreement.submitted", "agreement.reviewed", "agreement.in_force"} <= actions


def test_whoever_changed_a_draft_is_a_writer_too(session):
    process = spaces.process()
    first, other = steward(process), steward(process)
    recipient = consents.recipient()
    agreement = write_agreement(session, first, command(process, recipient))
    write_agreement(session, other, command(process, recipient, agreement_id=agreement.id, notice={"en": "Better?"}))
    submit_agreement(session, first, SubmitAgreement(agreement.id))

    for writer in (first, other):
        with pytest.raises(Forbidden):
            review_agreement(session, writer, ReviewAgreement(agreement.id, approve=True, reason="Mine."))


def test_a_reviewer_sends_back_with_a_reason_and_a_change_needs_another_review(session):
    process = spaces.process()
    writer, second = steward(process), steward(process)
    recipient = consents.recipient()
    agreement = write_agreement(session, writer, command(process, recipient))
    submit_agreement(session, writer, SubmitAgreement(agreement.id))

    review_agreement(session, second, ReviewAgreement(agreement.id, approve=False, reason="Say for how long."))
    assert agreement.pending.state is RevisionState.DRAFT
    assert (agreement.pending.review_reason, agreement.pending.digest) == ("Say for how long.", "")

    submit_agreement(session, writer, SubmitAgreement(agreement.id))
    review_agreement(session, second, ReviewAgreement(agreement.id, approve=True, reason="Now it says so."))
    write_agreement(session, writer, command(process, recipient, agreement_id=agreement.id, notice={"en": "Something else"}))
    with pytest.raises(Conflict):
        put_in_force(session, writer, PutInForce(agreement.id))


def test_a_recipient_that_changed_since_the_review_is_read_again(session):
    recipient = consents.recipient()
    agreement = consents.draft(recipient=recipient)
    submit_agreement(session, SYSTEM, SubmitAgreement(agreement.id))
    review_agreement(session, consents.SECOND, ReviewAgreement(agreement.id, approve=True, reason="Read."))

    write_recipient(session, SYSTEM, WriteRecipient({"en": "The power company"}, recipient_id=recipient.id))

    with pytest.raises(Conflict):
        put_in_force(session, SYSTEM, PutInForce(agreement.id))


@pytest.mark.parametrize("basis", [LegalBasis.CONSENT, LegalBasis.EXPLICIT_CONSENT])
def test_consent_is_never_the_basis_of_open_rows(session, basis):
    with pytest.raises(Invalid) as refused:
        consents.draft(legal_basis=basis, disclosure=Disclosure.OPEN_ROWS)
    assert set(refused.value.errors) == {"disclosure"}

    consents.agreement(legal_basis=LegalBasis.PUBLIC_TASK, disclosure=Disclosure.OPEN_ROWS, categories=("proposals",))


def test_data_that_can_reveal_opinions_needs_an_impact_note(session):
    agreement = consents.draft(categories=("supports",), legal_basis=LegalBasis.PUBLIC_TASK)
    with pytest.raises(Invalid) as refused:
        submit_agreement(session, SYSTEM, SubmitAgreement(agreement.id))
    assert set(refused.value.errors) == {"impact_note"}

    noted = consents.agreement(
        categories=("supports",), legal_basis=LegalBasis.PUBLIC_TASK, impact_note="Somebody could be mocked. Totals only."
    )
    assert noted.current.content["impact_note"].startswith("Somebody")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": {}}, "purpose"),
        ({"notice": {"en": ""}}, "notice"),
        ({"months": 0}, "months"),
        ({"months": 37}, "months"),
        ({"purpose_term": "whatever"}, "purpose_term"),
        ({"categories": ("dna",)}, "categories"),
        ({"storage": "cellar"}, "storage"),
    ],
)
def test_a_draft_with_impossible_words_is_refused_beside_its_field(session, changes, field):
    with pytest.raises(Invalid) as refused:
        consents.draft(**changes)
    assert field in refused.value.errors


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"categories": ()}, "categories"),
        ({"retention_days": None}, "retention_days"),
        ({"storage": "elsewhere"}, "storage_note"),
    ],
)
def test_an_unfinished_draft_is_kept_but_not_submitted(session, changes, field):
    agreement = consents.draft(**changes)
    with pytest.raises(Invalid) as refused:
        submit_agreement(session, SYSTEM, SubmitAgreement(agreement.id))
    assert field in refused.value.errors


def test_another_purpose_recipient_or_basis_is_another_agreement(session):
    agreement = consents.agreement()
    for change in (
        {"purpose_term": "research"},
        {"recipient_id": consents.recipient().id},
        {"legal_basis": LegalBasis.PUBLIC_TASK},
        {"process_id": spaces.process().id},
    ):
        with pytest.raises(Refused):
            consents.revise(agreement, **change)


def test_the_same_is_asked_once_in_a_process_and_again_after_it_ended(session):
    process, recipient = spaces.process(), consents.recipient()
    first = consents.agreement(process, recipient=recipient)
    consents.agreement(process, recipient=recipient, purpose_term="research", categories=("age_band",))
    second = consents.draft(process, recipient=recipient)
    with pytest.raises(Conflict):
        consents.enforce(second)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(
            DataAgreement(
                code="x",
                process_id=process.id,
                recipient_id=recipient.id,
                purpose_term="contact",
                legal_basis=LegalBasis.CONSENT,
                state=AgreementState.IN_FORCE,
            )
        )
        session.flush()

    end_agreement(session, SYSTEM, EndAgreement(first.id))
    consents.enforce(consents.draft(process, recipient=recipient))


def test_two_stewards_who_put_the_same_in_force_at_once_end_with_one(committing_db, race):
    process, recipient = spaces.process(), consents.recipient()
    drafts = [consents.draft(process, recipient=recipient) for _ in range(4)]
    for draft in drafts:
        submit_agreement(committing_db.session(), SYSTEM, SubmitAgreement(draft.id))
        review_agreement(committing_db.session(), consents.SECOND, ReviewAgreement(draft.id, approve=True, reason="Read."))
    ids = iter([draft.id for draft in drafts])
    committing_db.session.commit()

    def enforce():
        key = next(ids)
        with committing_db.transaction() as session:
            put_in_force(session, SYSTEM, PutInForce(key))

    outcome = race(enforce, times=4)

    assert not [error for error in outcome.errors if not isinstance(error, Conflict)]
    with committing_db.transaction() as session:
        assert session.query(DataAgreement).filter_by(state=AgreementState.IN_FORCE).count() == 1


def test_agreements_of_the_whole_city_need_somebody_who_works_on_all_processes(session):
    process = spaces.process()
    one = steward(process)
    with pytest.raises(NotFound):
        write_agreement(session, one, command(process, consents.recipient(), process_id=None))
    chief = Actor(person_id=accounts.person().id, is_administrator=True)
    agreement = write_agreement(session, chief, command(process, consents.recipient(), process_id=None))
    consents.enforce(agreement)

    assert open_question(session, process.id, accounts.person().id) is agreement


def test_the_chain_can_be_recomputed_and_a_changed_text_breaks_it(session):
    agreement = consents.agreement()
    consents.revise(agreement, notice={"en": "Second.", "fi": "Toinen."})
    second, first = agreement.published

    assert second.content["previous"] == first.digest == hashlib.sha256(rules.canonical(first.content)).hexdigest()
    assert rules.chain_holds(agreement.published)
    first.content = {**first.content, "notice": {"en": "Rewritten."}}
    assert not rules.chain_holds(agreement.published)
    session.rollback()


def test_answers_to_earlier_words_count_until_the_stated_day_and_are_forgotten_after_it(session, clock):
    agreement = consents.agreement()
    person = accounts.person()
    consents.consent(agreement, person)
    day = clock.now + timedelta(days=10)

    consents.revise(agreement, notice={"en": "New substance."}, earlier_end_at=day)

    assert opted_in(session) == {person.id}
    assert open_question(session, agreement.process_id, person.id) is agreement
    assert forget_out_of_force(session).removed == 0
    clock.advance(days=11)
    assert opted_in(session) == set()
    assert forget_out_of_force(session).removed == 1
    assert session.query(ContactDetail).count() == 0


@pytest.mark.parametrize(("days", "material"), [(-1, True), (91, True), (5, False)])
def test_the_day_on_which_earlier_answers_end_is_near_and_only_for_a_change_of_substance(session, clock, days, material):
    agreement = consents.agreement()
    with pytest.raises(Invalid):
        consents.revise(agreement, material=material, earlier_end_at=clock.now + timedelta(days=days))


def test_people_who_said_yes_are_written_to_when_the_substance_changes(session, mailbox):
    agreement = consents.agreement()
    person, refused = accounts.person(email="yes@example.org"), accounts.person(email="no@example.org")
    consents.consent(agreement, person)
    consents.revise(agreement, notice={"en": "Only words."}, material=False)
    assert mailbox.to("yes@example.org") == []

    consents.revise(agreement, notice={"en": "New substance."})

    (letter,) = mailbox.to("yes@example.org")
    assert f"/my-data/ask/{agreement.id}" in letter.get_content()
    assert mailbox.to(refused.email) == []


def test_what_was_never_in_force_can_be_thrown_away_and_nothing_else(session):
    draft = consents.draft()
    discard_draft(session, SYSTEM, DiscardDraft(draft.id))
    assert session.query(DataAgreement).count() == 0

    agreement = consents.agreement()
    with pytest.raises(Conflict):
        discard_draft(session, SYSTEM, DiscardDraft(agreement.id))


def test_ending_takes_everybody_out_and_deletes_what_was_given(session):
    agreement = consents.agreement()
    consents.consent(agreement)

    end_agreement(session, SYSTEM, EndAgreement(agreement.id))

    assert opted_in(session) == set()
    assert session.query(ContactDetail).count() == 0
    assert agreement.current.state is RevisionState.ENDED
    with pytest.raises(Conflict):
        end_agreement(session, SYSTEM, EndAgreement(agreement.id))
