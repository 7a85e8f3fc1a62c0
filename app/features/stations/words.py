"""States in words."""

from app.features.stations.models import BatchState, CountState, EnvelopeState
from app.kernel.messages import Message, msg

COUNT_STATES: dict[CountState, tuple[Message, str, str]] = {
    CountState.POLLING: (msg("Boxes are closed"), "lock", ""),
    CountState.OPENED: (msg("Boxes are open"), "clock", "warning"),
    CountState.PROPOSED: (msg("Signed once"), "clock", "warning"),
    CountState.SIGNED: (msg("Signed by two"), "circle-check", "good"),
}
"""How far a station is: words, icon, kind."""
BATCH_STATES: dict[BatchState, tuple[Message, str, str]] = {
    BatchState.OPEN: (msg("Being typed"), "clock", "warning"),
    BatchState.ENTERED: (msg("Typed, waits for the draw"), "clock", "warning"),
    BatchState.READING: (msg("Second reading"), "clock", "warning"),
    BatchState.RECONCILED: (msg("Read and decided"), "circle-check", "good"),
    BatchState.CLOSED: (msg("Closed"), "lock", "good"),
}
"""The same for a batch."""
ENVELOPE_STATES: dict[EnvelopeState, Message] = {
    EnvelopeState.WAITING: msg("Not decided"),
    EnvelopeState.ACCEPTED: msg("Accepted, opened"),
    EnvelopeState.RETURNED: msg("Goes back unopened"),
}
"""The same for an outer envelope."""
