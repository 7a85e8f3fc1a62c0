"""Which page waits for whom, when two people are needed, and when what they saw is the same. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.features.scans.models import PageState, PageTray

BALLOT, CONSENT = "B", "C"
MOST_BYTES = 300_000_000
"""Of one file, and of all files of one upload; the reader's own limit is the same."""
MOST_FILES = 50
KEPT_DAYS = 180
LONGEST_REASON = 300
LOOKED_THROUGH = frozenset({PageTray.READ, PageTray.TURNED, PageTray.TWO_ON_ONE})
"""Pages in these trays are looked through by a person as they come."""
NEEDS_NOBODY = frozenset({PageTray.BLANK, PageTray.TEST_PRINT})
MAY_BE_ADMITTED = frozenset({PageTray.OUTDATED, PageTray.DUPLICATE, PageTray.DAMAGED, *LOOKED_THROUGH})
"""Pages of these trays can be let into the review by a person, with a reason, where the machine could read their circles."""
WAITING = (PageState.TO_REVIEW, PageState.SECOND, PageState.DIFFERENT)

NONE, SEVERAL, UNCLEAR = "none", "several", "unclear"
VALUE = "="
"""What stands before a value in an answer, so that no value can be taken for one of the three words above."""

Answers = Mapping[str, Any]


def state_of_new(tray: PageTray, readable: bool) -> PageState:
    """What a page that was just read waits for."""
    return PageState.TO_REVIEW if tray in LOOKED_THROUGH and readable else PageState.IN_TRAY


def machine_answer(field: Mapping[str, Any]) -> str | None:
    """What the machine proposes for a field; None where a person has to decide."""
    if field["for_a_person"]:
        return None
    values: Sequence[str] = field["values"]
    return f"{VALUE}{values[0]}" if values else NONE


def choices_of(field: Mapping[str, Any]) -> list[str]:
    """What can be answered about a field."""
    values = [f"{VALUE}{one}" for one in field["options"]]
    return [*values, NONE, *([SEVERAL] if len(values) > 1 else []), UNCLEAR]


def needs_two(kind: str, fields: Iterable[Mapping[str, Any]], answers: Sequence[Answers]) -> bool:
    """Whether a second person has to look at it: a ballot on which something is doubtful, or read otherwise by a person."""
    if kind != BALLOT:
        return False
    return any(
        field["for_a_person"] or one["fields"].get(field["name"]) != machine_answer(field)
        for field in fields
        for one in answers
    )


def state_after(kind: str, fields: Sequence[Mapping[str, Any]], answers: Sequence[Answers]) -> tuple[PageState, Answers | None]:
    """Where the answers in force, each of another person, leave a page, and what is accepted if it is."""
    if not answers:
        return PageState.TO_REVIEW, None
    if not needs_two(kind, fields, answers):
        return PageState.REVIEWED, answers[-1]
    for at, one in enumerate(answers):
        if any(one["fields"] == other["fields"] for other in answers[at + 1 :]):
            return PageState.REVIEWED, one
    return (PageState.SECOND if len(answers) == 1 else PageState.DIFFERENT), None


def copy_key(kind: str, subject: object, code: str, page: int) -> str | None:
    """The name of one page of one numbered copy; None for copies without a number."""
    return f"{kind}/{subject}/{code}/{page}" if code else None
