"""Sample data for erasing and keeping."""

from datetime import timedelta

from app.features.erasure.models import Erasure, ErasureState, Origin, RetentionRun
from app.kernel import clock
from app.kernel.references import token_hash
from tests.factories import accounts
from tests.factories.tools import add
from tests.samples.world import Visit, World

TOKEN = "a-token-that-a-letter-would-carry"


def build(world: World) -> None:
    """Somebody who has a letter to confirm, somebody who waits for the day, a request taken in at a desk; a run of a rule."""
    asked = accounts.person()
    add(Erasure(person_id=asked.id, origin=Origin.OWN, state=ErasureState.ASKED, token_hash=token_hash(TOKEN)))
    world.erased_person = accounts.person(email=None, display_name="Dora Desk")
    world.erasure = add(
        Erasure(
            person_id=accounts.person(email=None, display_name="Paula Paper").id,
            origin=Origin.DESK,
            state=ErasureState.ASKED,
            at_once=True,
            first_hand=world.person("moderator").id,
        )
    )
    add(RetentionRun(rule="links", removed=3, at=clock.now() - timedelta(days=1)))


def asked_at_desk(world: World) -> Erasure:
    """One more whom one clerk has seen and a second one has to confirm."""
    person_id, first = accounts.person(email=None).id, world.person("moderator").id
    return add(Erasure(person_id=person_id, origin=Origin.DESK, state=ErasureState.ASKED, at_once=True, first_hand=first))


SAMPLES = {
    "erasure.ask": lambda world: Visit("/my-data/erase", viewer="resident"),
    "erasure.confirm": lambda world: [
        f"/my-data/erase/confirm/{TOKEN}",
        Visit("/my-data/erase/confirm/of-yesterday", status=410),
    ],
    "erasure.state": lambda world: Visit("/my-data/erase/state", viewer="resident"),
    "erasure.confirmed": lambda world: "/my-data/erase/confirmed",
    "erasure.begun": lambda world: "/my-data/erase/begun",
    "erasure.kept": lambda world: "/my-data/kept",
    "erasure_manage.desk": lambda world: ["/staff/erasing", "/staff/erasing?reference=P-00000"],
    "erasure_manage.person": lambda world: f"/staff/erasing/person/{world.erased_person.id}",
    "erasure_manage.rules": lambda world: "/staff/erasing/rules",
}
GROW = {"erasure_manage.desk": asked_at_desk}
UNIQUE = {"erasure": ("person_id",)}
