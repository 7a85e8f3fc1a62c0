"""What can happen: decisions are proposed, signed, declined, taken back; people object; paper is added up; keys destroyed."""

from app.features.committee.commands import EnterTotals
from app.features.committee.use_cases.answering import concerns
from app.features.committee.use_cases.deciding import decline, propose, sign, withdraw
from app.features.committee.use_cases.ending import (
    announce_destruction,
    forget_after,
    keys_are_due,
    set_retention,
)
from app.features.committee.use_cases.objecting import forget_contacts, may_record, object_to, record_objection
from app.features.committee.use_cases.paper import (
    add_station,
    enter_totals,
    explain,
    remove_station,
    stations_in_use,
    take_over_totals,
)
from app.features.committee.use_cases.possible import Mend, NotYet, require_possible
from app.features.committee.use_cases.reopening import opened_again, reopened

__all__ = [
    "EnterTotals",
    "Mend",
    "NotYet",
    "add_station",
    "announce_destruction",
    "concerns",
    "decline",
    "enter_totals",
    "explain",
    "forget_after",
    "forget_contacts",
    "keys_are_due",
    "may_record",
    "object_to",
    "opened_again",
    "propose",
    "record_objection",
    "remove_station",
    "reopened",
    "require_possible",
    "set_retention",
    "sign",
    "stations_in_use",
    "take_over_totals",
    "withdraw",
]
