"""A tie that decides is left to a public draw: the committee enters what was drawn."""

import re
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.accounts.models import RoleAssignment
from app.features.budgets.commands import CertifyPot
from app.features.budgets.models import Pot, PotState
from app.features.budgets.rules import ballot_digest
from app.features.budgets.use_cases import certify_pot
from app.features.spaces.models import Process
from app.features.voting.commands import EnterDraw
from app.features.voting.use_cases import confirm_draw, count_pot, drop_draw, enter_draw, mark_of
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, voting

NOTE = "In the town hall, before everybody"


@pytest.fixture
def pot(session: Session) -> Pot:
    """Three projects with one vote each; two of them fit."""
    found = voting.closed_pot(costs=(500_00, 500_00, 500_00), options={"tie_rules": ["drawn"], "imported": True})
    voting.ballots(found, ["1", "2", "3"])
    return found


def committee(pot: Pot) -> Actor:
    return voting.committee(pot)


def test_the_draw_decides_and_is_in_the_audit_log(session: Session, pot: Pot) -> None:
    actor = committee(pot)
    waiting = count_pot(session, actor, pot.id).result
    assert waiting is not None
    assert (waiting["missing"], waiting["draw_among"]) == ("draw", [["1", "2", "3"]])
    digest = ballot_digest(pot)

    result = voting.drawn(pot, (("3", "1", "2"),), NOTE).result
    assert result is not None
    assert result["winners"] == ["3", "1"]
    assert (result["ties"][0]["decided_by"], result["ties"][0]["decisive"]) == (["drawn"], True)
    assert ballot_digest(pot) == digest == pot.options["digest"]
    (entry,) = session.query(AuditEntry).filter_by(action="pot.drawn")
    assert (entry.reason, entry.details["order"]) == (NOTE, ["3", "1", "2"])


@pytest.mark.parametrize(
    "orders", [(), (("1", "2"),), (("1", "2", "4"),), (("1", "2", "3"), ("1", "2")), (("1", "1", "2", "3"),)]
)
def test_what_is_not_an_order_of_these_projects_is_refused(session: Session, pot: Pot, orders: Any) -> None:
    count_pot(session, committee(pot), pot.id)
    with pytest.raises((Conflict, Invalid)):
        enter_draw(session, committee(pot), EnterDraw(pot.id, orders, NOTE))
    assert "drawn_order" not in pot.options


def test_a_draw_is_not_repeated_until_it_pleases(session: Session, pot: Pot) -> None:
    actor = committee(pot)
    count_pot(session, actor, pot.id)
    voting.drawn(pot, (("3", "1", "2"),), NOTE)
    with pytest.raises(Conflict):
        enter_draw(session, actor, EnterDraw(pot.id, (("2", "1", "3"),), NOTE))
    certify_pot(session, actor, CertifyPot(pot.id, (uuid4(), uuid4())))
    with pytest.raises(Conflict):
        enter_draw(session, actor, EnterDraw(pot.id, (("2", "1", "3"),), NOTE))


def test_what_one_member_enters_counts_when_another_confirms_it(session: Session, pot: Pot) -> None:
    actor, other = committee(pot), committee(pot)
    count_pot(session, actor, pot.id)
    entry = enter_draw(session, actor, EnterDraw(pot.id, (("3", "1", "2"),), NOTE))
    assert pot.result is not None
    assert (pot.result["missing"], pot.options.get("drawn_order")) == ("draw", None)
    with pytest.raises(Forbidden, match="signed this already"):
        confirm_draw(session, actor, pot.id, mark_of(entry))
    read = mark_of(entry)
    entry = enter_draw(session, actor, EnterDraw(pot.id, (("2", "1", "3"),), NOTE))
    with pytest.raises(Conflict, match="changed since"):
        confirm_draw(session, other, pot.id, read)
    drop_draw(session, other, pot.id)
    with pytest.raises(Conflict, match="Nothing waits"):
        confirm_draw(session, other, pot.id, mark_of(entry))

    entry = enter_draw(session, other, EnterDraw(pot.id, (("3", "1", "2"),), NOTE))
    gone = session.query(RoleAssignment).filter_by(person_id=other.person_id).one()
    session.delete(gone)
    session.flush()
    with pytest.raises(Conflict, match="no longer belongs to the committee"):
        confirm_draw(session, actor, pot.id, mark_of(entry))


def test_others_than_the_committee_enter_nothing(session: Session, pot: Pot) -> None:
    with pytest.raises(NotFound):
        enter_draw(session, Actor(person_id=accounts.person().id), EnterDraw(pot.id, (("1", "2", "3"),), NOTE))


def test_groups_shares_and_strict_minimums_are_counted_as_announced(session: Session) -> None:
    groups = {"tie_rules": ["listed_first"], "imported": True, "conflicts": [["1", "2", "3"]]}
    pot = voting.closed_pot(costs=(100_00, 100_00, 100_00, 100_00), rule="greedy-exclusive", options=groups)
    voting.ballots(pot, ["1", "1,2", "1,3", "4"])
    assert count_pot(session, committee(pot), pot.id).result["winners"] == ["1", "4"]  # type: ignore[index]

    for above, winners in ((False, ["1", "2"]), (True, ["1"])):
        share = {"tie_rules": ["listed_first"], "imported": True, "threshold_share": "50", "threshold_above": above}
        pot = voting.closed_pot(costs=(100_00, 100_00, 100_00), rule="greedy-threshold", options=share)
        voting.ballots(pot, ["1,2", "1,2", "1,3", ""])
        assert count_pot(session, committee(pot), pot.id).result["winners"] == winners  # type: ignore[index]


def test_the_page_takes_places_and_refuses_what_is_none(app: Flask, session: Session, pot: Pot) -> None:
    process = session.get_one(Process, pot.process_id)
    count_pot(session, committee(pot), pot.id)
    client = app.test_client()
    accounts.sign_in(client, accounts.staff(Role.COMMITTEE, process))
    db.session.commit()
    assert "Enter the draw" in client.get(f"/staff/committee/{pot.id}").text
    places = {"place_0_0": "2", "place_0_1": "3", "place_0_2": "1", "note": NOTE}
    for wrong in ({"place_0_0": "1"}, {"place_0_0": "²"}, {"place_0_0": "9" * 40}, {"note": " "}, {"place_0_1": ""}):
        assert client.post(f"/staff/draw/{pot.id}", data={**places, **wrong}).status_code == 422
    page = client.post(f"/staff/draw/{pot.id}", data=places, follow_redirects=True)
    assert "You have signed." in page.text
    assert "/confirm" not in page.text
    second, auditor = app.test_client(), app.test_client()
    accounts.sign_in(second, accounts.staff(Role.COMMITTEE, process))
    accounts.sign_in(auditor, accounts.staff(Role.AUDITOR, process))
    db.session.commit()
    read = auditor.get(f"/staff/draw/{pot.id}").text
    assert NOTE in read
    assert "/confirm" not in read
    assert "/take-out" not in read
    shown = second.get(f"/staff/draw/{pot.id}").text
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen
    page = second.post(f"/staff/draw/{pot.id}/confirm", data={"seen": seen[1]}, follow_redirects=True)
    assert "Counted again with the order that was drawn." in page.text
    assert "That tie decided who won: the project drawn first in public goes first." in page.text
    kept = db.session.get_one(Pot, pot.id)
    assert (kept.state, kept.result["winners"]) == (PotState.COUNTED, ["3", "1"])
