"""What was agreed is found to be wrong: two members reopen the totals of one station, or one draw; what stood there is kept.

Then two members type the totals again, or enter and confirm the draw again, and the pot is counted anew. Of a certified pot the
result stays what it is, for everybody, until a correction is decided.
"""

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.budgets.use_cases import discard_count, draws_of
from app.features.committee.models import Decision, PaperEntry, Station
from app.features.committee.queries import agreed_stations, entries_of
from app.features.committee.rules import SUMS
from app.features.committee.use_cases.possible import require_possible
from app.features.committee.use_cases.shared import pot_of, signers
from app.features.voting.use_cases import look_for_ties, take_back_draw
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor

opened_again: list[Callable[[Session, uuid.UUID, Pot], None]] = []
"""Who else has to open what was signed for a station: the room of the stations, where ballots were typed one by one."""


class TotalsAgain:
    """The totals of one station for one pot are typed again; where ballots were typed one by one, two people sign again."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """A station on whose totals two people agreed; the very ones that the first member looked at."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        require_possible(session, decision.kind, decision.process_id, pot)
        place, entries = self._agreed(session, decision, pot)
        return {"station_name": place.name, "entries": [str(one.id) for one in entries]}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Keep what was typed with the decision, and let two members type again."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        place, entries = self._agreed(session, decision, pot)
        before = {name: getattr(entries[0], name) for name in SUMS}
        names = [one.person_name for one in entries]
        discard_count(session, actor, pot, signers(decision))
        for one in entries:
            session.delete(one)
        session.flush()
        for open_again in opened_again:
            open_again(session, place.id, pot)
        look_for_ties(session, pot)
        return {"before": {**before, "entered_by": names}}

    def _agreed(self, session: Session, decision: Decision, pot: Pot) -> tuple[Station, list[PaperEntry]]:
        wanted = decision.details.get("station")
        place = next((one for one in agreed_stations(session, pot) if str(one.id) == wanted), None)
        if place is None:
            raise Refused(msg("Choose a station on whose totals two people agree."), field="station")
        return place, entries_of(session, decision.process_id)[place.id, pot.id]


class DrawAgain:
    """One draw is entered again."""

    def check(self, session: Session, decision: Decision) -> dict[str, Any]:
        """A draw that was confirmed; the very one that the first member looked at."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        require_possible(session, decision.kind, decision.process_id, pot)
        draws, place = draws_of(pot).get("draws") or [], decision.details.get("draw")
        if place is None or not 0 <= place < len(draws):
            raise Refused(msg("Choose one of the draws."), field="draw")
        return {"order": list(draws[place])}

    def apply(self, session: Session, actor: Actor, decision: Decision) -> dict[str, Any]:
        """Keep the draw with the decision, and let it be entered and confirmed again."""
        pot = pot_of(session, decision.process_id, decision.pot_id)
        discard_count(session, actor, pot, signers(decision))
        return {"before": take_back_draw(session, actor, pot, decision.details["draw"])}


def reopened(decision: Decision, station_id: uuid.UUID, pot_id: uuid.UUID) -> bool:
    """Whether a decision reopened the totals of this station for this pot."""
    return decision.pot_id == pot_id and decision.details.get("station") == str(station_id)
