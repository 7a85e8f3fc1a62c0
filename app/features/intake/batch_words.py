"""States and steps of batches and sheets in words."""

from dataclasses import dataclass

from app.features.intake.models import BatchState, SheetKind, SheetState
from app.features.intake.rules import READS, REOPENABLE, TAKES_SHEETS
from app.kernel.messages import Message, msg

KIND_WORDS: dict[SheetKind, Message] = {
    SheetKind.PROPOSAL: msg("Proposals"),
    SheetKind.CONSENT: msg("Answers about personal data"),
}
STATE_WORDS: dict[BatchState, Message] = {
    BatchState.OPEN: msg("Open"),
    BatchState.ENTERED: msg("Waits for the second reading"),
    BatchState.SECOND_READING: msg("Second reading"),
    BatchState.RECONCILED: msg("Reconciled"),
    BatchState.CLOSED: msg("Closed"),
    BatchState.REOPENED: msg("Opened again"),
}
SHEET_WORDS: dict[SheetState, Message] = {
    SheetState.ENTERED: msg("Waits for the second reading"),
    SheetState.READ: msg("Read twice, alike"),
    SheetState.DIFFERS: msg("Read differently: to be settled"),
    SheetState.SETTLED: msg("Settled"),
    SheetState.VOID: msg("Does not count"),
}


@dataclass(frozen=True)
class Step:
    """One step of a batch: from which states it leads, what the button says, what it means, and what is said afterwards."""

    states: frozenset[BatchState]
    title: Message
    means: tuple[Message, ...]
    done: Message
    kind: str = "primary"
    moderated: "Step | None" = None
    """The same step where moderators look at proposals before they appear."""


STEPS: dict[str, Step] = {
    "finish": Step(
        TAKES_SHEETS,
        msg("Finish entering"),
        (
            msg("You sign that every sheet of the bundle is entered or named as one that does not count."),
            msg("Another person then reads each sheet a second time, without seeing what you typed."),
        ),
        msg("The entering is finished. Give the bundle to another person for the second reading."),
    ),
    "reconcile": Step(
        READS,
        msg("Reconcile"),
        (msg("You sign that every sheet was read by two people, and that the numbers agree or the reason is written."),),
        msg("The batch is reconciled. It can be closed now."),
    ),
    "close": Step(
        frozenset({BatchState.RECONCILED}),
        msg("Close the batch"),
        (
            msg("Every sheet becomes what it says, all of them at once. Proposals appear, answers count."),
            msg("If one sheet cannot be taken in, none is, and its number is said."),
        ),
        msg("The batch is closed. Everything in it counts now."),
        moderated=Step(
            frozenset({BatchState.RECONCILED}),
            msg("Close the batch"),
            (
                msg("Every sheet becomes a proposal, all of them together. Each appears when a moderator has looked at it."),
                msg("If one sheet cannot be taken in, none is, and its number is said."),
            ),
            msg("The batch is closed. Its proposals have arrived, and appear when a moderator has looked at them."),
        ),
    ),
    "reopen": Step(
        REOPENABLE,
        msg("Open again"),
        (
            msg("The batch takes sheets again, and every signature is to be given anew."),
            msg("What has already appeared stays as it is."),
        ),
        msg("The batch is open again."),
        "secondary",
    ),
}
