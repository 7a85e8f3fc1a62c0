"""Somebody without any key forges a package that is whole in itself: `verify.py` must not be talked out of looking."""

import copy

import pytest

from app.features.voting.package import verify
from tests.integration.voting.test_adapted_packages import of_kind, setting, words  # noqa: F401 (fixtures)
from tests.integration.voting.test_package import block, edit, verified, wrong


def of_another_form(statements):
    """One statement that nobody has signed, of a form that nobody knows."""
    statements[:] = [{**statements[0], "format": "plaza-opening-1", "signature": "00" * 64}]


def test_a_statement_of_an_unknown_form_hides_nothing(of_kind):  # noqa: F811
    folder = of_kind("greedy")
    edit(folder, "statements.json", of_another_form)
    said = wrong(folder)
    for check in ("openers' statements", "number of ballots", "opened ballots", "publication"):
        assert f"{check}: a statement is not of the form plaza-opening-2" in said or check.startswith("openers'")
    assert "is not of the form plaza-opening-2" in said
    assert "is not signed with the key of this vote" in said


def test_a_result_that_nobody_has_counted_is_wrong(of_kind):  # noqa: F811
    folder = of_kind("greedy")
    edit(folder, "result.json", setting("counted", False))
    assert "count: result.json says that nobody has counted" in wrong(folder)


def test_a_copy_of_a_statement_is_no_second_opening(of_kind):  # noqa: F811
    folder = of_kind("greedy")
    edit(folder, "statements.json", lambda statements: statements.__setitem__(1, copy.deepcopy(statements[0])))
    assert "one statement stands there twice" in wrong(folder)


def test_one_name_is_one_person(of_kind):  # noqa: F811
    folder = of_kind("greedy")
    assert "no second person" not in verified(folder)[1]
    edit(folder, "statements.json", lambda statements: statements.pop())
    _, said = verified(folder)
    assert "no second person has opened it" in said


@pytest.mark.parametrize("spelt", [str.upper, lambda receipt: f" {receipt}", lambda receipt: receipt[:-2]])
def test_a_receipt_that_its_voter_would_not_find_is_wrong(of_kind, spelt):  # noqa: F811
    folder = of_kind("greedy")
    block(folder, 1, lambda content: content["receipts"].__setitem__(0, spelt(f"{content['receipts'][0]}")))
    assert "line 2 of board.jsonl is no part of a board" in wrong(folder)


@pytest.mark.parametrize("name", ["vote_type", "rule"])
def test_a_kind_or_rule_that_there_is_not_is_wrong_and_not_merely_impossible(of_kind, name):  # noqa: F811
    folder = of_kind("greedy")
    edit(folder, "frozen.json", setting(name, "by acclamation"))
    said = wrong(folder)
    assert "announced ballot: " in said
    assert "count: " in said


def test_what_was_not_checked_is_named_at_the_end(of_kind):  # noqa: F811
    code, said = verified(of_kind("totals"))
    assert code == 0
    assert "What can be checked is in order. NOT checked: opened ballots, ballots.pb, limits, publication." in said


def of_paper(points, votes=None):
    paper = {"ballots": 3, "blank": 1, "votes": votes or {"1": 2}, "points": points}
    vote = verify.Vote(
        {
            "format": "plaza-ballot-1",
            "vote_type": "cumulative",
            "rule": "greedy",
            "amount": 1000,
            "limits": {"max_points": 4, "max_points_per_project": 3, "max_projects": None, "max_length": None},
            "minimum": None,
            "tie_rules": [],
            "conflicts": None,
            "stop_when_exhaustive": False,
            "projects": [{"number": number, "cost": 1} for number in ("1", "2")],
            "decimals": 0,
            "title": {},
            "currency": "EUR",
        }
    )
    return list(verify._other_points(vote, paper))


def test_points_on_paper_are_no_more_and_no_fewer_than_ballots_can_give():
    assert of_paper({"1": 6}) == []
    assert "7 points for project 1" in of_paper({"1": 7})[0]
    assert "1 points for project 1" in of_paper({"1": 1})[0]
    assert "more points than 2 ballots" in of_paper({"1": 6, "2": 3}, {"1": 2, "2": 1})[0]
