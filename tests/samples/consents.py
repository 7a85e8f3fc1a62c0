"""Sample data for one's own data."""

import uuid

from sqlalchemy import select

from app.extensions import db
from app.features.consents.commands import DecideObjection, ObjectTo, ReviewAgreement, SubmitAgreement
from app.features.consents.models import Answer, ConsentLetter, LegalBasis
from app.features.consents.use_cases import decide_objection, object_to, review_agreement, set_endpoint, submit_agreement
from app.kernel import clock
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, consents, spaces
from tests.samples.world import Visit, World


def objected(world: World) -> uuid.UUID:
    """Somebody else objects to what rests on the public task. Returns the event."""
    person, about = accounts.person(), world.public_task
    command = ObjectTo(about.id, about.current.id, person.id, reason="My employer reads it.")
    return object_to(db.session(), Actor(person_id=person.id), command).event_id


def build(world: World) -> None:
    """An agreement the resident said yes to, one they were not asked about, one they refused; a usage."""
    world.agreement = consents.agreement(world.process)
    consents.consent(world.agreement, world.person("resident"))
    world.other_agreement = consents.agreement(spaces.process("Quiet streets"))
    refused = consents.agreement(spaces.process("The new library"))
    consents.consent(refused, world.person("resident"), Answer.REFUSED)
    world.paper = consents.paper(world.agreement, world.person("resident"))
    consents.usage(world.person("resident"), by_department="Planning department")
    world.recipient = consents.recipient()
    world.public_task = consents.agreement(
        spaces.process("Trees"), legal_basis=LegalBasis.PUBLIC_TASK, purpose_term="participation", categories=("proposals",)
    )
    world.data_objection, world.data_objection_proposed, world.data_objection_decided = (objected(world) for _ in range(3))
    staff = Actor(person_id=world.person("administrator").id, is_administrator=True)
    grounds = "The law obliges the city to count every contribution."
    decide_objection(db.session(), staff, DecideObjection(world.data_objection_proposed, uphold=False, reason=grounds))
    decide_objection(db.session(), staff, DecideObjection(world.data_objection_decided, uphold=True))
    world.agreement_draft = consents.draft(world.process, purpose_term="events")
    world.agreement_submitted = consents.draft(world.process, purpose_term="newsletter")
    submit_agreement(db.session(), SYSTEM, SubmitAgreement(world.agreement_submitted.id))
    world.agreement_reviewed = consents.draft(
        world.process, purpose_term="research", categories=("age_band", "area", "languages")
    )
    submit_agreement(db.session(), SYSTEM, SubmitAgreement(world.agreement_reviewed.id))
    review_agreement(db.session(), consents.SECOND, ReviewAgreement(world.agreement_reviewed.id, approve=True, reason="Read."))
    world.guardian_token = consents.guardian_link(consents.minor(), world.other_agreement)
    world.letter_token = consents.letter_link(accounts.person(), world.other_agreement)
    answered = accounts.person()
    world.answered_letter_token = consents.letter_link(answered, world.other_agreement, "jonas@example.org")
    letter = db.session.scalars(select(ConsentLetter).where(ConsentLetter.person_id == answered.id)).one()
    letter.answered_at = clock.now()
    consents.consent(world.other_agreement, answered)
    world.research = consents.agreement(
        spaces.process("Schools"), purpose_term="research", categories=("age_band", "area", "languages", "gender")
    )

    consents.notice(world.agreement, world.person("resident"), acknowledged_at=clock.now(), receipt="T-1")
    consents.notice(world.agreement, failing_since=clock.now(), problem="not_reached", attempts=3)
    set_endpoint(db.session(), SYSTEM, world.agreement.recipient_id, "https://hooks.example.org/plaza", ())


SAMPLES = {
    "consents.paper": lambda world: Visit(f"/my-data/paper/{world.paper.id}.jpg", "resident"),
    "consents.my_data": lambda world: [Visit("/my-data", viewer="resident"), Visit("/my-data", viewer="nobody")],
    "consents.usages": lambda world: [
        Visit("/my-data/usages", viewer="resident"),
        Visit("/my-data/usages?from=2020-01-01&until=2020-12-31", viewer="resident"),
    ],
    "consents.agreements": lambda world: "/my-data/agreements",
    "consents.agreement_page": lambda world: [f"/my-data/agreements/{world.agreement.code}"],
    "consents.revision_file": lambda world: f"/my-data/agreements/{world.agreement.code}/1.json",
    "consents.ask": lambda world: [
        f"/my-data/ask/{world.other_agreement.id}",
        f"/my-data/ask/{world.agreement.id}",
        f"/my-data/ask/{world.research.id}",
    ],
    "consents.answers": lambda world: "/my-data/answers",
    "consents.withdraw": lambda world: f"/my-data/withdraw/{world.agreement.id}",
    "consents.guardian": lambda world: f"/my-data/guardian/{world.research.id}",
    "consents.guardian_answer": lambda world: Visit(f"/my-data/guardian/link/{world.guardian_token}", viewer="nobody"),
    "consents.letter": lambda world: [
        Visit(f"/my-data/letter/{world.letter_token}", viewer="nobody"),
        Visit(f"/my-data/letter/{world.answered_letter_token}", viewer="nobody"),
    ],
    "consents.code": lambda world: Visit("/my-data/code", viewer="nobody"),
    "consents.code_cards": lambda world: Visit("/my-data/code/cards", viewer="nobody", status=302),
    "consents.code_ask": lambda world: Visit(f"/my-data/code/ask/{world.other_agreement.id}", viewer="nobody", status=302),
    "consents.code_object": lambda world: Visit(f"/my-data/code/object/{world.public_task.id}", viewer="nobody", status=302),
    "consents.object_": lambda world: f"/my-data/object/{world.public_task.id}",
    "consents_manage.index": lambda world: "/staff/agreements",
    "consents_manage.show": lambda world: [
        f"/staff/agreements/{found.id}"
        for found in (world.agreement, world.agreement_draft, world.agreement_submitted, world.agreement_reviewed)
    ],
    "consents_manage.begin": lambda world: "/staff/agreements/new",
    "consents_manage.write": lambda world: [
        f"/staff/agreements/{world.agreement_draft.id}/write",
        f"/staff/agreements/{world.agreement.id}/write",
    ],
    "consents_manage.review": lambda world: f"/staff/agreements/{world.agreement_submitted.id}/review",
    "consents_manage.in_force": lambda world: f"/staff/agreements/{world.agreement_reviewed.id}/in-force",
    "consents_manage.discard": lambda world: f"/staff/agreements/{world.agreement_draft.id}/discard",
    "consents_manage.end": lambda world: f"/staff/agreements/{world.agreement.id}/end",
    "consents_manage.told": lambda world: "/staff/agreements/told",
    "consents_manage.objections": lambda world: [
        "/staff/agreements/objections",
        "/staff/agreements/objections?show=decided",
    ],
    "consents_manage.decide": lambda world: [
        f"/staff/agreements/objections/{event}"
        for event in (world.data_objection, world.data_objection_proposed, world.data_objection_decided)
    ],
    "consents_manage.confirm": lambda world: Visit(
        f"/staff/agreements/objections/{world.data_objection_proposed}/confirm", status=302
    ),
    "consents_manage.messages": lambda world: [
        f"/staff/agreements/told/{world.agreement.recipient_id}",
        f"/staff/agreements/told/{world.research.recipient_id}",
    ],
    "consents_manage.remove_server": lambda world: f"/staff/agreements/told/{world.agreement.recipient_id}/remove",
    "consents_manage.recipients": lambda world: "/staff/agreements/recipients",
    "consents_manage.add_recipient": lambda world: "/staff/agreements/recipients/new",
    "consents_manage.change_recipient": lambda world: f"/staff/agreements/recipients/{world.recipient.id}",
}
GROW = {
    "consents.my_data": lambda world: consents.usage(world.person("resident"), agreement_id=consents.agreement().id),
    "consents.usages": lambda world: consents.usage(world.person("resident"), agreement_id=consents.agreement().id),
    "consents_manage.told": lambda world: consents.recipient(),
    "consents_manage.messages": lambda world: consents.notice(world.agreement),
    "consents.agreements": lambda world: consents.consent(consents.agreement()),
    "consents_manage.index": lambda world: consents.agreement(),
    "consents_manage.recipients": lambda world: consents.recipient(),
    "consents_manage.objections": objected,
}
UNIQUE = {
    "consent_record": ("agreement_id", "person_id"),
    "agreement_revision": ("agreement_id", "number"),
    "data_agreement": ("code",),
    "consent_event": ("agreement_id", "person_id", "number"),
    "guardian": ("minor_id", "email"),
    "guardian_request": ("token_hash",),
    "consent_code": ("person_id",),
    "objection_decision": ("event_id",),
}
