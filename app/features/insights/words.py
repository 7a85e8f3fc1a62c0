"""What the short names of the audit log mean, in words: a subject and what was done to it."""

from collections.abc import Mapping
from typing import Any

from app.kernel.messages import Message, msg

SUBJECTS: dict[str, Message] = {
    "account": msg("Account"),
    "agreement": msg("Data agreement"),
    "answer": msg("Official answer"),
    "answers": msg("Time for answers"),
    "area": msg("Area"),
    "box": msg("Ballot box"),
    "category": msg("Category"),
    "code": msg("Code by letter"),
    "codes": msg("Codes by letter"),
    "comment": msg("Comment"),
    "contest": msg("Contested participation"),
    "data_set": msg("Data set"),
    "decision": msg("Decision of the committee"),
    "difference": msg("Difference of two numbers"),
    "election": msg("Imported election"),
    "implementation": msg("Implementation"),
    "keys": msg("Keys of the vote"),
    "milestone": msg("Step of an implementation"),
    "objection": msg("Objection"),
    "phase": msg("Phase"),
    "pot": msg("Pot"),
    "process": msg("Process"),
    "project": msg("Project"),
    "proposal": msg("Proposal"),
    "publication": msg("Publication of ballots"),
    "rehearsal": msg("Rehearsal"),
    "retention": msg("Days for objections"),
    "review": msg("Review of a proposal"),
    "role": msg("Role"),
    "roll": msg("List of voters"),
    "second_factor": msg("Second factor"),
    "station": msg("Station with ballots on paper"),
    "totals": msg("Totals of ballots on paper"),
    "voters": msg("Voters"),
    "voting": msg("How people vote"),
}
DEEDS: dict[str, Message] = {
    "added": msg("was added"),
    "announced": msg("are announced to be destroyed"),
    "annulled": msg("was annulled"),
    "approve": msg("was approved"),
    "archived": msg("was archived"),
    "area_added": msg("got an area that was missing"),
    "begun": msg("was begun"),
    "blocked": msg("was blocked"),
    "brought_back": msg("was brought back by its author"),
    "certified": msg("was certified"),
    "changed": msg("was changed"),
    "closed": msg("was closed"),
    "closing": msg("is being closed"),
    "counting": msg("is being counted"),
    "opening": msg("is being opened"),
    "codes_renewed": msg("got new recovery codes"),
    "confirmed": msg("was opened a second time, with the same result"),
    "corrected": msg("was corrected"),
    "counted": msg("was counted"),
    "created": msg("was created"),
    "decided": msg("was decided"),
    "declined": msg("was declined"),
    "destroyed": msg("were destroyed"),
    "dismiss": msg("was left as it is"),
    "dismissed": msg("was dismissed"),
    "draft": msg("became a draft again"),
    "drawn": msg("got the order of a public draw"),
    "ended": msg("was ended"),
    "entered": msg("were entered"),
    "explained": msg("was explained"),
    "extended": msg("was extended"),
    "filed": msg("was filed"),
    "forgotten": msg("were forgotten"),
    "frozen": msg("was fixed"),
    "given": msg("was given"),
    "granted": msg("got another ballot granted"),
    "grouped": msg("got projects that exclude each other"),
    "hide": msg("was hidden"),
    "imported": msg("was imported"),
    "interrupted": msg("was interrupted"),
    "issued": msg("were made"),
    "key_given_up": msg("no longer has the committee's key: the server is to keep it"),
    "key_replaced": msg("got another key in place of the one it had"),
    "moved": msg("was moved"),
    "name_hidden": msg("no longer shows its author's name"),
    "name_shown": msg("shows its author's name"),
    "opened": msg("was opened"),
    "prepared": msg("got its key"),
    "print_deleted": msg("are not in a print file any more"),
    "promised": msg("was promised"),
    "proposed": msg("was proposed"),
    "public": msg("was published"),
    "published": msg("was published"),
    "recovery_code_used": msg("was passed with a recovery code"),
    "released": msg("was released"),
    "removed": msg("was removed"),
    "renamed": msg("was renamed"),
    "renewed": msg("was replaced"),
    "replaced": msg("was put in the place of another"),
    "reset": msg("was reset"),
    "restore": msg("was shown again"),
    "restored": msg("was brought back"),
    "resumed": msg("went on"),
    "sent": msg("was sent"),
    "set_up": msg("was set up"),
    "signed": msg("was signed by a second member"),
    "taken": msg("was taken away"),
    "taken_back": msg("was taken back"),
    "taken_in": msg("was taken in"),
    "test_ballots": msg("got test ballots"),
    "thrown_away": msg("was thrown away"),
    "unblocked": msg("was opened again"),
    "undelivered": msg("came back undelivered"),
    "undo": msg("got back what a decision had changed"),
    "undone": msg("had its last change undone"),
    "unfrozen": msg("could be changed again"),
    "ungrouped": msg("has a group fewer of projects that exclude each other"),
    "upheld": msg("was upheld"),
    "voided": msg("was made void"),
    "withdrawn": msg("was taken back by its author"),
    "written": msg("was written"),
}


def words_for(action: str) -> tuple[Message | str, Message | str]:
    """(subject, deed) of an action such as `pot.counted`; what has no words stays as it is written."""
    subject, _dot, deed = action.partition(".")
    return SUBJECTS.get(subject, subject), DEEDS.get(deed, deed)


def details_in_order(details: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What an entry says besides, in the order in which one reads it: before, after, then by name.

    PostgreSQL does not keep the order in which the names of a JSON object were written.
    """
    return sorted(details.items(), key=lambda one: (_READ_FIRST.get(one[0], len(_READ_FIRST)), one[0]))


_READ_FIRST = {"before": 0, "after": 1}
