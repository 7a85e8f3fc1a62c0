"""The details of an entry of the audit log as people read them; the file for spreadsheets keeps the stored values."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup

from app.features.insights.words import details_in_order
from app.kernel.messages import Message, msg
from app.web.filters import local_text, show_money, translate

NAMES: dict[str, Message] = {
    "after": msg("After"),
    "agreement": msg("Data agreement"),
    "amount": msg("Money"),
    "ballots": msg("Ballots"),
    "ballots_sha256": msg("Check code of the ballots"),
    "batch": msg("Batch"),
    "before": msg("Before"),
    "by": msg("By"),
    "channel": msg("Channel"),
    "clerk": msg("Clerk"),
    "commitment": msg("Check code"),
    "day": msg("Day"),
    "declared": msg("Declared"),
    "difference": msg("Missing"),
    "differs": msg("Read differently"),
    "done": msg("Printed so far"),
    "entered": msg("Entered"),
    "fields": msg("Questions"),
    "in_box": msg("Typed from the box"),
    "issued": msg("Handed out"),
    "seed": msg("Seed"),
    "station": msg("Station"),
    "stub": msg("Number on the stub"),
    "typed": msg("Typed"),
    "code": msg("Short name"),
    "cost": msg("Cost"),
    "data_set": msg("Data set"),
    "digest": msg("Check code"),
    "envelopes": msg("Envelopes"),
    "first_sha256": msg("Check code that the first opening found"),
    "implementation": msg("Implementation"),
    "kid": msg("Name of the key"),
    "kind": msg("Kind"),
    "name": msg("Name"),
    "number": msg("Number"),
    "origin": msg("Asked for"),
    "outcome": msg("Outcome"),
    "pages": msg("Pages"),
    "pot": msg("Pot"),
    "project": msg("Project"),
    "proposal": msg("Proposal"),
    "proposed_by": msg("Proposed by"),
    "published": msg("What is published"),
    "result": msg("Check code of the result"),
    "revision": msg("Version of the text"),
    "role": msg("Role"),
    "rows": msg("Rows"),
    "rule": msg("Rule"),
    "runs_at": msg("On"),
    "shown": msg("Shown at the desk"),
    "size": msg("Ballots drawn for the sample"),
    "signed_by": msg("Signed by"),
    "state": msg("State"),
    "test": msg("Test print"),
    "tie_rules": msg("If projects have the same result"),
    "title": msg("Name"),
    "tray": msg("Tray"),
    "unique": msg("Ballots like no other"),
    "version": msg("Version"),
    "void": msg("Does not count"),
    "vote_type": msg("How people vote"),
    "winners": msg("Projects that won"),
}
VALUES: dict[str, Message] = {
    "accepted": msg("Accepted"),
    "administrator": msg("Administrator"),
    "approval": msg("Choose projects"),
    "auditor": msg("Auditor"),
    "certification": msg("Certify the result"),
    "certified": msg("Certified"),
    "choose-1": msg("Choose one project"),
    "clerk": msg("Intake clerk"),
    "committee": msg("Committee member"),
    "counted": msg("Counted"),
    "cumulative": msg("Give points"),
    "delayed": msg("Delayed"),
    "desk": msg("At the desk"),
    "done": msg("Done"),
    "draft": msg("Draft"),
    "drawn": msg("the project drawn first in public goes first"),
    "feasible": msg("Feasible"),
    "greedy": msg("Most votes first"),
    "hidden": msg("Hidden"),
    "kiosk": msg("At a kiosk"),
    "listed_first": msg("the project that stands first in the list goes first"),
    "moderator": msg("Moderator"),
    "not_feasible": msg("Not feasible"),
    "opening_anew": msg("Discard all openings of the box and open it anew"),
    "officer": msg("Answering officer"),
    "ordinal": msg("Put projects in an order"),
    "paper": msg("On paper"),
    "pending": msg("Waiting for a moderator"),
    "phone": msg("By telephone"),
    "planned": msg("Planned"),
    "published": msg("Published"),
    "ready": msg("Ballot fixed"),
    "rejected": msg("Rejected"),
    "rows": msg("Each ballot, without a name"),
    "started": msg("Under way"),
    "steward": msg("Data steward"),
    "stopped": msg("Stopped"),
    "totals": msg("Totals only"),
    "under_evaluation": msg("Under evaluation"),
    "web": msg("On the web"),
    "with_changes": msg("Feasible with changes"),
    "withdrawal": msg("Withdraw a project while people vote"),
    "withdrawn": msg("Withdrawn"),
}
_CODE = re.compile(r"[0-9a-f]{32,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_MONEY = ("amount", "cost")


def plain_details(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each detail as (name, value) in words; what is nothing is left out, what has no words stays as it is written."""
    return [line for name, value in details_in_order(details) for line in _lines(name, value)]


def _lines(name: str, value: Any) -> Iterator[tuple[str, str]]:
    title = translate(NAMES[name]) if name in NAMES else name.replace("_", " ")
    if isinstance(value, Mapping) and not _is_text(value):
        parts = [
            Markup("{}: {}").format(inner, words) for key, one in details_in_order(value) for inner, words in _lines(key, one)
        ]
        if parts:
            yield title, Markup("; ").join(parts)
    elif words := _words(name, value):
        yield title, words


def _words(name: str, value: Any) -> str:
    """One value. Sums are kept in the smallest unit of money; codes are shown by their beginning."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return str(show_money(value)) if name in _MONEY else format_decimal(value)
    if isinstance(value, Mapping):
        return local_text(dict(value))
    if isinstance(value, list | tuple):
        return Markup(", ").join(filter(None, (_words(name, one) for one in value)))
    text = str(value)
    if _CODE.fullmatch(text):
        return Markup('<code translate="no">{}…</code>').format(text[:8])
    return translate(VALUES[text]) if text in VALUES else text


def _is_text(value: Mapping[str, Any]) -> bool:
    """Whether it is one text in several languages."""
    return bool(value) and all(_LANGUAGE.fullmatch(key) and isinstance(text, str) for key, text in value.items())
