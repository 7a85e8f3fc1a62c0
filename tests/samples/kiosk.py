"""Sample data for public screens."""

from uuid import UUID

from app.extensions import db
from app.features.kiosk.models import PrintWish
from app.features.kiosk.use_cases import enrol, finish_wish, hand_over, revoke_device, wish_for_print
from app.kernel import clock
from app.kernel.permissions import ANONYMOUS, SYSTEM
from tests.factories import budgets, kiosk, spaces
from tests.samples.world import Visit, World


def build(world: World) -> None:
    """A screen that works and was copied, one that waits, one that is switched off; a hand-over; prints that were asked for."""
    world.screen = kiosk.device(languages=("en", "ar"), process_ids=(world.process.id,), lower_half=True)
    enrol(db.session(), ANONYMOUS, world.screen.code_for_tests)
    world.screen.copied_at = world.screen.seen_at = clock.now()
    world.waiting_screen = kiosk.device(voting=False, supports=False)
    world.dark_screen = kiosk.device()
    revoke_device(db.session(), SYSTEM, world.dark_screen.id, "It was moved.")
    _found, world.handed = hand_over(db.session(), "/proposals/new?process=x", {"title": ["A bench"]})
    today = clock.now().date()
    waits = wish_for_print(db.session(), world.screen.id, world.process.id, "en", today)
    done = wish_for_print(db.session(), world.screen.id, world.process.id, "ar", today)
    finish_wish(db.session(), SYSTEM, done.id)
    world.wish = waits


def _staff(path: str = "") -> str:
    return f"/staff/screens{path}"


def _another_wish(world: World) -> PrintWish:
    return wish_for_print(db.session(), world.screen.id, world.process.id, "fi", clock.now().date())


SAMPLES = {
    "kiosk.start": lambda world: "/kiosk",
    "kiosk.leave": lambda world: "/kiosk/leave",
    "kiosk.enrol": lambda world: "/kiosk/enrol",
    "kiosk.phone": lambda world: "/kiosk/phone?page=/proposals",
    "kiosk.signage": lambda world: ["/kiosk/signage", f"/kiosk/signage?process={world.process.slug}"],
    "kiosk.receipts": lambda world: "/kiosk/receipts",
    "kiosk.large_print": lambda world: ["/kiosk/large-print", f"/kiosk/large-print?wish={world.wish.id}"],
    "kiosk.take": lambda world: Visit(f"/kiosk/continue/{world.handed}", viewer="resident"),  # on a phone, not at the screen
    "kiosk.handed": lambda world: f"/kiosk/handed/{UUID(int=5)}",
    "kiosk_manage.index": lambda world: _staff(),
    "kiosk_manage.new": lambda world: _staff("/new"),
    "kiosk_manage.show": lambda world: [
        _staff(f"/{one.id}") for one in (world.screen, world.waiting_screen, world.dark_screen)
    ],
    "kiosk_manage.change": lambda world: _staff(f"/{world.screen.id}/change"),
    "kiosk_manage.code": lambda world: _staff(f"/{world.screen.id}/code"),
    "kiosk_manage.switch_off": lambda world: _staff(f"/{world.screen.id}/switch-off"),
    "kiosk_manage.wishes": lambda world: _staff("/prints"),
}
EXTRAS = (
    lambda world: Visit("/kiosk/continue/used", viewer="resident", status=404),
    lambda world: Visit(_staff(f"/{UUID(int=9)}"), viewer="administrator", status=404),
    lambda world: Visit(_staff(f"/{world.dark_screen.id}/change"), viewer="administrator", status=404),
)
GROW = {
    "kiosk.start": lambda world: spaces.process(),
    "kiosk.large_print": lambda world: spaces.process(),
    "kiosk.receipts": lambda world: budgets.pot(spaces.process()),
    "kiosk.signage": lambda world: spaces.process(),
    "kiosk_manage.index": lambda world: kiosk.device(),
    "kiosk_manage.wishes": _another_wish,
}
UNIQUE = {
    "kiosk_device": ("code_hash",),
    "kiosk_token": ("token_hash",),
    "kiosk_handover": ("token_hash",),
    "print_wish": ("day", "number"),
}
