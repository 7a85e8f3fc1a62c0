"""What is announced in sentences is what the count does."""

from fractions import Fraction

import pytest

from app.extensions import db as database
from app.features.budgets.models import Pot
from app.features.budgets.outcomes import outcome
from app.features.spaces.models import Process
from app.features.voting.models import SlotMode, VotingSetup
from app.features.voting.use_cases import count_pot
from app.kernel.permissions import SYSTEM
from tests.factories import voting
from tests.factories.tools import add


def test_equal_shares_takes_first_what_the_announced_sentence_says(client, session):
    """Two of the ten who want the large project want the small one, too: whichever comes first decides who wins."""
    costs, supporters = (100_00, 700_00), (2, 10)
    pot = voting.closed_pot(rule="equalshares", costs=costs, limit_by_cost=False)
    voting.ballots(pot, ["1,2"] * 2 + ["2"] * 8 + [""] * 2)
    session.commit()
    each = [Fraction(cost, number) for cost, number in zip(costs, supporters, strict=True)]
    part = [money / cost for money, cost in zip(each, costs, strict=True)]
    assert each[0] < each[1]  # the small project costs each of them less money
    assert part[1] < part[0]  # of the large one they pay the smaller part

    page = " ".join(client.get(f"/budgets/{pot.id}").text.split())
    count_pot(session, SYSTEM, pot.id)

    assert "each of them pays the smallest part of its cost comes first" in page
    assert database.session.get_one(Pot, pot.id).result["winners"] == ["2"]  # by money the small one would have won as well


@pytest.mark.parametrize("above", [True, False])
def test_who_has_just_the_minimum_is_not_told_that_it_misses_it(app, session, above):
    options = {"tie_rules": ["listed_first"], "min_project_score_threshold": 2, **({"threshold_above": True} if above else {})}
    pot = voting.closed_pot(rule="greedy-threshold", options=options)
    voting.ballots(pot, ["1"] * 2 + ["2"])
    session.commit()
    count_pot(session, SYSTEM, pot.id)
    why = pot.result["why"]
    with app.test_request_context():
        words = {number: outcome(pot, number, why[number], {}).why for number in ("1", "2")}

    if above:
        assert words["1"] == "The announced minimum is more than 2 votes, and it does not have more."
    else:
        assert why["1"]["reason"] == "won"
        assert words["2"] == "It does not reach the announced minimum: 2 votes."


@pytest.mark.parametrize("mode", SlotMode)
def test_no_page_says_that_everybody_has_one_ballot_where_they_may_have_several(client, session, mode):
    pot = voting.pot()
    add(VotingSetup(process_id=pot.process_id, slots=mode))
    other = voting.pot(session.get_one(Process, pot.process_id))
    session.commit()

    for address in (f"/budgets/{pot.id}", f"/voting/{pot.id}", f"/budgets/{other.id}"):
        page = client.get(address, follow_redirects=True).text
        assert "Everybody has one ballot" not in page
    assert "Everybody has at most one ballot in this pot" in client.get(f"/voting/{pot.id}", follow_redirects=True).text
