"""When the vote is over the boxes are opened: the numbers of the desks are kept, and nothing says any more who voted where."""

import uuid
from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.committee.queries import stations_of
from app.features.stations.models import CountState, Issue, IssueState, StationCount
from app.features.stations.queries import envelopes_waiting, issues_by_state
from app.features.stations.use_cases.shared import NO_PAPER, clerk, held_count, paper_pots, station_of
from app.features.voting.use_cases import forget_stations, paper_rules
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor


def open_boxes(session: Session, actor: Actor, station_id: uuid.UUID) -> list[StationCount]:
    """Open the boxes of a station. Opening them again changes nothing.

    With the first box of a process, at which station each voter was given a ballot is forgotten for all stations, and so is
    what could say whose a stub is: before a single ballot is read. Raises Conflict while people can vote, while post may still
    arrive in time, and while outer envelopes wait, because what is accepted later would lie in no box.
    """
    place = station_of(session, station_id)
    clerk(session, actor, place.process_id)
    pots = paper_pots(session, place.process_id)
    if not pots:
        raise Refused(NO_PAPER)
    _require_post_is_over(session, pots)
    voters = forget_stations(session, actor, place.process_id)
    opened = []
    for each in stations_of(session, place.process_id):
        for pot in pots:
            kept = held_count(session, each.id, pot.id)
            if kept.state is CountState.POLLING:
                _keep(session, kept)
                if each.id == place.id:
                    kept.state = CountState.OPENED
                    audit.record(
                        session, actor, "station.boxes_opened", kept, process_id=place.process_id, station=each.name,
                        issued=kept.issued, voters=voters.get((pot.id, each.name), 0),
                    )  # fmt: skip
            if each.id == place.id:
                opened.append(kept)
    session.flush()
    # Asked last, with all numbers held: whoever writes an envelope down at this moment holds those of its station.
    if waiting := len(envelopes_waiting(session, place.process_id)):
        raise Conflict(msg("%(number)s outer envelopes are not decided yet. Decide them first.", number=waiting))
    return opened


def _require_post_is_over(session: Session, pots: Sequence[Pot]) -> None:
    rules = [found for pot in pots if (found := paper_rules(session, pot)) is not None]
    until = max((one.postal_until for one in rules if one.postal_until is not None), default=None)
    if until is not None and clock.now() <= until:
        raise Conflict(msg("Envelopes by post may arrive until %(until)s. Boxes are opened afterwards.", until=until))


def _keep(session: Session, kept: StationCount) -> None:
    """The numbers of the desk, and nothing that could join a stub with a voter. What one clerk began to take back stands."""
    which = (Issue.station_id == kept.station_id, Issue.pot_id == kept.pot_id)
    began = update(Issue).where(*which, Issue.state == IssueState.RETURNING).values(state=IssueState.ISSUED, returning_by=None)
    session.execute(began.execution_options(synchronize_session=False))
    by_state = issues_by_state(session, kept.station_id, kept.pot_id)
    kept.issued = by_state.total()
    kept.handed_back, kept.spoilt = by_state[IssueState.RETURNED], by_state[IssueState.SPOILT]
    session.execute(update(Issue).where(*which).values(proof="").execution_options(synchronize_session="fetch"))
