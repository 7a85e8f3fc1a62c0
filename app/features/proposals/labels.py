"""The words, icons and tones for what a proposal can be: answers, orders, stances, channels. Translated where shown."""

from dataclasses import dataclass

from app.features.proposals.models import Stance
from app.features.proposals.queries import NO_ANSWER, Sort
from app.kernel.messages import Message, msg
from app.kernel.permissions import Channel


@dataclass(frozen=True)
class Look:
    """A word with its icon and tone; colour never stands alone."""

    label: Message
    icon: str
    tone: str


ANSWERS = {
    "accepted": Look(msg("Accepted"), "circle-check", "good"),
    "under_evaluation": Look(msg("Under evaluation"), "hourglass", "warning"),
    "rejected": Look(msg("Rejected"), "circle-x", "bad"),
}
ANSWER_CHOICES = {NO_ANSWER: msg("No answer yet"), **{status: look.label for status, look in ANSWERS.items()}}
PLACE_CHOICES = {"map": msg("On the map"), "none": msg("Without a place on the map")}
SORTS = {
    Sort.FAIR: msg("Today's fair order"),
    Sort.MATCH: msg("Best match"),
    Sort.NEWEST: msg("Newest"),
    Sort.SUPPORTED: msg("Most supported"),
    Sort.DISCUSSED: msg("Most discussed"),
}
STANCES = {
    Stance.IN_FAVOUR: Look(msg("In favour"), "circle-plus", "good"),
    Stance.AGAINST: Look(msg("Against"), "circle-minus", "accent"),
    Stance.NEUTRAL: Look(msg("Neutral"), "circle", "neutral"),
}
# How something came in, where that is worth saying: a click says nothing, the others stand beside it as equals.
WAYS = {
    Channel.WEB: msg("On the web"),
    Channel.KIOSK: msg("At a kiosk"),
    Channel.PAPER: msg("On paper"),
    Channel.DESK: msg("At the desk"),
    Channel.PHONE: msg("By telephone"),
}
"""Every way side by side, where proposals are counted."""
CHANNELS = {
    Channel.KIOSK: msg("at a public screen"),
    Channel.PAPER: msg("on paper"),
    Channel.DESK: msg("at the counter"),
    Channel.PHONE: msg("by phone"),
}
