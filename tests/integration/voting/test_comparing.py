"""The page that compares rules, and what the page of a result explains."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.extensions import db
from app.features.budgets.use_cases import CertifyPot, certify_pot
from app.features.committee.models import DecisionKind
from app.features.voting.models import RuleComparison
from app.features.voting.tasks import compare
from app.features.voting.use_cases import compare_rules, count_pot, pots_to_compare
from app.kernel.permissions import SYSTEM
from tests.factories import budgets, committee, voting


def seen(client, url: str) -> str:
    db.session.commit()
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.text


def certified(session, keyring, **attributes):
    """Counted and certified, not compared yet."""
    pot = voting.opened_pot(keyring, **attributes)
    count_pot(session, SYSTEM, pot.id)
    if attributes.get("number", 36) >= 30:
        voting.to_publish(pot, "rows", "Most ballots have equals.")
    certify_pot(session, SYSTEM, CertifyPot(pot.id, (uuid4(), uuid4())))
    return pot


def test_the_rules_are_compared_once_after_certifying(app, session, keyring):
    pot = certified(session, keyring)
    client = app.test_client()
    assert "being worked out" in seen(client, f"/budgets/{pot.id}/compare")

    assert compare() == 1
    assert compare() == 0

    (kept,) = session.scalars(select(RuleComparison))
    assert [one["rule"] for one in kept.rules] == ["greedy", "greedy-no-skip", "equalshares", "equalshares/add1", "phragmen"]
    assert kept.rules[0]["winners"] == pot.result["winners"]
    assert kept.rules[0]["with_a_winner"] == pot.result["with_a_winner"]
    text = seen(client, f"/budgets/{pot.id}/compare")
    assert "announced, the one that counts" in text
    assert "only the rule that was announced before the vote counts" in text
    assert "Equal Shares, growing" in text


def test_a_correction_has_the_rules_compared_anew(app, session, keyring):
    same = {"costs": (600_00, 600_00, 600_00), "options": {"tie_rules": ["drawn"]}, "choices": ("1", "2", "3") * 12}
    pot = committee.counted_pot(**same)
    voting.drawn(pot, (("3", "1", "2"),))
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    compare_rules(session, pot.id)
    assert session.scalars(select(RuleComparison)).one().rules[0]["winners"] == ["3"]

    committee.decided(DecisionKind.DRAW_AGAIN, pot.process_id, pot_id=pot.id, draw=0)
    voting.drawn(pot, (("1", "3", "2"),))
    committee.decided(DecisionKind.CORRECTION, pot.process_id, pot_id=pot.id)

    name = pot.id
    assert "being worked out" in seen(app.test_client(), f"/budgets/{name}/compare")
    assert compare() == 1
    assert session.scalars(select(RuleComparison)).one().rules[0]["winners"] == ["1"]


def test_nothing_is_compared_while_a_draw_is_entered_anew(session):
    pot = committee.counted_pot(("1", "2", "3") * 12, costs=(600_00,) * 3, options={"tie_rules": ["drawn"]})
    voting.drawn(pot, (("3", "1", "2"),))
    committee.decided(DecisionKind.CERTIFICATION, pot.process_id, pot_id=pot.id)
    assert pots_to_compare(session) == [pot.id]
    committee.decided(DecisionKind.DRAW_AGAIN, pot.process_id, pot_id=pot.id, draw=0)
    assert pots_to_compare(session) == []
    assert not compare_rules(session, pot.id)


def test_the_announced_rule_stands_first_and_rules_that_do_not_fit_are_left_out(session, keyring):
    pot = certified(session, keyring, rule="equalshares/add1-comparison")
    compare_rules(session, pot.id)
    (kept,) = session.scalars(select(RuleComparison))
    assert [one["rule"] for one in kept.rules][:2] == ["equalshares/add1-comparison", "greedy"]

    ranked = certified(session, keyring, vote_type="ordinal", limit_by_cost=False, max_projects=3)
    compare_rules(session, ranked.id)
    kept = session.scalars(select(RuleComparison).where(RuleComparison.pot_id == ranked.id)).one()
    assert [one["rule"] for one in kept.rules] == ["greedy", "greedy-no-skip"]


@pytest.mark.parametrize(("share", "third_wins"), [({}, True), ({"threshold_share": "41"}, False)])
def test_the_announced_minimum_holds_for_every_rule(session, keyring, share, third_wins):
    """14 of 36 ballots are for project 3."""
    pot = certified(session, keyring, costs=(300_00, 500_00, 200_00), options={"tie_rules": ["listed_first"], **share})
    compare_rules(session, pot.id)
    kept = session.scalars(select(RuleComparison)).one()
    assert {"3" in one["winners"] for one in kept.rules} == {third_wins}


@pytest.mark.parametrize("make", [voting.opened_pot, lambda keyring: voting.closed_pot(), lambda keyring: budgets.pot()])
def test_nothing_is_compared_before_certifying(app, session, keyring, make):
    pot = make(keyring)
    if make is voting.opened_pot:
        count_pot(session, SYSTEM, pot.id)
    session.commit()
    assert pots_to_compare(session) == []
    assert not compare_rules(session, pot.id)
    assert app.test_client().get(f"/budgets/{pot.id}/compare").status_code == 404


def test_a_pot_that_cannot_be_compared_is_logged_and_stops_no_other(app, session, keyring, caplog):
    broken, sound = certified(session, keyring), certified(session, keyring)
    broken.options = {**broken.options, "min_project_score_threshold": "no number"}
    broken.certified_at = sound.certified_at - timedelta(days=1)
    names = broken.id, sound.id
    session.commit()

    assert pots_to_compare(session) == list(names)
    assert compare() == 1
    assert session.scalars(select(RuleComparison.pot_id)).all() == [names[1]]
    assert f"pot {names[0]} could not be compared" in caplog.text


def test_a_pot_with_ballots_on_paper_is_not_compared(app, session, keyring):
    pot = certified(session, keyring)
    pot.result = {**pot.result, "paper": {"ballots": 40}}
    name = pot.id
    session.commit()

    assert pots_to_compare(session) == []
    assert not compare_rules(session, name)
    assert app.test_client().get(f"/budgets/{name}/compare").status_code == 404


def test_few_ballots_are_not_compared(app, session, keyring):
    pot = certified(session, keyring, number=20)
    name = pot.id
    session.commit()
    assert pots_to_compare(session) == []
    assert app.test_client().get(f"/budgets/{name}/compare").status_code == 404
    text = seen(app.test_client(), f"/budgets/{name}/result")
    assert "have a winner on them" not in text
    assert "only winners and totals of all together are published" in text


def test_of_few_ballots_neither_page_nor_files_nor_record_say_who_paid(app, session, keyring):
    rule = {"rule": "equalshares/add1-comparison", "costs": (300_00, 200_00, 900_00)}
    many, few = certified(session, keyring, **rule), certified(session, keyring, number=29, **rule)
    names = many.id, few.id
    assert many.result["shares"]
    assert any(why["paid"] for why in many.result["why"].values())
    assert few.result["shares"] is None
    assert few.result["with_a_winner"] is None
    assert all(why["paid"] is None for why in few.result["why"].values())
    kept = few.result
    session.commit()
    assert "Who paid for what" in seen(app.test_client(), f"/budgets/{names[0]}/result")
    before = {**many.result, "voters": 29}
    for record in (kept, before):  # as it is kept now, and as an earlier version kept it
        few.result = record
        session.commit()
        text = seen(app.test_client(), f"/budgets/{names[1]}/result")
        for words in ("Who paid for what", "supporters paid", "of their equal shares left together", "more of their projects"):
            assert words not in text
        data = app.test_client().get(f"/budgets/{names[1]}/result.json").get_json()
        assert data["shares"] is None
        assert not any("payers" in row for row in data["projects"])


def test_the_page_of_a_result_says_who_paid_for_what(app, session, keyring):
    pot = certified(session, keyring, rule="equalshares/add1")
    text = seen(app.test_client(), f"/budgets/{pot.id}/result")

    assert "Who paid for what" in text
    assert "At first every ballot stood for" in text
    assert "of the ballots have a winner on them" in text
    assert "What other rules would have chosen" in text
    assert f"/voting/{pot.id}/package.zip" in text
    assert "Most ballots have equals." in text
    winner = pot.result["why"][pot.result["winners"][0]]
    assert f"{winner['paid']['in_full']} paid" in text
    data = app.test_client().get(f"/budgets/{pot.id}/result.json").get_json()
    row = next(row for row in data["projects"] if row["number"] == pot.result["winners"][0])
    assert row["payers"] == winner["paid"]["payers"]
    assert data["with_a_winner"] == pot.result["with_a_winner"]
    assert data["shares"]["steps"] == pot.result["shares"]["steps"]


@pytest.mark.parametrize("rule", ["greedy", "greedy-no-skip", "equalshares", "equalshares/add1-comparison", "phragmen"])
def test_every_rule_explains_itself(app, session, keyring, rule):
    pot = certified(session, keyring, rule=rule)
    text = seen(app.test_client(), f"/budgets/{pot.id}/result")
    assert "in the published file" not in text
    assert "How the money was given out" in text


def test_a_record_from_before_is_still_shown(app, session, keyring):
    pot = certified(session, keyring, rule="equalshares")
    record = {key: value for key, value in pot.result.items() if key not in ("with_a_winner", "shares")}
    record["why"] = {name: {key: value for key, value in why.items() if key != "paid"} for name, why in record["why"].items()}
    pot.result = record
    text = seen(app.test_client(), f"/budgets/{pot.id}/result")
    assert "have a winner on them" not in text
    assert app.test_client().get(f"/budgets/{pot.id}/result.csv").status_code == 200


def test_the_committee_sees_how_alike_ballots_are_and_decides(as_role, app, session, keyring):
    from app.features.spaces.models import Process
    from app.kernel.permissions import Role

    pot = voting.opened_pot(keyring)
    count_pot(session, SYSTEM, pot.id)
    client = as_role(Role.COMMITTEE, session.get(Process, pot.process_id))
    session.commit()

    assert "Decide what is published" in seen(client, f"/staff/committee/{pot.id}")
    assert "Certify the result" not in seen(client, f"/staff/committee/{pot.id}")
    text = seen(client, f"/staff/publication/{pot.id}")
    assert "0 of 36 ballots are like no other" in text
    assert "We suggest to publish each ballot" in text
    assert client.post(f"/staff/publication/{pot.id}", data={"published": "rows", "reason": ""}).status_code == 422
    answer = client.post(f"/staff/publication/{pot.id}", data={"published": "totals", "reason": "We are careful."})
    assert answer.status_code == 303
    assert "We are careful." in seen(client, f"/staff/committee/{pot.id}")
    assert "Certify the result" not in seen(client, f"/staff/committee/{pot.id}")
    second = as_role(Role.COMMITTEE, session.get(Process, pot.process_id))
    mark = re.search(r'name="seen" value="(\w+)"', seen(second, f"/staff/publication/{pot.id}"))[1]
    assert second.post(f"/staff/publication/{pot.id}/confirm", data={"seen": mark}).status_code == 303
    assert "Certify the result" in seen(client, f"/staff/committee/{pot.id}")
    certify_pot(session, SYSTEM, CertifyPot(pot.id, (uuid4(), uuid4())))
    session.commit()
    assert "We are careful." in seen(app.test_client(), f"/budgets/{pot.id}/result")
    assert app.test_client().get(f"/voting/{pot.id}/package/ballots.pb").status_code == 404


def test_a_download_leaves_no_transaction_open(app, committing_db, keyring):
    pot = voting.published_pot(keyring)
    name = pot.id
    committing_db.session.commit()
    committing_db.session.remove()

    for url in (f"/voting/{name}/package.zip", f"/voting/{name}/package/board.jsonl", f"/voting/{name}/board.jsonl"):
        answer = app.test_client().get(url)
        assert answer.status_code == 200
        assert answer.data
        answer.close()
        assert committing_db.engine.pool.checkedout() == 0, url
