"""Sample data for programs of other systems."""

from uuid import UUID

from app.extensions import db
from app.features.interfaces.use_cases import revoke_client
from app.kernel.permissions import SYSTEM
from tests.factories import interfaces
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """A program that works everywhere, one that is limited to a process, one that is shut out; a linked profile."""
    world.program = interfaces.client()
    world.limited_program = interfaces.client(("service",), processes=(world.process,))
    world.shut_out_program = interfaces.client(("audit",))
    revoke_client(db.session(), SYSTEM, world.shut_out_program.id, "The contract has ended.")
    interfaces.profile(world.person("resident"), UUID(int=4))


def _staff(path: str = "") -> str:
    return f"/staff/interfaces{path}"


SAMPLES = {
    "interfaces.developers": lambda world: "/developers",
    "interfaces_manage.index": lambda world: _staff(),
    "interfaces_manage.register": lambda world: _staff("/new"),
    "interfaces_manage.show": lambda world: [
        _staff(f"/{one.id}") for one in (world.program, world.limited_program, world.shut_out_program)
    ],
    "interfaces_manage.change": lambda world: _staff(f"/{world.limited_program.id}/change"),
    "interfaces_manage.rotate": lambda world: _staff(f"/{world.program.id}/secret"),
    "interfaces_manage.revoke": lambda world: _staff(f"/{world.program.id}/shut-out"),
    "interfaces_manage.profiles": lambda world: _staff("/profiles"),
    "interfaces_oauth.metadata": lambda world: "/.well-known/oauth-authorization-server",
}
# Doors that only a token opens: the laws see that they stay shut; tests/integration/interfaces opens them.
SAMPLES |= {
    "gdpr.everything": lambda world: Visit(f"/api/gdpr/v1/{UUID(int=4)}", viewer="resident", status=401),
    "tracker.find_usage": lambda world: Visit("/api/tracker/v2/findUsage", viewer="resident", status=401),
    "tracker.usage_period": lambda world: Visit("/api/tracker/v2/usagePeriod", viewer="resident", status=401),
    "tracker.heartbeat": lambda world: Visit("/api/tracker/v2/heartbeat", viewer="resident", status=401),
}


def _shut(path: str) -> object:
    """A door that stays shut for whoever has no token."""
    return lambda world: Visit(f"/api/govstack/{path}/", viewer="resident", status=401)


SAMPLES |= {
    f"govstack_{part}.{endpoint}": _shut(f"{part}/{path}")
    for part, endpoint, path in (
        ("config", "policy_read", f"policy/{UUID(int=4)}"),
        ("config", "policy_revisions", f"policy/{UUID(int=4)}/revisions"),
        ("config", "policy_list", "policies"),
        ("config", "agreement_read", f"data-agreement/{UUID(int=4)}"),
        ("config", "agreement_list", "data-agreements"),
        ("config", "individual_read", f"individual/{UUID(int=4)}"),
        ("config", "individual_list", "individuals"),
        ("config", "webhook_read", f"webhook/{UUID(int=4)}"),
        ("config", "webhook_list", "webhooks"),
        ("service", "individual_read", f"individual/{UUID(int=4)}"),
        ("service", "individual_list", "individuals"),
        ("service", "agreement_read", f"data-agreement/{UUID(int=4)}"),
        ("service", "policy_read", f"policy/{UUID(int=4)}"),
        ("service", "verification_agreements", "verification/data-agreements"),
        ("service", "verification_records", "verification/consent-records"),
        ("service", "verification_record", f"verification/consent-record/{UUID(int=4)}"),
        ("service", "record_read", f"individual/record/data-agreement/{UUID(int=4)}"),
        ("service", "record_list", "individual/record/consent-record"),
        ("service", "record_history", f"individual/record/data-agreement/{UUID(int=4)}/all"),
        ("audit", "record_list", "consent-records"),
        ("audit", "record_read", f"consent-record/{UUID(int=4)}"),
        ("audit", "agreement_list", "data-agreements"),
        ("audit", "agreement_read", f"data-agreement/{UUID(int=4)}"),
    )
}
EXTRAS = (
    lambda world: Visit(_staff(f"/{UUID(int=9)}"), viewer="administrator", status=404),
    lambda world: Visit(_staff(f"/{world.shut_out_program.id}/change"), viewer="administrator", status=404),
)
GROW = {"interfaces_manage.index": lambda world: interfaces.client()}
UNIQUE = {
    "interface_token": ("token_hash",),
    "interface_use": ("key",),
    "city_profile": ("profile_id",),
    "interface_policy_revision": ("policy_id", "number"),
    "interface_individual": ("client_id", "external_id_type", "identity_provider_id", "external_id"),
    "interface_signature": ("event_id",),
}
