"""A project is withdrawn while people vote, by its proposers or because it cannot be built any more.

What was fixed stays as it is, with its digest and with every ballot that was cast. The withdrawal stands beside it: new ballots
cannot name the project, and it wins by no rule.
"""

from sqlalchemy.orm import Session

from app.features.budgets import rules
from app.features.budgets.choices import WITHDRAWN, withdrawn_from
from app.features.budgets.commands import WithdrawProject
from app.features.budgets.models import Pot, PotState
from app.features.budgets.pots import locked_pot, vote_begun
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def require_withdrawable(session: Session, pot: Pot) -> None:
    """Raise Conflict where nothing can be withdrawn: before the vote begins, once it is counted, for the last project.

    Whether somebody can know a part of the count already is for the committee's room to ask.
    """
    rules.require_valid(pot)
    if pot.state is PotState.DRAFT:
        raise Conflict(msg("The ballot is not fixed yet: the project can be taken off it without a decision."))
    if pot.state is not PotState.READY:
        raise Conflict(msg("The vote has been counted, so no project can be withdrawn from it any more."))
    if not vote_begun(session, pot.process_id):
        raise Conflict(
            msg("The vote has not begun: budget staff can make the ballot a draft again and take the project off it.")
        )
    if len(pot.projects) - len(withdrawn_from(pot)) < 2:
        raise Conflict(msg("No other project would be left to choose. Annul the vote on this pot instead."))


def withdraw_project(session: Session, actor: Actor, command: WithdrawProject) -> Pot:
    """Withdraw a project for a decision that two members have signed. Whoever is casting at this moment finishes first.

    Raises Conflict when it is withdrawn already or nothing can be withdrawn now, NotFound for a project of another pot.
    """
    pot = locked_pot(session, actor, command.pot_id, Permission.BUDGET_CERTIFY)
    rules.require_two(command.signed_by)
    require_withdrawable(session, pot)
    project = next((one for one in pot.projects if one.number == command.number), None)
    if project is None:
        raise NotFound
    gone = withdrawn_from(pot)
    if project.number in gone:
        raise Conflict(msg("This project has been withdrawn already."))
    told = {"at": clock.now().isoformat(), "reason": dict(command.reason)}
    pot.options = {**pot.options, WITHDRAWN: {**gone, project.number: told}}
    session.flush()
    signed = [str(one) for one in command.signed_by]
    audit.record(
        session,
        actor,
        "project.struck",
        project,
        process_id=pot.process_id,
        reason=next(iter(command.reason.values()), ""),
        pot=str(pot.id),
        number=project.number,
        title=project.title,
        signed_by=signed,
    )
    return pot
