"""Sample data for one's own data."""

from app.features.consents.models import Answer
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


SAMPLES = {
    "consents.my_data": lambda world: [Visit("/my-data", viewer="resident"), Visit("/my-data", viewer="nobody")],
    "consents_usages.index": lambda world: [
        Visit("/my-data/usages", viewer="resident"),
        Visit("/my-data/usages?from=2020-01-01&until=2020-12-31", viewer="resident"),
    ],
    "consents.agreements": lambda world: "/my-data/agreements",
    "consents.ask": lambda world: [
        f"/my-data/ask/{world.other_agreement.id}",
        f"/my-data/ask/{world.agreement.id}",
    ],
    "consents.withdraw": lambda world: f"/my-data/withdraw/{world.agreement.id}",
    "consents_manage.index": lambda world: "/staff/agreements",
    "consents_manage.write": lambda world: f"/staff/agreements/{world.process.id}",
    "consents_manage.end": lambda world: f"/staff/agreements/{world.process.id}/end/{world.agreement.id}",
}
GROW = {
    "consents.agreements": lambda world: consents.consent(consents.agreement()),
    "consents.my_data": lambda world: consents.usage(world.person("resident"), agreement_id=consents.agreement().id),
    "consents_usages.index": lambda world: consents.usage(world.person("resident"), agreement_id=consents.agreement().id),
}
UNIQUE = {
    "consent_record": ("agreement_id", "person_id"),
    "agreement_revision": ("agreement_id", "number"),
    "data_agreement": ("code",),
}
