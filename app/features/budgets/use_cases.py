"""What can happen here: a pot is set up, fixed, counted (by `voting`), certified."""

from collections.abc import Callable, Sequence
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
    UnfreezePot,
    WriteProject,
)
from app.features.budgets.models import Pot, PotState, Project, ProjectCategory, ProjectProposal
from app.features.budgets.pots import (
    keeps_fixed,
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
from app.features.budgets.rules import require_finished_count
from app.features.budgets.winners import begin_carrying_out, carry_out_corrected, stop_annulled, when_annulled
from app.features.proposals.queries import Proposal
from app.features.spaces.queries import Action, Process, action_open, inside_process, process
from app.features.spaces.use_cases import votes_to_keep
from app.kernel import audit, clock, geometry
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission
from app.kernel.references import new_reference

__all__ = [
    "AnnulPot",
    "CertifyPot",
    "CorrectResult",
    "FreezePot",
    "announced_with_a_pot",
    "annul_pot",
    "as_record",
    "before_certifying",
    "certify_pot",
    "correct_result",
    "freeze_pot",
    "keep_draws",
    "keeps_fixed",
    "move_pot",
    "not_supported",
    "record_count",
    "remove_group",
    "remove_project",
    "require_certifiable",
    "require_finished_count",
    "review_proposal",
    "take_back_review",
    "unfreeze_pot",
    "voting_open",
    "when_annulled",
    "write_group",
    "write_pot",
    "write_project",
]

votes_to_keep.append(our_votes)


def write_project(session: Session, actor: Actor, command: WriteProject) -> Project:
    """Put a project on the ballot or change it. Place and categories of accepted proposals are taken over.

    Raises Invalid for missing words or money, Refused for proposals that are not accepted, not found feasible, or already on
    a ballot, and for a place outside the process.
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


def freeze_pot(session: Session, actor: Actor, command: FreezePot) -> Pot:
    """Fix the ballot and publish its digest. Raises Refused, naming the first problem, when it is not ready."""
    of_pot = select(Pot.process_id).where(Pot.id == command.pot_id).scalar_subquery()
    session.execute(select(Process.id).where(Process.id == of_pot).with_for_update(read=True))  # the process before its pots
    pot = locked_pot(session, actor, command.pot_id)
    rules.require_draft(pot)
    if problems := rules.problems_before_freezing(pot):
        raise Refused(problems[0])
    pot.state = PotState.READY
    for announced in announced_with_a_pot:
        pot.options = {**pot.options, **announced(session, pot)}
    pot.options = {**pot.options, "digest": rules.ballot_digest(pot)}
    session.flush()
    audit.record(session, actor, "pot.frozen", pot, process_id=pot.process_id, digest=pot.options["digest"])
    return pot


announced_with_a_pot: list[Callable[[Session, Pot], dict[str, Any]]] = []
"""What other rooms announce with a ballot: it stands in its options from then on, and so in its digest."""


def unfreeze_pot(session: Session, actor: Actor, command: UnfreezePot) -> Pot:
    """Go back to a draft while nobody can have voted. Raises Conflict once the vote has begun."""
    pot = locked_pot(session, actor, command.pot_id)
    begun = vote_begun(session, pot.process_id)
    if pot.state is not PotState.READY or begun or any(keeps(session, pot) for keeps in keeps_fixed):
        raise Conflict(msg("The vote has begun, so the ballot stays as it is."))
    pot.state = PotState.DRAFT
    pot.options = {key: value for key, value in pot.options.items() if key != "digest"}
    session.flush()
    audit.record(session, actor, "pot.unfrozen", pot, process_id=pot.process_id)
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


def keep_draws(
    session: Session, actor: Actor, pot: Pot, draws: Sequence[Sequence[str]], order: Sequence[str], note: str
) -> None:
    """Keep what was drawn in public, each draw by itself and the order that follows from all of them; `voting` checks it."""
    actor.require(Permission.BUDGET_CERTIFY, pot.process_id)
    session.refresh(pot, ["state", "options"], with_for_update=True)
    if pot.state is PotState.CERTIFIED:
        raise Conflict(msg("This count is certified. It stays as it is."))
    notes = [*(pot.options.get("draw_notes") or []), note]
    kept = {"draws": [list(one) for one in draws], "drawn_order": list(order), "draw_notes": notes}
    pot.options = {**pot.options, **kept}
    session.flush()
    audit.record(session, actor, "pot.drawn", pot, process_id=pot.process_id, reason=note, order=list(draws[-1]))


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


def correct_result(session: Session, actor: Actor, command: CorrectResult) -> Pot:
    """Put a new count in the place of a certified one. Raises Conflict when nothing is certified or the pot is annulled."""
    pot = locked_pot(session, actor, command.pot_id, Permission.BUDGET_CERTIFY)
    rules.require_two(command.signed_by)
    rules.require_valid(pot)
    if pot.state is not PotState.CERTIFIED:
        raise Conflict(msg("Nothing is certified here, so there is nothing to correct. Count again instead."))
    rules.require_finished_count(command.result)
    before, pot.result = (pot.result or {}).get("winners", []), command.result
    session.flush()
    signed = [str(one) for one in command.signed_by]
    after = command.result.get("winners", [])
    audit.record(session, actor, "pot.corrected", pot, process_id=pot.process_id, before=before, after=after, signed_by=signed)
    carry_out_corrected(session, actor, pot)
    return pot
