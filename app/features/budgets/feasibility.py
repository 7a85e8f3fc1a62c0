"""What came out of a review, in words with an icon and a tone. Pure."""

from dataclasses import dataclass

from app.features.budgets.models import Feasibility
from app.kernel.messages import Message, msg


@dataclass(frozen=True)
class Look:
    """An outcome in words, with its icon and tone: never colour alone."""

    label: Message
    icon: str
    tone: str


LOOKS: dict[str, Look] = {
    Feasibility.FEASIBLE: Look(msg("Feasible"), "circle-check", "good"),
    Feasibility.WITH_CHANGES: Look(msg("Feasible with changes"), "pencil", "good"),
    Feasibility.NOT_FEASIBLE: Look(msg("Not feasible"), "circle-x", "bad"),
}
