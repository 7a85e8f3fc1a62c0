"""What each kind of decision needs, and what it does once two members have signed it."""

import uuid
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState, hold_pots
from app.features.budgets.use_cases import (
    AnnulPot,
    CertifyPot,
    CorrectResult,
    annul_pot,
    certify_pot,
    correct_result,
    require_finished_count,
)
from app.features.committee.models import Decision, DecisionKind
from app.features.committee.rules import digest_of, same_result
from app.features.committee.use_cases.answering import OnObjection
from app.features.committee.use_cases.certifying import issue
from app.features.committee.use_cases.ending import ask_for_destruction
from app.features.committee.use_cases.possible import ends_of_vote, require_possible
from app.features.committee.use_cases.reopening import DrawAgain, TotalsAgain
from app.features.committee.use_cases.shared import pot_of, signers, when
from app.features.committee.use_cases.withdrawing import Withdrawal
from app.features.spaces.use_cases import extend_vote, interrupt_vote, resume_vote
from app.features.voting.use_cases import discard_openings, outcome_of, require_disputed
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.messages import Ending, msg
from app.kernel.permissions import Actor


class Effect(Protocol):
    """`check` raises Refused for what cannot be decided now, and says what must still be so when the second member signs."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]: ...
    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]: ...


def _wait_for_voters(session: Session, process_id: uuid.UUID) -> None:
    """Whoever is casting at this moment finishes first; whoever comes later sees what was decided."""
    hold_pots(session, process_id)


class Extension:
    """Ballots are taken longer."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """A later end, while the box still takes ballots."""
        require_possible(session, decision.kind, decision.process_id)
        if not decision.details.get("until"):
            raise Refused(msg("Write until when people can vote."), field="until")
        ends = ends_of_vote(session, decision.process_id)
        until = when(decision.details["until"])
        if until <= max(*ends, clock.now()):
            refused = msg("The vote ends on %(when)s already. Choose a later end.", when=Ending(max(ends)))
            raise Refused(refused if max(ends) > clock.now() else msg("Choose an end that is not over yet."), field="until")
        return {}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Move the end of the voting phase."""
        _wait_for_voters(session, decision.process_id)
        extend_vote(session, actor, decision.process_id, when(decision.details["until"]))
        return {}


class Interruption:
    """No ballots are taken from now on."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """A vote that runs."""
        require_possible(session, decision.kind, decision.process_id)
        return {}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Stop every channel."""
        _wait_for_voters(session, decision.process_id)
        interrupt_vote(session, actor, decision.process_id)
        return {}


class Resumption:
    """An interrupted vote goes on."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """A vote that is interrupted, whose box is not closed."""
        require_possible(session, decision.kind, decision.process_id)
        return {}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Take ballots again, as long as the phase runs."""
        resume_vote(session, actor, decision.process_id)
        return {}


class Annulment:
    """The vote on a pot does not count."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """A pot that people could vote on."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        require_possible(session, decision.kind, decision.process_id, pot)
        return {}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """No ballots, no count, no certificate."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        annul_pot(session, actor, AnnulPot(pot.id, signers(decision)))
        return {}


@dataclass(frozen=True)
class _Again:
    """A count from the opened ballots, beside the one that is kept."""

    pot: Pot
    record: dict[str, Any]

    @property
    def same(self) -> bool:
        """Whether both say the same of every project."""
        return same_result(self.record, self.pot.result)

    def told(self) -> dict[str, Any]:
        """What became of it, for the decision. Decisions are public, so winners stand in it only where a result is."""
        found = {"same": self.same, "result": digest_of(self.record)}
        if self.pot.state is not PotState.CERTIFIED:
            return found
        return {
            **found,
            "winners_before": (self.pot.result or {}).get("winners", []),
            "winners": self.record.get("winners", []),
        }


def _again(session: Session, decision: Decision) -> _Again:
    pot = pot_of(session, decision.process_id, decision.pot_id)
    return _Again(pot, outcome_of(session, pot))


class Recount:
    """A pot is counted again, from the opened ballots, and compared with what is there."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """A pot that was counted."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        require_possible(session, decision.kind, decision.process_id, pot)
        return {}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Count and compare. The kept count stays: a certified one is changed by a correction, another by counting again."""
        return _again(session, decision).told()


class Certification:
    """The count of a pot is certified and public."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """A finished count of reconciled ballots, and all that is decided before; the very count the first member signed."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        require_possible(session, decision.kind, decision.process_id, pot)
        return {"result": digest_of(pot.result)}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Certify, and write the certificate."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        certify_pot(session, actor, CertifyPot(pot.id, signers(decision)))
        return {"version": issue(session, pot, decision).version}


class Correction:
    """A certified count is replaced by a new one; the old certificate stays to be read."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """A certified pot. Both members sign the same new count."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        require_possible(session, decision.kind, decision.process_id, pot)
        record = outcome_of(session, pot)
        require_finished_count(record)
        return {"result": digest_of(record)}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Keep the new count and write the next version of the certificate."""
        again = _again(session, decision)
        told = again.told()
        correct_result(session, actor, CorrectResult(again.pot.id, again.record, signers(decision)))
        return {**told, "version": issue(session, again.pot, decision).version}


class Destruction:
    """The keys of the vote are destroyed."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """Nobody needs them any more."""
        require_possible(session, decision.kind, decision.process_id)
        return {}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Have them overwritten after this transaction."""
        ask_for_destruction(session, decision.process_id)
        return {}


class OpeningAnew:
    """All openings of a disputed box are discarded, and it is opened anew."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """Openings that differ; both members sign the discarding of the same ones."""
        require_possible(session, decision.kind, decision.process_id)
        box = require_disputed(session, decision.process_id)
        return {"openings": digest_of([one["signature"] for one in box.statements])}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Keep them beside the box, which is closed again."""
        return {"discarded": discard_openings(session, actor, decision.process_id, decision.id, signers(decision))}


EFFECTS: dict[DecisionKind, Effect] = {
    DecisionKind.EXTENSION: Extension(),
    DecisionKind.INTERRUPTION: Interruption(),
    DecisionKind.RESUMPTION: Resumption(),
    DecisionKind.ANNULMENT: Annulment(),
    DecisionKind.OBJECTION: OnObjection(),
    DecisionKind.RECOUNT: Recount(),
    DecisionKind.CERTIFICATION: Certification(),
    DecisionKind.CORRECTION: Correction(),
    DecisionKind.DESTRUCTION: Destruction(),
    DecisionKind.OPENING_ANEW: OpeningAnew(),
    DecisionKind.TOTALS_AGAIN: TotalsAgain(),
    DecisionKind.DRAW_AGAIN: DrawAgain(),
    DecisionKind.WITHDRAWAL: Withdrawal(),
}
