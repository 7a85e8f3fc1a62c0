"""A damaged `.pb` file is refused, with the line, the field and what was expected there."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.counting.use_cases import PbError, read_election
from tests.factories.counting import pb

POINTS = {"vote_header": "voter_id;vote;points"}
CUMULATIVE = {"vote_type": "cumulative"}


def refusal(text: str | bytes) -> PbError:
    with pytest.raises(PbError) as refused:
        read_election(text if isinstance(text, bytes) else text.encode())
    error = refused.value
    assert error.expected == error.template % {key: str(value) for key, value in error.params.items()}
    return error


DAMAGE = {
    "an empty file": (b"", 1, "file", "empty file"),
    "only a byte order mark and space": (b"\xef\xbb\xbf \n\n", 1, "file", "empty file"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", 3, "file", "binary"),
    "UTF-16": (pb().encode("utf-16"), 1, "file", "binary"),
    "a web page": ("<html>;</html>", 1, "META", "found “<html>;</html>”"),
    "no META": (pb().removeprefix("META\n"), 1, "META", "META on the first line"),
    "no header of META": (pb().replace("key;value\n", ""), 2, "key", "column “key”"),
    "no PROJECTS": (pb().replace("PROJECTS\nproject_id;cost\np1;100\np2;200\n", ""), 9, "PROJECTS", "found VOTES"),
    "no VOTES": (pb().partition("VOTES")[0], 12, "VOTES", "found the end"),
    "VOTES without a header": (pb().partition("voter_id")[0], 13, "VOTES", "header"),
    "PROJECTS without a header": (pb().partition("project_id")[0], 9, "PROJECTS", "header"),
    "sections in another order": (pb() + "PROJECTS\n", 17, "PROJECTS", "once each"),
    "META twice": (pb().replace("PROJECTS", "META"), 9, "PROJECTS", "found META"),
    "no budget": (pb(meta={"budget": None}), None, "budget", "“budget;…”"),
    "an empty rule": (pb(meta={"rule": ""}), 8, "rule", "“rule;…”"),
    "no vote_type": (pb(meta={"vote_type": None}), None, "vote_type", "META"),
    "no num_votes": (pb(meta={"num_votes": None}), None, "num_votes", "META"),
    "no num_projects": (pb(meta={"num_projects": None}), None, "num_projects", "META"),
    "a key without a value": (pb().replace("budget;250", "budget"), 6, "budget", "key;value"),
    "two values of a number": (pb(meta={"budget": "250;3"}), 6, "budget", "one value, found 2"),
    "two budgets": (pb().replace("budget;250", "budget;250\nbudget;300"), 7, "budget", "found “250” and “300”"),
    "an unknown vote_type": (pb(meta={"vote_type": "shouting"}), 7, "vote_type", "approval, choose-1"),
    "a budget that is no number": (pb(meta={"budget": "much"}), 6, "budget", "found “much”"),
    "a negative budget": (pb(meta={"budget": "-1"}), 6, "budget", "not negative"),
    "a limit that is no number": (pb(meta={"vote_type": "ordinal", "max_length": "many"}), 9, "max_length", "found “many”"),
    "a limit of nothing": (pb(meta={"vote_type": "ordinal", "max_length": "0"}), 9, "max_length", "at least 1"),
    "half a project allowed": (pb(meta={"vote_type": "ordinal", "max_length": "1.5"}), 9, "max_length", "whole number"),
    "other number of projects": (pb(meta={"num_projects": "3"}), 4, "num_projects", "2, and META says 3"),
    "other number of votes": (pb(meta={"num_votes": "1"}), 5, "num_votes", "2, and META says 1"),
    "no column cost": (pb(project_header="project_id;price"), 10, "cost", "column “cost”"),
    "no column points": (pb(meta=CUMULATIVE), 14, "points", "column “points”"),
    "a column twice": (pb(vote_header="voter_id;vote;vote", votes=["v1;p1;p1"] * 2), 14, "VOTES", "“vote” again"),
    "a project twice": (pb(projects=["p1;100", "p1;200"]), 12, "project_id", "line 11 already"),
    "a project without an id": (pb(projects=["p1;100", ";200"]), 12, "project_id", "an id"),
    "an id with a comma": (pb(projects=["p1;100", "p2,3;200"]), 12, "project_id", "without commas"),
    "a cost in words": (pb(projects=["p1;100", "p2;cheap"]), 12, "cost", "found “cheap”"),
    "no cost": (pb(projects=["p1;100", "p2;"]), 12, "cost", "a number"),
    "a negative cost": (pb(projects=["p1;-100", "p2;1"]), 11, "cost", "not negative"),
    "fractions of a cent": (pb(projects=["p1;100.005", "p2;1"]), 11, "cost", "at most 2 decimals"),
    "an impossible cost": (pb(projects=["p1;1" + "0" * 20, "p2;1"]), 11, "cost", "15 digits"),
    "too many fields of a project": (pb(projects=["p1;100;x", "p2;1"]), 11, "cost", "2 fields as in the header, found 3"),
    "too few fields of a project": (pb(projects=["p1", "p2;1"]), 11, "cost", "found 1"),
    "semicolons in a name before the cost": (
        pb(project_header="project_id;name;cost", projects=["p1;Park; pond;100", "p2;Pool;200"]),
        11,
        "cost",
        "3 fields as in the header, found 4",
    ),
    "a vote for a stranger": (pb(votes=["v1;p1", "v2;p1,p7"]), 16, "vote", "found “p7”"),
    "a project twice on a ballot": (pb(votes=["v1;p1", "v2;p2,p2"]), 16, "vote", "“p2” twice"),
    "a voter twice": (pb(votes=["v1;p1", "v1;p2"]), 16, "voter_id", "“v1” is on line 15 already"),
    "a voter without an id": (pb(votes=["v1;p1", ";p2"]), 16, "voter_id", "found nothing"),
    "too many fields of a vote": (pb(votes=["v1;p1", "v2;p1;p2"]), 16, "vote", "found 3"),
    "too few fields of a vote": (pb(votes=["v1;p1", "v2"]), 16, "vote", "found 1"),
    "a ballot that is too long": (pb(meta={"max_length": "1"}), 17, "vote", "up to the max_length of 1, found 2"),
    "a ballot that is too short": (pb(meta={"min_length": "2"}), 16, "vote", "from the min_length of 2 on, found 1"),
    "two choices of one": (pb(meta={"vote_type": "choose-1"}), 16, "vote", "one project, found 2"),
    "points missing": (
        pb(meta=CUMULATIVE, **POINTS, votes=["v1;p1,p2;3", "v2;p1;1"]),
        15,
        "points",
        "each project (2), found 1",
    ),
    "points of nobody": (pb(meta=CUMULATIVE, **POINTS, votes=["v1;;3", "v2;p1;1"]), 15, "points", "each project (0), found 1"),
    "points in words": (pb(meta=CUMULATIVE, **POINTS, votes=["v1;p1;two", "v2;p1;1"]), 15, "points", "found “two”"),
    "negative points": (pb(meta=CUMULATIVE, **POINTS, votes=["v1;p1;-1", "v2;p1;1"]), 15, "points", "not negative"),
    "too many points": (
        pb(meta={**CUMULATIVE, "max_sum_points": "5"}, **POINTS, votes=["v1;p1;5", "v2;p1,p2;3,3"]),
        17,
        "points",
        "up to the max_sum_points of 5 in all, found 6",
    ),
    "an open quotation mark in a ballot": (pb(votes=["v1;p1", 'v2;"p1']), 16, "file", "closing quotation mark"),
    "an open quotation mark in a name": (
        pb(project_header="project_id;cost;name", projects=['p1;100;"Park', "p2;200;Pool"]),
        11,
        "file",
        "closing quotation mark",
    ),
    "an open quotation mark in META": (pb(meta={"description": '"A town'}), 3, "file", "closing quotation mark"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_refused_with_line_field_and_what_was_expected(damage):
    text, line, field, words = DAMAGE[damage]
    error = refusal(text)
    assert (error.line, error.field) == (line, field)
    assert words in error.expected


def test_the_line_is_right_behind_thousands_of_good_ballots():
    ballots = [f"v{number};p1" for number in range(20000)]
    ballots[15000] = "v15000;p1,p7"
    error = refusal(pb(votes=ballots))
    assert (error.line, error.field) == (15 + 15000, "vote")


def test_a_voter_who_returns_after_thousands_of_others_is_found():
    ballots = [f"v{number};p1" for number in range(20000)]
    ballots[19000] = "v3;p1"
    error = refusal(pb(votes=ballots))
    assert (error.line, error.field, error.params["first"]) == (15 + 19000, "voter_id", 15 + 3)


def test_a_long_text_is_shortened_in_the_message():
    assert len(refusal(pb(votes=["v1;" + "x" * 5000, "v2;p1"])).expected) < 120


def test_a_percent_sign_in_the_file_does_no_harm_to_the_message():
    assert "found “%(id)s%”" in refusal(pb(votes=["v1;%(id)s%", "v2;p1"])).expected


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_cut_out_of_a_file_it_is_read_or_refused_and_nothing_else_happens(data):
    content = pb(votes=["v1;p1", 'v2;"p1,p2"', "v3;"]).encode()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    patch = data.draw(st.binary(max_size=6))
    with suppress(PbError):
        election = read_election(content[:start] + patch + content[end:])
        assert sum(map(len, election.votes())) == election.head.meta.num_votes
