"""What can happen here: a pot is set up, fixed, counted (by `voting`), certified."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets import rules
from app.features.budgets.commands import (
    AnnulPot,
    CertifyPot,
    CorrectResult,
    FreezePot,
    RemoveProject,
    WithdrawProject,
    WriteProject,
)
from app.features.budgets.counts import correct_result, corrected, discard_count, drop_kept_draw, keep_draws, note_ties
from app.features.budgets.fixing import (
    announced_with_a_pot,
    freeze_pot,
    keeps_fixed,
    no_more_pots,
    unfreeze_pot,
    why_none_is_fixed,
    why_not_fixed,
)
from app.features.budgets.models import Pot, PotState, Project, ProjectCategory, ProjectProposal
from app.features.budgets.pots import (
    locked_pot,
    move_pot,
    remove_group,
    vote_begun,
    without_project,
    write_group,
    write_pot,
)
from app.features.budgets.queries import usable_proposals
from app.features.budgets.queries import votes_to_keep as our_votes
from app.features.budgets.results import as_record, not_supported
from app.features.budgets.reviewing import review_proposal, take_back_review
from app.features.budgets.rules import DRAWN_AGAIN, draws_of, require_finished_count, ties_to_draw
from app.features.budgets.winners import begin_carrying_out, stop_annulled, when_annulled
from app.features.budgets.withdrawing import require_withdrawable, withdraw_project
from app.features.proposals.queries import Proposal
from app.features.spaces.queries import Action, action_open, areas_of, inside_process, process
from app.features.spaces.use_cases import votes_to_keep
from app.kernel import audit, clock, geometry
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission
from app.kernel.references import new_reference

__all__ = [
    "DRAWN_AGAIN",
    "AnnulPot",
    "CertifyPot",
    "CorrectResult",
    "FreezePot",
    "WithdrawProject",
    "announced_with_a_pot",
    "annul_pot",
    "as_record",
    "before_certifying",
    "certify_pot",
    "correct_result",
    "corrected",
    "discard_count",
    "draws_of",
    "drop_kept_draw",
    "freeze_pot",
    "keep_draws",
    "keeps_fixed",
    "move_pot",
    "no_more_pots",
    "not_supported",
    "note_ties",
    "record_count",
    "remove_group",
    "remove_project",
    "require_certifiable",
    "require_finished_count",
    "require_withdrawable",
    "review_proposal",
    "take_back_review",
    "ties_to_draw",
    "unfreeze_pot",
    "vote_begun",
    "voting_open",
    "when_annulled",
    "why_none_is_fixed",
    "why_not_fixed",
    "withdraw_project",
    "write_group",
    "write_pot",
    "write_project",
]

votes_to_keep.append(our_votes)


def write_project(session: Session, actor: Actor, command: WriteProject) -> Project:
    """Put a project on the ballot or change it. Place and categories of accepted proposals are taken over.

    Raises Invalid for missing words or money, Refused for an area or categories of another process, for proposals that are not
    accepted, not found feasible, or already on a ballot, and for a place outside the process.
    """
    pot = locked_pot(session, actor, command.pot_id)
    rules.require_draft(pot)
    errors: dict[str, Message] = {}
    if not any(command.title.values()):
        errors["title"] = msg("Give the project a name in at least one language.")
    if command.cost <= 0:
        errors["cost"] = msg("Write what the project costs.")
    elif command.cost > pot.amount:
        errors["cost"] = msg("The project costs more than the pot holds.")
    if errors:
        raise Invalid(errors)
    project = next((one for one in pot.projects if one.id == command.project_id), None)
    if command.project_id is not None and project is None:
        raise NotFound
    _require_of_process(session, pot, command, project)
    sources = _sources(session, pot, command, project)
    _require_inside(session, pot, command)
    if project is None:
        project = Project(
            pot_id=pot.id,
            number=str(max((int(one.number) for one in pot.projects if one.number.isdigit()), default=0) + 1),
            reference=new_reference("B"),
            position=max((one.position for one in pot.projects), default=0) + 1,
        )
        pot.projects.append(project)
    place = next((source for source in sources if source.lon is not None), None)
    project.title = command.title
    project.description = command.description
    project.cost = command.cost
    project.lon = command.lon if command.lon is not None else place.lon if place else None
    project.lat = command.lat if command.lat is not None else place.lat if place else None
    project.area_id = command.area_id or (sources[0].area_id if sources else None)
    session.flush()
    _link(session, project, command, sources)
    audit.record(session, actor, "project.written", project, process_id=pot.process_id, cost=project.cost)
    return project


def _sources(session: Session, pot: Pot, command: WriteProject, project: Project | None) -> list[Proposal]:
    """The accepted proposals the project is made from; raises Refused when one cannot be used."""
    if not command.proposal_ids:
        return []
    usable = {proposal.id: proposal for proposal in usable_proposals(session, pot.process_id)}
    if project is not None:
        kept = [link.proposal_id for link in project.proposals]
        usable |= {one.id: one for one in session.scalars(select(Proposal).where(Proposal.id.in_(kept)))}
    if any(proposal_id not in usable for proposal_id in command.proposal_ids):
        raise Refused(msg("One of these proposals is not accepted and feasible, or is on a ballot already. Choose again."))
    return [usable[proposal_id] for proposal_id in command.proposal_ids]


def _require_of_process(session: Session, pot: Pot, command: WriteProject, project: Project | None) -> None:
    """Area and categories that staff choose are those of the process; what the project has already may stay."""
    space = process(session, pot.process_id)
    areas = {area.id for area in areas_of(session, space)} if space is not None else set()
    categories = {one.id for one in space.categories} if space is not None else set()
    if project is not None:
        areas |= {project.area_id} if project.area_id is not None else set()
        categories |= {one.category_id for one in project.categories}
    if command.area_id is not None and command.area_id not in areas:
        raise Refused(msg("Choose one of these."), field="area")
    if not set(command.category_ids) <= categories:
        raise Refused(msg("Choose one of these."), field="categories")


def _require_inside(session: Session, pot: Pot, command: WriteProject) -> None:
    """A place that staff give lies in the area of the process, as every proposal's does."""
    space = process(session, pot.process_id)
    if command.lon is None or command.lat is None or space is None:
        return
    if not inside_process(session, space, geometry.point(command.lon, command.lat)):
        raise Refused(msg("This place is outside the area of the process. Look at the numbers again."), field="coordinates")


def _link(session: Session, project: Project, command: WriteProject, sources: list[Proposal]) -> None:
    categories = set(command.category_ids) | {source.category_id for source in sources if source.category_id}
    project.categories = [ProjectCategory(project_id=project.id, category_id=one) for one in sorted(categories, key=str)]
    project.proposals = [ProjectProposal(project_id=project.id, proposal_id=source.id) for source in sources]
    session.flush()


def remove_project(session: Session, actor: Actor, command: RemoveProject) -> Pot:
    """Take a project off the ballot; the proposals it was made from can be used again."""
    project = session.get(Project, command.project_id)
    if project is None:
        raise NotFound
    pot = locked_pot(session, actor, project.pot_id)
    rules.require_draft(pot)
    audit.record(session, actor, "project.removed", project, process_id=pot.process_id, cost=project.cost, title=project.title)
    pot.projects.remove(project)
    without_project(pot, project.number)
    session.flush()
    return pot


def voting_open(session: Session, pot: Pot) -> bool:
    """Whether ballots are taken for this pot at this moment."""
    space = process(session, pot.process_id)
    ready = pot.state is PotState.READY and pot.annulled_at is None
    return ready and space is not None and action_open(space, Action.VOTE, clock.now())


def record_count(session: Session, actor: Actor, pot: Pot, record: dict[str, Any]) -> Pot:
    """Keep the outcome of a count that `voting` made; not public before it is certified. Counting again replaces it."""
    actor.require(Permission.BUDGET_CERTIFY, pot.process_id)
    session.refresh(pot, ["state", "annulled_at"], with_for_update=True)  # a colleague may have certified while we counted
    rules.require_valid(pot)
    if pot.state is PotState.CERTIFIED:
        raise Conflict(msg("This count is certified. It stays as it is."))
    pot.result = record
    pot.state = PotState.COUNTED
    pot.counted_at = clock.now()
    session.flush()
    audit.record(session, actor, "pot.counted", pot, process_id=pot.process_id, winners=record.get("winners", []))
    return pot


before_certifying: list[Callable[[Session, Pot], None]] = []
"""What other rooms ask for before a count is certified; each raises Conflict while it is not there."""


def require_certifiable(session: Session, pot: Pot) -> None:
    """Raise Conflict for a count that cannot be certified now, and say why."""
    rules.require_valid(pot)
    if pot.state is not PotState.COUNTED:
        raise Conflict(msg("Only a finished count can be certified, and only once."))
    rules.require_finished_count(pot.result)
    for require in before_certifying:
        require(session, pot)


def certify_pot(session: Session, actor: Actor, command: CertifyPot) -> Pot:
    """Certify the count: the result is public from now on. Imported elections, which others certified, need no signatures.

    Raises Conflict when it is not counted, certified already or annulled; Refused without the signatures of two people.
    """
    pot = locked_pot(session, actor, command.pot_id, Permission.BUDGET_CERTIFY)
    require_certifiable(session, pot)
    if not (pot.result or {}).get("imported"):
        rules.require_two(command.signed_by)
    pot.state = PotState.CERTIFIED
    pot.certified_at = clock.now()
    session.flush()
    signed = [str(one) for one in command.signed_by]
    audit.record(session, actor, "pot.certified", pot, process_id=pot.process_id, signed_by=signed)
    begin_carrying_out(session, actor, pot)
    return pot


def annul_pot(session: Session, actor: Actor, command: AnnulPot) -> Pot:
    """Let the vote on a pot not count, whatever has become of it. Raises Conflict when it is a draft or annulled already."""
    pot = locked_pot(session, actor, command.pot_id, Permission.BUDGET_CERTIFY)
    rules.require_two(command.signed_by)
    rules.require_valid(pot)
    if pot.state is PotState.DRAFT:
        raise Conflict(msg("The ballot is not fixed yet, so there is no vote to annul."))
    pot.annulled_at = clock.now()
    session.flush()
    signed = [str(one) for one in command.signed_by]
    audit.record(session, actor, "pot.annulled", pot, process_id=pot.process_id, signed_by=signed)
    stop_annulled(session, pot)
    return pot
