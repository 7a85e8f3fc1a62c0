"""What is announced of how people vote: with every ballot that is fixed, and covered by its digest."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.voting.voters.eligibility import setup_of
from app.features.voting.voters.paper_rules import PaperRules, read_rules, rules_of


def setup_digest_part(session: Session, process_id: uuid.UUID) -> dict[str, Any]:
    """What is announced of it with every ballot, and covered by the ballot's digest."""
    setup = setup_of(session, process_id)
    ways = {"code": setup.by_code, "card": setup.by_card, "account": setup.by_account, "desk": True}
    said: dict[str, Any] = {
        "slots": str(setup.slots),
        "ways": [way for way, there in ways.items() if there],
        "custody": str(setup.custody),
    }
    return {**said, "paper": rules_of(setup).as_announced()} if setup.on_paper else said


def paper_rules(session: Session, pot: Pot) -> PaperRules | None:
    """How ballots on paper of this pot are read, as it was announced with it; before that as it is set up. None: no paper."""
    announced = pot.options.get("voters")
    if announced is not None:
        return read_rules(announced["paper"]) if announced.get("paper") else None
    setup = setup_of(session, pot.process_id)
    return rules_of(setup) if setup.on_paper else None
