"""A page that was made from an older ballot casts nothing, and says why; nobody reads a ballot that is not the fixed one."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.extensions import db as database
from app.features.budgets.commands import FreezePot, RemoveProject, UnfreezePot, WriteProject
from app.features.budgets.models import Pot
from app.features.budgets.use_cases import freeze_pot, remove_project, unfreeze_pot, write_project
from app.features.spaces.models import Phase
from app.features.voting.models import Envelope
from app.kernel.permissions import SYSTEM
from tests.factories import spaces, voting
from tests.integration.voting.elections import a_voter

KINDS = {
    "approval": ({"limit_by_cost": False, "max_projects": 3}, lambda number: ("choice", number)),
    "cumulative": (
        {"vote_type": "cumulative", "max_points": 10, "limit_by_cost": False},
        lambda number: (f"points:{number}", "5"),
    ),
    "ordinal": (
        {"vote_type": "ordinal", "max_projects": 3, "limit_by_cost": False},
        lambda number: (f"place:{number}", number),
    ),
}
KINDS_OF_PAGES = pytest.mark.parametrize("kind", KINDS)


def ballot_of(kind, *numbers):
    data = {}
    for name, value in map(KINDS[kind][1], numbers):
        data.setdefault(name, []).append(value)
    return data


def field(page):
    """What the page says of the ballot that it was made from."""
    return page.split('name="ballot" value="')[1].split('"')[0]


def change(session, pot_id, step):
    """Make the ballot a draft again, change it, fix it: what the city may do before the vote begins."""
    phase = session.scalars(select(Phase).where(Phase.process_id == session.get_one(Pot, pot_id).process_id)).one()
    began = phase.starts_at
    session.execute(update(Phase).where(Phase.id == phase.id).values(starts_at=began + timedelta(days=5)))
    session.expire_all()
    unfreeze_pot(session, SYSTEM, UnfreezePot(pot_id))
    step(session.get_one(Pot, pot_id))
    freeze_pot(session, SYSTEM, FreezePot(pot_id))
    session.execute(update(Phase).where(Phase.id == phase.id).values(starts_at=began))
    session.commit()
    session.expire_all()


def add_a_project(session):
    return lambda pot: write_project(session, SYSTEM, WriteProject(pot_id=pot.id, title={"en": "Added"}, cost=100_00))


@KINDS_OF_PAGES
def test_a_ballot_is_read_against_the_ballot_that_is_fixed_now(session, as_role, keyring, clock, kind):
    process = spaces.process("Vote", open_for=None)
    begins = clock.now + timedelta(days=1)
    spaces.phase(process, "Vote", actions=["vote"], starts_at=begins, ends_at=begins + timedelta(days=9))
    pot_id = voting.pot(process, **KINDS[kind][0]).id
    session.commit()
    early = as_role("resident").post(f"/voting/{pot_id}/review", data={})  # anybody may send this before the vote begins
    unfreeze_pot(session, SYSTEM, UnfreezePot(pot_id))
    add_a_project(session)(session.get_one(Pot, pot_id))
    freeze_pot(session, SYSTEM, FreezePot(pot_id))
    session.commit()
    clock.advance(days=2)
    client = a_voter(as_role, pot_id, 1)

    sent = client.post(f"/voting/{pot_id}/review", data=ballot_of(kind, "1", "4"))

    assert early.status_code == 409
    assert sent.status_code == 303
    (inside,) = voting.inside(session.get_one(Pot, pot_id), keyring)
    assert [part.partition(":")[0] for part in inside.split(",")] == ["1", "4"]


@KINDS_OF_PAGES
def test_an_older_review_page_casts_nothing_and_keeps_what_is_still_there(session, as_role, kind):
    pot_id = voting.pot(**KINDS[kind][0]).id
    client = a_voter(as_role, pot_id, 1)
    ballot = ballot_of(kind, "1", "3")
    sent = client.post(f"/voting/{pot_id}", data={**ballot, "step": "review"})
    old = field(client.get(sent.location).text)
    last = next(one.id for one in session.get_one(Pot, pot_id).projects if one.number == "3")
    change(session, pot_id, lambda _pot: remove_project(session, SYSTEM, RemoveProject(last)))

    cast = client.post(f"/voting/{pot_id}/review", data={**ballot, "ballot": old})
    chosen = client.post(f"/voting/{pot_id}", data={**ballot, "ballot": old, "step": "review"})

    for answer in (cast, chosen):
        assert answer.status_code == 422
        assert "The ballot was changed after you opened this page" in answer.text
        assert answer.text.count("ballot-project--chosen") == 1
        assert field(answer.text) not in ("", old)
    assert session.scalars(select(Envelope.id)).all() == []


def test_kept_choices_are_not_read_as_marks_of_another_ballot(session, as_role):
    pot_id = voting.pot(**KINDS["approval"][0]).id
    client = a_voter(as_role, pot_id, 1)
    client.post(f"/voting/{pot_id}", data={"choice": ["3"], "step": "review"})
    last = next(one.id for one in session.get_one(Pot, pot_id).projects if one.number == "3")

    def exchange(pot):
        remove_project(session, SYSTEM, RemoveProject(last))
        add_a_project(session)(pot)

    change(session, pot_id, exchange)

    assert client.get(f"/voting/{pot_id}").text.count("ballot-project--chosen") == 0


@pytest.mark.parametrize(
    ("kind", "strange"),
    [
        ("cumulative", {"points:9": "1"}),
        ("cumulative", {"choice": "2"}),
        ("ordinal", {"place:9": "2"}),
        ("ordinal", {"points:2": "x"}),
        ("approval", {"points:2": "1"}),
    ],
)
def test_marks_for_what_is_not_on_the_ballot_are_refused_whatever_its_kind(session, as_role, kind, strange):
    pot_id = voting.pot(**KINDS[kind][0]).id
    client = a_voter(as_role, pot_id, 1)

    refused = client.post(f"/voting/{pot_id}/review", data={**ballot_of(kind, "1"), **strange})

    assert refused.status_code == 422
    assert "names a project that is not in this pot" in refused.text
    assert session.scalars(select(Envelope.id)).all() == []
    empty = {"points:9": "", "place:9": "0"}  # an empty field is no mark
    assert client.post(f"/voting/{pot_id}/review", data={**ballot_of(kind, "1"), **empty}).status_code == 303


def test_casting_reads_the_pot_once(session, as_role, query_counter):
    pot_id = voting.pot().id
    session.commit()
    first, second = a_voter(as_role, pot_id, 1), a_voter(as_role, pot_id, 2)
    first.post(f"/voting/{pot_id}/review", data={"choice": ["1"]})

    with query_counter() as queries:
        sent = second.post(f"/voting/{pot_id}/review", data={"choice": ["1"]})

    assert sent.status_code == 303
    assert queries.count <= 12, "\n".join(queries.statements)  # four of them are the account's
    assert sum("pot.annulled_at" in one for one in queries.statements) == 1
    assert database.session.query(Envelope).count() == 2
