"""Who decides what, and in which words reasons are told. Pure."""

from app.features.moderation.models import Reason, Verb
from app.kernel.errors import Conflict
from app.kernel.messages import Message, msg

REASONS: dict[Reason, Message] = {
    Reason.INSULT: msg("It insults or threatens somebody"),
    Reason.PERSONAL_DATA: msg("It shows personal data of somebody"),
    Reason.OFF_TOPIC: msg("It has nothing to do with this process"),
    Reason.DUPLICATE: msg("It repeats what is there already"),
    Reason.ADVERTISING: msg("It is advertising"),
    Reason.ILLEGAL: msg("It is against the law"),
    Reason.OTHER: msg("Something else"),
}
NEEDS_WORDS = frozenset({Reason.OTHER})

# Which states a verb starts from, and the state it leads to (None: it stays as it is).
STEPS: dict[Verb, tuple[frozenset[str], str | None]] = {
    Verb.APPROVE: (frozenset({"pending"}), "published"),
    Verb.HIDE: (frozenset({"pending", "published"}), "hidden"),
    Verb.RESTORE: (frozenset({"hidden"}), "published"),
    # What its author took back meanwhile is still in the queue while a report on it is open.
    Verb.DISMISS: (frozenset({"published", "hidden", "withdrawn"}), None),
}

# Anonymous reports beyond this many on one subject add nothing for a moderator and are not stored.
MOST_ANONYMOUS_REPORTS = 20


# Why a verb does not lead on from a state, in words that name the state.
STANDS: dict[str, Message] = {
    "pending": msg("It is new: publish it or hide it."),
    "published": msg("It is visible to everybody already."),
    "hidden": msg("It is hidden already."),
    "withdrawn": msg("Its author has taken it back."),
}


def next_state(verb: Verb, state: str) -> str | None:
    """The state that `verb` leads to from `state`. Raises Conflict when it stands elsewhere: somebody was faster, perhaps."""
    allowed, after = STEPS.get(verb, (frozenset(), None))
    if state not in allowed:
        raise Conflict(STANDS.get(state) or msg("It has changed meanwhile. You see its present state now."))
    return after
