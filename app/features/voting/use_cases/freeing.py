"""The vote on a pot is annulled while people vote: whoever used a vote there that is good for several pots has it again."""

from sqlalchemy import exists, update
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.budgets.use_cases import when_annulled
from app.features.voting.models import BoxState, Contest, ContestState, VotingParticipation
from app.features.voting.queries import box_of
from app.features.voting.rules import SHARED_SLOTS, freed_slot, granted_slot


def free_slots(session: Session, pot: Pot) -> None:
    """Let the participations of an annulled pot use up nothing but this pot; the caller holds it, so nobody is casting here.

    They stay, with their envelopes, so that the numbers still agree. Who was granted another ballot in place of one that was
    cast here keeps that one instead: else two would count. A box that is closed takes no ballots, so its rows stay as they lie.
    """
    box = box_of(session, pot.process_id)
    if box is not None and box.state is not BoxState.OPEN:
        return
    has_another = exists().where(
        Contest.process_id == VotingParticipation.process_id,
        Contest.voter_key == VotingParticipation.voter_key,
        Contest.state == ContestState.UPHELD,
        Contest.granted_slot == VotingParticipation.slot + granted_slot(""),
    )
    freed = freed_slot(pot.id)
    granted = tuple(granted_slot(one) for one in SHARED_SLOTS)
    for slots, slot, unless in ((SHARED_SLOTS, freed, [~has_another]), (granted, granted_slot(freed), [])):
        session.execute(
            update(VotingParticipation)
            .where(VotingParticipation.pot_id == pot.id, VotingParticipation.slot.in_(slots), *unless)
            .values(slot=slot)
            .execution_options(synchronize_session=False)
        )


when_annulled.append(free_slots)
