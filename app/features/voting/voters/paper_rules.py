"""How ballots on paper are read: announced with the fixed ballot, and so part of its digest. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.features.voting.models import IncompleteSet, Overvote, VotingSetup


@dataclass(frozen=True)
class PaperRules:
    """`overvote`: a ballot with more on it than allowed; `incomplete_set`: one of which a page is missing.

    `postal_until`: until when an envelope by post may arrive (UTC), None where none may.
    """

    overvote: Overvote
    incomplete_set: IncompleteSet
    postal_until: datetime | None = None

    def as_announced(self) -> dict[str, Any]:
        """As it stands in the file of the fixed ballot."""
        until = self.postal_until.isoformat() if self.postal_until else None
        return {"overvote": str(self.overvote), "incomplete_set": str(self.incomplete_set), "postal_until": until}


def read_rules(announced: dict[str, Any]) -> PaperRules:
    """The same, read back."""
    until = announced.get("postal_until")
    return PaperRules(
        Overvote(announced["overvote"]),
        IncompleteSet(announced["incomplete_set"]),
        datetime.fromisoformat(until) if until else None,
    )


def rules_of(setup: VotingSetup) -> PaperRules:
    """As a process has set them up."""
    return PaperRules(setup.overvote, setup.incomplete_set, setup.postal_until)
