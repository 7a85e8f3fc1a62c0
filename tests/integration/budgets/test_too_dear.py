"""What costs more than the whole pot could not have won with more supporters, and nobody is told so."""

from flask import Flask
from sqlalchemy.orm import Session

from app.features.budgets import outcomes
from tests.factories import voting

WHY = {"reason": "supporters_short", "left": 1_000_00, "short_by": 0, "needed_score": None}
PAID = {"payers": 0, "in_full": 0, "each": None, "money": "9000", "lacking": "1000", "further_supporters": 1}


def test_a_project_dearer_than_the_pot_is_told_by_its_cost(app: Flask, session: Session) -> None:
    pot = voting.pot(rule="equalshares")
    with app.test_request_context():
        fits = outcomes.outcome(pot, "1", {**WHY, "cost": 1_000_00, "paid": PAID}, {})
        dear = outcomes.outcome(pot, "1", {**WHY, "cost": 1_000_01, "paid": {**PAID, "further_supporters": None}}, {})
    assert "1 more supporter whose share" in fits.needed
    assert (dear.label, dear.why, dear.needed) == ("Did not fit", "It costs more than the whole pot.", "")
