"""Thousands press the last button in the same hour: what casting asks of the database is counted, and cannot grow unseen.

Who needs one more statement here looks first whether an existing one can answer it (`queries/at_the_box.py`). What the two rows
need in locks is not to be saved: the pot is held before anything is read.
"""

from app.extensions import db as database
from app.features.voting.models import SlotMode
from tests.factories import voting
from tests.integration.voting.elections import a_voter

WRITES = {"sqlite": ["INSERT INTO voting_participation", "INSERT INTO envelope"], "postgresql": ["WITH used AS"]}
ONE_MORE_FOR_AREAS = 1


def by_letter_in_order():
    """What is asked, in this order: a pot that is held after something was read is not held at all."""
    return ["pot", "process", *WRITES[database.engine.dialect.name], "board_entry"]


def by_account_in_order():
    held, *rest = by_letter_in_order()
    return [held, "sign_in_session", *rest]


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

    assert what(pressing(a_voter(as_role, pot_id, 2), pot_id, query_counter)) == by_account_in_order()


def by_letter(app, found, query_counter):
    pot_id, codes = found
    for code in codes:
        client = app.test_client()
        client.post("/voting/code", data={"code": code})
        statements = pressing(client, pot_id, query_counter)
    return statements


def test_by_letter(app, letters, query_counter):
    assert what(by_letter(app, letters("AB12345", "CD98765"), query_counter)) == by_letter_in_order()


def test_where_people_vote_in_their_own_area(app, letters, query_counter):
    statements = by_letter(app, letters("AB12345", "CD98765", slots=SlotMode.OWN), query_counter)
    assert len(statements) == len(by_letter_in_order()) + ONE_MORE_FOR_AREAS
