"""Thousands press the last button in the same hour: what casting asks of the database is counted, and cannot grow unseen.

Who needs one more statement here looks first whether an existing one can answer it (`queries/at_the_box.py`). What the two rows
need in locks is not to be saved: the pot is held in the first statement, which knows whether it may believe what it read
(`test_held_while_looking.py`).
"""

import pytest
from sqlalchemy import select, text, update

from app.extensions import db as database
from app.features.accounts.models import Person, SignInSession
from app.features.voting.models import RollEntry, SlotMode, VotingParticipation
from app.features.voting.queries.voters import first_of_roll
from app.kernel import clock
from tests.factories import voting
from tests.integration.voting.elections import a_voter

WRITES = {"sqlite": ["INSERT INTO voting_participation", "INSERT INTO envelope"], "postgresql": ["WITH used AS"]}
ONE_MORE_FOR_AREAS = 1


def by_letter_in_order():
    """What is asked, in this order: how all stands, with the pot held in the same moment; then what is written."""
    return ["process", *WRITES[database.engine.dialect.name]]


def pressing(client, pot_id, query_counter):
    """The statements behind the last button, of a voter who has chosen. Somebody else has voted here before."""
    chosen = client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review"})
    assert chosen.location == f"/voting/{pot_id}/review"
    database.session.commit()
    database.session.remove()
    with query_counter() as queries:
        answer = client.post(f"/voting/{pot_id}/review", data={"choice": ["1"]})
    assert answer.location == f"/voting/{pot_id}/thanks"
    return queries.statements


def what(statements):
    """Each statement by the table whose row it writes, or whose column it reads first."""
    plain = (" ".join(statement.split()) for statement in statements)
    return [
        one.split(" (")[0] if one.startswith(("INSERT", "WITH")) else one.removeprefix("SELECT ").split(".")[0] for one in plain
    ]


def test_by_account(as_role, query_counter):
    pot_id = voting.pot().id
    pressing(a_voter(as_role, pot_id, 1), pot_id, query_counter)

    statements = pressing(a_voter(as_role, pot_id, 2), pot_id, query_counter)
    assert what(statements) == by_letter_in_order()
    if database.engine.dialect.name == "postgresql":
        assert statements[0].endswith("FOR SHARE OF pot, voter_identity")


@pytest.mark.parametrize("gone", [{"ended_at": clock.now()}, {"expires_at": clock.now()}])
def test_a_browser_that_was_signed_out_meanwhile_casts_nothing(as_role, session, gone):
    """Whether the token still counts is asked by the statement about the ballot itself, and by the same rules."""
    pot_id = voting.pot().id
    client = a_voter(as_role, pot_id, 1)
    client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review"})
    session.execute(update(SignInSession).values(**gone))
    session.commit()

    answer = client.post(f"/voting/{pot_id}/review", data={"choice": ["1"]})

    assert "Sign in" in answer.text
    assert session.scalars(select(VotingParticipation)).all() == []


def test_an_account_that_was_blocked_meanwhile_casts_nothing(as_role, session):
    pot_id = voting.pot().id
    client = a_voter(as_role, pot_id, 1)
    client.post(f"/voting/{pot_id}", data={"choice": ["1"], "step": "review"})
    session.execute(update(Person).values(blocked_at=clock.now()))
    session.commit()

    client.post(f"/voting/{pot_id}/review", data={"choice": ["1"]})

    assert session.scalars(select(VotingParticipation)).all() == []


def by_letter(app, found, query_counter):
    pot_id, codes = found
    for code in codes:
        client = app.test_client()
        client.post("/voting/code", data={"code": code})
        statements = pressing(client, pot_id, query_counter)
    return statements


def test_by_letter(app, letters, query_counter):
    statements = by_letter(app, letters("AB12345", "CD98765"), query_counter)
    assert what(statements) == by_letter_in_order()
    if database.engine.dialect.name == "postgresql":
        assert statements[0].endswith("FOR SHARE OF pot")


def test_where_people_vote_in_their_own_area(app, letters, query_counter):
    statements = by_letter(app, letters("AB12345", "CD98765", slots=SlotMode.OWN), query_counter)
    assert len(statements) == len(by_letter_in_order()) + ONE_MORE_FOR_AREAS


def test_where_there_is_no_roll_the_roll_of_another_vote_is_not_read(session):
    """PostgreSQL took the first entry to come soon, and read every entry of every other vote for each ballot."""
    other, mine = voting.pot().process_id, voting.pot().process_id
    session.add_all(RollEntry(process_id=other, voter_key=f"{number:064}") for number in range(3000))
    session.flush()
    session.execute(text("ANALYZE"))
    explain = "EXPLAIN QUERY PLAN" if database.engine.dialect.name == "sqlite" else "EXPLAIN"
    asked = select(first_of_roll(mine)).compile(database.engine, compile_kwargs={"literal_binds": True})

    plan = " ".join(str(row) for row in session.execute(text(f"{explain} {asked}")))

    assert "SEARCH roll_entry USING" in plan or "using uq_roll_entry_process_id_voter_key" in plan
