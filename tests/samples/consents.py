"""Sample data for one's own data."""

from app.extensions import db
from app.features.consents.commands import ReviewAgreement, SubmitAgreement
from app.features.consents.models import Answer, LegalBasis
from app.features.consents.use_cases import review_agreement, submit_agreement
from app.kernel.permissions import SYSTEM
from tests.factories import consents, spaces
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """An agreement the resident said yes to, one they were not asked about, one they refused; a usage."""
    world.agreement = consents.agreement(world.process)
    consents.consent(world.agreement, world.person("resident"))
    world.other_agreement = consents.agreement(spaces.process("Quiet streets"))
    refused = consents.agreement(spaces.process("The new library"))
    consents.consent(refused, world.person("resident"), Answer.REFUSED)
    consents.usage(world.person("resident"), by_department="Planning department")
    world.recipient = consents.recipient()
    world.public_task = consents.agreement(
        spaces.process("Trees"), legal_basis=LegalBasis.PUBLIC_TASK, purpose_term="participation", categories=("proposals",)
    )
    world.draft = consents.draft(world.process, purpose_term="events")
    world.submitted = consents.draft(world.process, purpose_term="newsletter")
    submit_agreement(db.session(), SYSTEM, SubmitAgreement(world.submitted.id))
    world.reviewed = consents.draft(world.process, purpose_term="research", categories=("age_band", "area", "languages"))
    submit_agreement(db.session(), SYSTEM, SubmitAgreement(world.reviewed.id))
    review_agreement(db.session(), SYSTEM, ReviewAgreement(world.reviewed.id, approve=True, reason="Read."))
    world.research = consents.agreement(
        spaces.process("Schools"), purpose_term="research", categories=("age_band", "area", "languages", "gender")
    )


SAMPLES = {
    "consents.my_data": lambda world: [Visit("/my-data", viewer="nobody"), Visit("/my-data", viewer="resident")],
    "consents.agreements": lambda world: "/my-data/agreements",
    "consents.agreement_page": lambda world: [f"/my-data/agreements/{world.agreement.code}"],
    "consents.revision_file": lambda world: f"/my-data/agreements/{world.agreement.code}/1.json",
    "consents.ask": lambda world: [
        f"/my-data/ask/{world.other_agreement.id}",
        f"/my-data/ask/{world.agreement.id}",
        f"/my-data/ask/{world.research.id}",
    ],
    "consents.withdraw": lambda world: f"/my-data/withdraw/{world.agreement.id}",
    "consents.object_": lambda world: f"/my-data/object/{world.public_task.id}",
    "consents_manage.index": lambda world: "/staff/agreements",
    "consents_manage.show": lambda world: [
        f"/staff/agreements/{found.id}" for found in (world.agreement, world.draft, world.submitted, world.reviewed)
    ],
    "consents_manage.begin": lambda world: "/staff/agreements/new",
    "consents_manage.write": lambda world: [
        f"/staff/agreements/{world.draft.id}/write",
        f"/staff/agreements/{world.agreement.id}/write",
    ],
    "consents_manage.review": lambda world: f"/staff/agreements/{world.submitted.id}/review",
    "consents_manage.in_force": lambda world: f"/staff/agreements/{world.reviewed.id}/in-force",
    "consents_manage.discard": lambda world: f"/staff/agreements/{world.draft.id}/discard",
    "consents_manage.end": lambda world: f"/staff/agreements/{world.agreement.id}/end",
    "consents_manage.recipients": lambda world: "/staff/agreements/recipients",
    "consents_manage.add_recipient": lambda world: "/staff/agreements/recipients/new",
    "consents_manage.change_recipient": lambda world: f"/staff/agreements/recipients/{world.recipient.id}",
}
GROW = {
    "consents.agreements": lambda world: consents.consent(consents.agreement()),
    "consents_manage.index": lambda world: consents.agreement(),
    "consents_manage.recipients": lambda world: consents.recipient(),
}
UNIQUE = {
    "consent_record": ("agreement_id", "person_id"),
    "agreement_revision": ("agreement_id", "number"),
    "data_agreement": ("code",),
    "consent_event": ("agreement_id", "person_id", "number"),
    "guardian": ("minor_id", "email"),
    "guardian_request": ("token_hash",),
    "consent_code": ("person_id",),
}
