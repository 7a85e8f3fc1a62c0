"""What this room removes by itself: hand-overs whose minutes are over, prints that were asked for, earlier tokens."""

from app.features.kiosk.models import KioskHandover, KioskToken, PrintWish
from app.kernel.messages import msg
from app.kernel.retention import rows

rows(
    "kiosk_handovers",
    msg("What was handed over from a public screen to a phone; nobody can open it once its ten minutes are over"),
    KioskHandover,
    lambda before: KioskHandover.until < before,
    since=msg("after its ten minutes"),
    why=msg("It goes with the next hand-over at any screen, and at the latest then."),
    days=1,
)
rows(
    "print_wishes",
    msg("Numbers of people who asked for a form in large letters"),
    PrintWish,
    lambda before: PrintWish.created_at < before,
    since=msg("after they asked"),
    why=msg("A number is drawn for one day. It says nothing about the person."),
    days=7,
)
rows(
    "kiosk_tokens",
    msg("Earlier tokens of public screens, of which a copy would be noticed"),
    KioskToken,
    lambda before: KioskToken.ended_at < before,
    since=msg("after the screen got another one"),
    why=msg("A copy that is older opens nothing, and is not told from one that never was."),
    days=30,
    public=False,
)
