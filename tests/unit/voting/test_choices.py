"""Which ballots a pot takes, by its type and limits; and what voters' marks and clerks' typing mean."""

import pytest
from werkzeug.datastructures import MultiDict

from app.features.budgets.choices import NOTHING, Choices, check_choices, in_order, most_projects
from app.features.budgets.models import Pot, Project
from app.features.voting.ballot.marks import Marks, choices_of, field_of, marks_of, read_marks, read_typed
from app.kernel.errors import Refused

TYPES = {
    "number": {"max_projects": 2},
    "cost": {"limit_by_cost": True},
    "number and cost": {"max_projects": 2, "limit_by_cost": True},
    "one": {"vote_type": "choose-1"},
    "points": {"vote_type": "cumulative", "max_points": 5},
    "points each": {"vote_type": "cumulative", "max_points": 5, "options": {"max_points_per_project": 3}},
    "points for few": {"vote_type": "cumulative", "max_points": 5, "max_projects": 2},
    "ranking": {"vote_type": "ordinal", "max_projects": 2},
    "at least": {"max_projects": 3, "min_projects": 2},
}
VALID = [
    *((kind, NOTHING if "points" not in kind else Choices((), ())) for kind in TYPES),
    ("points", NOTHING),
    ("number", Choices(("1", "3"))),
    ("cost", Choices(("1", "2", "3"))),
    ("number and cost", Choices(("4", "1"))),
    ("one", Choices(("2",))),
    ("points", Choices(("1", "2", "3"), (1, 1, 3))),
    ("points", Choices(("1",), (5,))),
    ("points", Choices(("1",), (2,))),
    ("points each", Choices(("1", "2"), (3, 2))),
    ("ranking", Choices(("3", "1"))),
    ("ranking", Choices(("3",))),
    ("at least", Choices(("1", "2"))),
]
INVALID = [
    ("number", Choices(("1", "2", "3")), "you may choose 2"),
    ("number", Choices(("1", "1")), "twice"),
    ("number", Choices(("1", "9")), "not in this pot"),
    ("number", Choices(("1",), (1,)), "no points"),
    ("cost", Choices(("1", "2", "3", "4")), "costs more"),
    ("number and cost", Choices(("4", "5")), "costs more"),
    ("number and cost", Choices(("1", "2", "3")), "you may choose 2"),
    ("one", Choices(("1", "2")), "choose one"),
    ("points", Choices(("1", "2"), (3, 3)), "given 6 points; you have 5"),
    ("points", Choices(("1",), (6,)), "given 6 points"),
    ("points", Choices(("1",), (0,)), "whole numbers from 1"),
    ("points", Choices(("1",), (-1,)), "whole numbers from 1"),
    ("points", Choices(("1", "2"), (1,)), "its points"),
    ("points", Choices(("1",)), "its points"),
    ("points each", Choices(("1", "2"), (4, 1)), "3 points at most; project 1"),
    ("points for few", Choices(("1", "2", "3"), (1, 1, 1)), "you may choose 2"),
    ("ranking", Choices(("1", "2", "3")), "you may choose 2"),
    ("ranking", Choices(("1", "1")), "twice"),
    ("at least", Choices(("1",)), "at least 2"),
]


def pot(kind: str) -> Pot:
    values = {"amount": 10, "currency": "EUR", "vote_type": "approval", "limit_by_cost": False, "min_projects": 1}
    found = Pot(**{**values, "options": {}, **TYPES[kind]})
    found.projects = [Project(number=str(n), cost=cost, position=n) for n, cost in enumerate((2, 3, 5, 8, 7), 1)]
    return found


@pytest.mark.parametrize(("kind", "choices"), VALID, ids=str)
def test_a_ballot_within_the_limits_is_valid(kind, choices):
    check_choices(pot(kind), choices)


@pytest.mark.parametrize(("kind", "choices", "words"), INVALID, ids=str)
def test_a_ballot_beyond_the_limits_is_refused_in_words(kind, choices, words):
    with pytest.raises(Refused) as refused:
        check_choices(pot(kind), choices)
    assert words in str(refused.value.message)


@pytest.mark.parametrize(("kind", "most"), [("number", 2), ("cost", 5), ("one", 1), ("points", 5), ("points for few", 2)])
def test_an_envelope_has_room_for_the_longest_valid_ballot_and_no_more(kind, most):
    assert most_projects(pot(kind)) == most


def test_only_a_ranking_keeps_the_order_of_the_clicks():
    assert in_order(pot("ranking"), Choices(("3", "1"))) == Choices(("3", "1"))
    assert in_order(pot("number"), Choices(("3", "1"))) == Choices(("1", "3"))
    assert in_order(pot("points"), Choices(("3", "1"), (4, 1))) == Choices(("1", "3"), (1, 4))


@pytest.mark.parametrize(("kind", "choices"), VALID, ids=str)
def test_what_the_review_page_sends_is_the_ballot_it_shows(kind, choices):
    ballot = pot(kind)
    sent = MultiDict([field_of(ballot, number, mark) for number, mark in marks_of(ballot, choices).of.items()])

    again = choices_of(ballot, read_marks(ballot, sent))

    assert again.numbers == in_order(ballot, choices).numbers
    assert (again.points or ()) == (in_order(ballot, choices).points or ())


@pytest.mark.parametrize(("typed", "value"), [("", None), ("0", None), (" 3 ", 3), ("٣", 3), ("007", 7)])
def test_points_are_read_as_people_write_them(typed, value):
    marks = read_marks(pot("points"), MultiDict({"points:2": typed}))
    assert marks == Marks({} if value is None else {"2": value})


@pytest.mark.parametrize("typed", ["3.5", "-1", "three", "1e3", "9999999", "½", "²"])
def test_what_is_no_whole_number_is_said_and_kept_as_typed(typed):
    marks = read_marks(pot("points"), MultiDict({"points:2": typed, "points:1": "2"}))

    assert marks.shown("2") == typed
    assert marks.shown("1") == "2"
    assert not marks.can_be_kept
    with pytest.raises(Refused, match="whole number for project 2"):
        choices_of(pot("points"), marks)


def test_empty_places_are_closed_up_and_a_place_given_twice_is_refused():
    ranking = pot("ranking")
    assert choices_of(ranking, Marks({"1": 5, "4": 2})) == Choices(("4", "1"))
    with pytest.raises(Refused, match=r"1 and 4 both have place 2"):
        choices_of(ranking, Marks({"1": 2, "4": 2}))


def test_a_number_that_is_not_on_the_ballot_is_strange():
    marks = read_marks(pot("number"), MultiDict([("choice", "1"), ("choice", "99")]))
    assert not marks.can_be_kept
    with pytest.raises(Refused, match="not in this pot"):
        choices_of(pot("number"), marks)


def test_none_of_them_is_a_blank_ballot():
    assert choices_of(pot("one"), read_marks(pot("one"), MultiDict({"choice": ""}))) == NOTHING


@pytest.mark.parametrize(
    ("kind", "typed", "choices"),
    [
        ("number", " 3, 1 ", Choices(("3", "1"))),
        ("ranking", "4 2", Choices(("4", "2"))),
        ("points", "3:4; 1:1", Choices(("3", "1"), (4, 1))),
        ("points", "", Choices((), ())),
        ("number", "", NOTHING),
    ],
)
def test_a_clerk_types_a_ballot_in_one_line(kind, typed, choices):
    assert read_typed(pot(kind), typed) == choices


@pytest.mark.parametrize("typed", ["3", "3:", "3:x", ":4", "3:4 2"])
def test_points_that_a_clerk_left_out_are_missed_at_the_field(typed):
    with pytest.raises(Refused, match="colon and its points") as refused:
        read_typed(pot("points"), typed)
    assert refused.value.field == "choices"
