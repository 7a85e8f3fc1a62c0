"""A project is withdrawn while people vote: it stays on the fixed ballot, and wins by no rule."""

from typing import Any

from sqlalchemy.orm import Session

from app.features.budgets.queries import withdrawn_from
from app.features.budgets.use_cases import WithdrawProject, withdraw_project
from app.features.committee.models import Decision
from app.features.committee.use_cases.possible import require_possible
from app.features.committee.use_cases.shared import pot_of, signers
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor


class Withdrawal:
    """One project of a pot cannot be chosen any more, and cannot win."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """A project that is still there, of a vote that has begun and of which nobody can know a count."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        require_possible(session, decision.kind, decision.process_id, pot)
        wanted, gone = decision.details.get("project"), withdrawn_from(pot)
        found = next((one for one in pot.projects if one.number == wanted and one.number not in gone), None)
        if found is None:
            raise Refused(msg("Choose a project of this pot that has not been withdrawn."), field="project")
        return {"title": found.title}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Say so on the ballot and everywhere else, with the reason. Nothing that was cast is touched."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        wanted = WithdrawProject(pot.id, decision.details["project"], decision.reason, signers(decision))
        withdraw_project(session, actor, wanted)
        return {}
