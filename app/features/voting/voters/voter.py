"""Who votes, however they showed it: one value for the code, the card, the account and the desk. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from app.kernel.permissions import Channel


class Way(StrEnum):
    """How somebody showed which entry of the register they are."""

    CODE = "code"
    CARD = "card"
    ACCOUNT = "account"
    DESK = "desk"


@dataclass(frozen=True)
class Voter:
    """An entry of the register in one process, for as long as it votes. Held in memory or sealed, never logged.

    `code_id`: the code that opened the way, so that a code voided meanwhile casts nothing.
    """

    process_id: UUID
    key: str = field(repr=False)
    way: Way
    channel: Channel = Channel.WEB
    code_id: UUID | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ShownToken:
    """Somebody whose browser shows the token of an account. Whose it is, and whether it still counts, is asked at the box."""

    token_hash: str = field(repr=False)
    channel: Channel = Channel.WEB
