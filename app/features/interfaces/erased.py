"""What becomes of who somebody is in other systems: it goes. Signatures go with the answers that they are over."""

from app.features.interfaces.models import CityProfile, Individual
from app.kernel.erasing import goes, must_leave, nothing_of_people
from app.kernel.messages import msg

goes("city_profile", msg("The link to your profile at the city's identity provider"), CityProfile.person_id)
goes("individuals", msg("Under which identifiers other systems know you"), Individual.person_id)
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
