"""Where we differ from the published descriptions: the one list. docs/interfaces.md gives the reason for each by its name.

`checks` are those of schemathesis that a deviation cannot pass; all others are made.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Deviation:
    """One difference, by the name it has in docs/interfaces.md."""

    name: str
    document: str
    checks: tuple[str, ...] = ()


GOVSTACK, HELSINKI, TRACKER = "GovStack", "Helsinki", "tracker"
DEVIATIONS = (
    Deviation("tokens", GOVSTACK),
    Deviation("unknown-is-400", GOVSTACK, ("positive_data_acceptance",)),
    Deviation("lenient-bodies", GOVSTACK, ("negative_data_rejection",)),
    Deviation("bodies-are-needed", GOVSTACK, ("positive_data_acceptance",)),
    Deviation("sha-256", GOVSTACK),
    Deviation("two-hands", GOVSTACK),
    Deviation("in-force-stays", GOVSTACK, ("positive_data_acceptance",)),
    Deviation("shown-revision", GOVSTACK, ("positive_data_acceptance",)),
    Deviation("answers-stay", GOVSTACK),
    Deviation("one-record", GOVSTACK),
    Deviation("individual-header", GOVSTACK, ("positive_data_acceptance",)),
    Deviation("webhooks-have-no-revisions", GOVSTACK),
    Deviation("asked-by-letter", GOVSTACK),
    Deviation("secret-stays", GOVSTACK),
    Deviation("limits", HELSINKI),
    Deviation("words-for-true", HELSINKI, ("negative_data_rejection",)),
    Deviation("no-levels", HELSINKI),
    Deviation("tokens", TRACKER),
    Deviation("no-representation", TRACKER, ("positive_data_acceptance",)),
    Deviation("own-identifiers", TRACKER),
    Deviation("no-negative-pages", TRACKER, ("positive_data_acceptance",)),
    Deviation("lenient-numbers", TRACKER, ("negative_data_rejection",)),
)


def left_out(document: str) -> set[str]:
    """The checks that cannot be passed for one description."""
    return {check for one in DEVIATIONS if one.document == document for check in one.checks}
