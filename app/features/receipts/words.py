"""What came of verifying, in words for everybody: a title, what it means, and how it looks."""

from dataclasses import dataclass

from app.features.receipts.verifying import Outcome
from app.kernel.messages import Message, msg


@dataclass(frozen=True)
class Words:
    """`kind` is the look of the notice: good, warning or bad."""

    title: Message
    text: Message
    kind: str = "bad"


OUTCOMES: dict[str, Words] = {
    Outcome.VALID: Words(msg("Valid"), msg("The city signed exactly this, and nobody has changed it since."), "good"),
    Outcome.ALTERED: Words(
        msg("Altered"),
        msg(
            "The signature does not fit what the receipt says: something was changed, or not all of it was pasted. "
            "Do not rely on it."
        ),
    ),
    Outcome.UNKNOWN_KEY: Words(
        msg("Unknown key"),
        msg("It is signed with a key that is not one of this city. It may be of somebody else, or made up."),
    ),
    Outcome.REVOKED_KEY: Words(
        msg("The key was revoked"),
        msg(
            "The signature fits, but the city trusts this key no more: somebody else may have signed with it. "
            "Get the receipt anew under My data."
        ),
    ),
    Outcome.KEY_NOT_IN_USE: Words(
        msg("The key was not in use then"),
        msg("The signature fits, but it says a time at which this key did not sign. Do not rely on it."),
    ),
    Outcome.UNSUPPORTED: Words(
        msg("Not signed as we sign"),
        msg("The file names another way of signing, or none. The city signs with Ed25519 alone, so this is not from the city."),
    ),
    Outcome.UNSIGNED: Words(
        msg("No signature"),
        msg(
            "This is a receipt without a signature, and the city holds none of its number. Nobody can tell "
            "whether it is right. Ask for the signed file, it ends in .jws."
        ),
        "warning",
    ),
    "held": Words(
        msg("The same as in our records"),
        msg("It has no signature, but the city holds a receipt of this number that says exactly the same."),
        "good",
    ),
    "differs": Words(
        msg("Altered"),
        msg("It has no signature, and the city holds a receipt of this number that says something else. Do not rely on it."),
    ),
    Outcome.NOT_A_RECEIPT: Words(
        msg("Not a receipt"),
        msg("This is no receipt, or not the whole of one. Paste the file from its first to its last character."),
    ),
    Outcome.TOO_LARGE: Words(msg("Too large"), msg("A receipt has a few thousand characters. This is more than we look at.")),
}
