"""Who may vote and what a register number is. Pure."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Set
from datetime import date
from uuid import UUID

from app.features.voting.models import SlotMode
from app.kernel.errors import Refused
from app.kernel.messages import msg

_NUMBER = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,32}")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


def canonical_number(text: str) -> str:
    """A register number as it is hashed: capital letters and digits, of any script, at least one digit. Else raises Refused."""
    folded = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in folded)
    number = re.sub(r"[\s.\-–/]", "", plain)
    if not _NUMBER.fullmatch(number):
        raise Refused(
            msg("Write the number as it stands on the card: 5 to 32 letters and digits, with at least one digit."),
            field="number",
        )
    return number


def voter_key(secret: bytes, process_id: object, number: str) -> str:
    """HMAC-SHA256 of a register number under the key of this vote: no number can be read back, none joins two votes."""
    return hmac.new(secret, f"voter:{process_id}:{canonical_number(number)}".encode(), hashlib.sha256).hexdigest()


def canonical_date(text: str) -> str:
    """A date as it is hashed, `1951-06-30`, from that or from `30.6.1951`; what is no date stays as it was typed."""
    plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text.strip())
    for pattern, order in ((_YEAR_FIRST, (0, 1, 2)), (_DAY_FIRST, (2, 1, 0))):
        if match := pattern.fullmatch(plain):
            year, month, day = (int(match.groups()[place]) for place in order)
            try:
                return date(year, month, day).isoformat()
            except ValueError:
                return plain
    return plain


def birth_hash(secret: bytes, process_id: object, number: str, born: str) -> str:
    """A keyed hash of the birth date, a second proof beside the number; correcting a date gives no second vote."""
    text = f"born:{process_id}:{canonical_number(number)}:{canonical_date(born)}"
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def slot_of(pot_id: object) -> str:
    """What casting uses up where every pot has its own vote, as it is unless a process says otherwise."""
    return str(pot_id)


def slot_for(mode: SlotMode, pot_id: UUID, pot_area: UUID | None, home: Set[UUID] | None) -> str:
    """What casting in this pot uses up, for a voter who lives in all areas of `home` (None: the list does not say where).

    `pot_area` is None for a pot of the whole city. Raises Refused, saying why, where the voter has no vote.
    """
    if mode is SlotMode.ONE:
        return "one"
    if mode is SlotMode.ALL or pot_area is None:
        return slot_of(pot_id)
    if home is None:
        raise Refused(
            msg("The list of voters does not say in which area you live. Ask at a voting desk: there it can be added.")
        )
    if mode is SlotMode.OWN_PLUS_ONE:
        return "own" if pot_area in home else "other"
    if pot_area not in home:
        raise Refused(
            msg("Only people who live in this area vote here. You can vote in your own area and in the whole city's pots.")
        )
    return slot_of(pot_id)


SHARED_SLOTS = ("one", "own", "other")
"""What `slot_for` names for several pots together; every other slot is good for one pot alone."""


def freed_slot(pot_id: UUID) -> str:
    """What a ballot in a pot that was annulled stands under, so that it uses up nothing elsewhere. As long as a slot may be."""
    return f"void:{pot_id.hex}"


def granted_slot(slot: str) -> str:
    """What the committee grants in place of a slot that somebody else used up."""
    return f"{slot}+1"
