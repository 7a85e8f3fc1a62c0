"""What decides between equals, in sentences: announced before the vote, and told of a count."""

from app.features.budgets.models import PotState
from app.features.spaces.models import Process
from app.kernel.permissions import Role
from tests.factories import budgets, voting


def test_what_decides_between_equals_is_announced_in_sentences(client, session):
    pot = voting.pot(options={"tie_rules": ["lower_cost", "drawn"]})
    session.commit()
    page = client.get(f"/budgets/{pot.id}").text
    steps = page[page.index('id="equals"') :].partition("</section>")[0]
    assert "<ol><li>The cheaper project goes first.</li>" in steps
    assert "<li>A public draw decides, held after the vote and only if it decides who wins.</li>" in steps


def test_a_tie_of_a_count_names_its_projects_and_ends_its_sentences(as_role, client, session, clock):
    pot = voting.closed_pot()
    one, other = pot.projects[:2]
    one.title = {"en": "Red slide"}
    budgets.certified(pot, [one, other], ties=[])
    tie = {"projects": [one.number, other.number], "score": "9", "decided_by": ["lower_cost"], "decisive": True}
    pot.result, pot.state = pot.result | {"ties": [tie, tie | {"decisive": False, "decided_by": []}]}, PotState.COUNTED
    session.commit()

    page = as_role(Role.COMMITTEE, session.get_one(Process, pot.process_id)).get(f"/staff/committee/{pot.id}").text

    assert "“Red slide” and “Project number 2” had the same result: 9 votes each. That tie decided who won: " in page
    assert "the cheaper project goes first.</li>" in page
    assert "had the same result: 9 votes each. Any order would have had the same winners.</li>" in page
