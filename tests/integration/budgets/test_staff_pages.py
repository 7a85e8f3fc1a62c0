"""What staff see of budgets: what is to be done before people vote, in order; forms no longer than they must be."""

import re
from datetime import timedelta

from app.extensions import db
from app.features.budgets.models import PotState
from app.features.voting.models import CodePrint, VotingSetup
from app.kernel import clock
from app.kernel.permissions import Role
from tests.factories import accounts, budgets, rehearsals, spaces, voting
from tests.factories.tools import add

STEPS = [
    "Set up a pot",
    "Put projects on the ballot",
    "How people vote",
    "List of voters",
    "Codes and letters",
    "Try it out",
    "Fix the ballot",
]


def coming():
    process = spaces.process(title={"en": "Money for everybody"}, open_for=None)
    spaces.phase(process, "Vote", actions=["vote"], starts_at=clock.now() + timedelta(days=5))
    return process


def steps(client):
    """The steps on the page, each with whether it has a tick."""
    found = client.get("/staff/budgets").text.partition("<ol data-steps>")[2].partition("</ol>")[0]
    words = [re.sub(r"<[^>]+>", " ", one).split() for one in found.split("<li>")[1:]]
    said = [" ".join(one) for one in words]
    return [(name, says.endswith(" Done")) for name, says in zip(STEPS, said, strict=True) if says.startswith(name)]


def test_before_the_vote_the_steps_stand_in_order_and_get_their_ticks(as_role, session):
    process = coming()
    db.session.commit()
    client = as_role(Role.COMMITTEE, process)
    assert steps(client) == [(name, False) for name in STEPS]

    pot = budgets.pot(process, state=PotState.DRAFT)
    for _ in range(2):
        budgets.project(pot)
    add(VotingSetup(process_id=process.id))
    voting.listed(process, "AB12345")
    add(CodePrint(process_id=process.id, letters=1))
    db.session.commit()
    assert [done for _name, done in steps(client)] == [True, True, True, True, True, False, False]

    rehearsals.over(process)
    db.session.commit()
    assert [done for _name, done in steps(client)] == [True] * 6 + [False]
    assert f'href="/staff/budgets/{pot.id}/fix"' in client.get("/staff/budgets").text


def test_a_finished_process_is_offered_no_pot_and_no_steps(as_role, session):
    process = spaces.process(open_for=None)
    over = clock.now() - timedelta(days=50)
    spaces.phase(process, "Vote", actions=["vote"], starts_at=over - timedelta(days=20), ends_at=over)
    budgets.pot(process)
    db.session.commit()

    page = as_role(Role.COMMITTEE, process).get("/staff/budgets").text

    assert "Set up a pot" not in page
    assert "data-steps" not in page


def test_other_languages_are_folded_until_they_are_used(client, session):
    process = coming()
    accounts.sign_in(client, accounts.staff(Role.COMMITTEE, process))
    address = f"/staff/budgets/new/{process.id}"
    page = client.get(address).text
    assert page.index('name="title_en"') < page.index('id="language-')
    assert not re.search(r'<details[^>]*id="language-[a-z]+"[^>]*open', page)

    again = client.post(address, data={"title_de": "Parks", "amount": ""}).text

    assert re.search(r'<details[^>]*id="language-de"[^>]*open', again)
    assert not re.search(r'<details[^>]*id="language-fi"[^>]*open', again)
