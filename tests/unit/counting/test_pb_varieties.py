"""What published files look like beyond the description of the format: each is counted, and what is odd is said."""

import pytest

from app.features.counting.files import remarks
from app.features.counting.use_cases import Limits, PbError, count_election, read_election, wants_ballots
from tests.factories.counting import pb


def counted(text: str | bytes, rule: str | None = None, **options) -> tuple[tuple[str, ...], set[str]]:
    content = text if isinstance(text, bytes) else text.encode()
    election = read_election(content, limits=Limits.WARN, keep_ballots=wants_ballots(rule), need_rule=rule is None, **options)
    result = count_election(election, rule=rule)
    again = [vote for batch in election.votes(2) for vote in batch]
    assert len(again) == election.head.meta.num_votes
    return result.winners, {notice.code for notice in remarks(election, result)}


BOTH = ["v1;p1", "v2;p1,p2", "v3;p2"]
NAMED = "project_id;cost;votes;name;selected"

VARIETIES = {
    "values that begin with a space": (pb().replace(";", "; "), ("p1",), set()),
    "votes with spaces behind commas": (pb(votes=["v1;p1", "v2;p1, p2"]), ("p1",), set()),
    "carriage returns": (pb().replace("\n", "\r\n"), ("p1",), set()),
    "carriage returns alone": (pb().replace("\n", "\r"), ("p1",), set()),
    "a byte order mark": ("\ufeff" + pb(), ("p1",), set()),
    "semicolons behind the names of sections": (
        pb().replace("META\n", "META;;\n").replace("VOTES\n", "VOTES;\n"),
        ("p1",),
        set(),
    ),
    "no line end at the end": (pb().rstrip("\n"), ("p1",), set()),
    "empty lines between sections": (pb().replace("PROJECTS", "\nPROJECTS"), ("p1",), {"blank_line"}),
    "sections in small letters": (pb().replace("META", "meta").replace("VOTES", "votes"), ("p1",), set()),
    "whole sums with a point": (pb(meta={"budget": "250.0"}, projects=["p1;100.0", "p2;200.00"]), ("p1",), set()),
    "sums with a decimal comma": (pb(meta={"budget": "250,50"}), ("p1",), {"number_style"}),
    "sums in groups": (pb(meta={"budget": "1 250"}, projects=["p1;1 100", "p2;200"]), ("p1",), {"number_style"}),
    "parts of a cent": (pb(projects=["p1;33.333333333333336", "p2;200"]), ("p1", "p2"), set()),
    "ids with zeros in front": (pb(projects=["001;100", "01;200"], votes=["v1;001", "v2;001,01"]), ("001",), set()),
    "ids with letters": (pb(projects=["124-A;100", "BO.D1/23;200"], votes=["1;BO.D1/23", "2;BO.D1/23"]), ("BO.D1/23",), set()),
    "a project nobody wants": (pb(projects=["p1;100", "p2;20"], votes=["v1;p1"]), ("p1",), set()),
    "voters named by hashes": (pb(votes=["vote01006bcf-62b6;p1", "0xffee;p1"]), ("p1",), set()),
    "results blanked": (pb(project_header=NAMED, projects=["p1;100;;A;", "p2;200;;B;"]), ("p1",), set()),
    "results set to nothing": (pb(project_header=NAMED, projects=["p1;100;0;A;0", "p2;200;0;B;0"]), ("p1",), {"other_votes"}),
    "results that are no numbers": (pb(project_header=NAMED, projects=["p1;100;?;A;no", "p2;200;1;B;"]), ("p1",), {"not_read"}),
    "winners by another way": (pb(project_header=NAMED, projects=["p1;100;2;A;2", "p2;200;1;B;3"]), ("p1",), set()),
    "semicolons in a name": (
        pb(project_header=NAMED, projects=["p1;100;2;Park; stage 2;1", "p2;200;1;B;0"]),
        ("p1",),
        {"semicolons"},
    ),
    "quotation marks in a name": (
        pb(project_header=NAMED, projects=['p1;100;2;"Park" by the river;1', 'p2;200;1;"The ""Pool""; new";0']),
        ("p1",),
        {"quotation_marks"},
    ),
    "a very long description": (
        pb(project_header="project_id;cost;description", projects=["p1;100;" + "words " * 40_000, "p2;200;"]),
        ("p1",),
        set(),
    ),
    "a place in words": (
        pb(project_header="project_id;cost;latitude;longitude", projects=["p1;100;by the river;21.5", "p2;200;;"]),
        ("p1",),
        {"no_place", "half_a_place"},
    ),
    "control characters in a name": (
        pb(project_header=NAMED, projects=["p1;100;2;Pa\x1frk\x1e;1", "p2;200;1;B;0"]),
        ("p1",),
        {"control_characters"},
    ),
    "Windows-1250": (pb(meta={"unit": "Łódź"}).encode("cp1250"), ("p1",), {"encoding"}),
    "no number as the longest ballot": (pb(meta={"max_length": "unlimited"}), ("p1",), {"no_limit"}),
    "no limit of length at all": (pb(meta={"max_length": "", "min_length": ""}), ("p1",), set()),
    "ballots beyond the limit": (pb(meta={"max_length": "1"}), ("p1",), {"beyond_limits"}),
    "blank ballots": (pb(votes=["v1;p1", "v2;", "v3;"], meta={"min_length": "1"}), ("p1",), {"blank_ballot"}),
    "points beside ticks": (
        pb(vote_header="voter_id;vote;points", votes=["v1;p1;3", "v2;p1,p2;3", "v3;p2;?"]),
        ("p1",),
        {"points_not_counted"},
    ),
    "points that leave out ranks": (
        pb(
            meta={"vote_type": "ordinal", "max_length": "2"},
            vote_header="voter_id;vote;points",
            votes=["v1;p2,p1;2,1", "v2;p2;1", "v3;p1,p2;2", "v4;p1;"],
        ),
        ("p1",),
        {"points_not_rank", "points_not_counted"},
    ),
    "points with decimals": (
        pb(meta={"vote_type": "cumulative"}, vote_header="voter_id;vote;points", votes=["v1;p1,p2;0.1,0.3", "v2;p1;0.2"]),
        ("p1",),
        set(),
    ),
    "points against a project": (
        pb(
            meta={"vote_type": "scoring", "default_score": "1", "budget": "300"},
            vote_header="voter_id;vote;points",
            votes=["v1;p1;-1", "v2;p2;4", "v3;p1,p2;-1,0"],
        ),
        ("p2",),
        set(),
    ),
    "a threshold nobody reaches": (pb(meta={"rule": "greedy-threshold", "min_project_score_threshold": "3"}), (), set()),
    "a threshold reached exactly": (pb(meta={"rule": "Greedy_Threshold", "min_project_score_threshold": "2"}), ("p1",), set()),
    "a threshold with decimals": (pb(meta={"rule": "greedy-threshold", "min_project_score_threshold": "1.5"}), ("p1",), set()),
    "a budget of nothing": (pb(meta={"budget": "0"}), (), set()),
    "a withdrawn project": (
        pb(meta={"rule": "greedy-no-skip"}, projects=["p1;999999999", "p2;200"], votes=BOTH[:2]),
        ("p2",),
        set(),
    ),
    "equal votes, first in the list first": (
        pb(projects=["p1;200", "p2;100", "p3;60"], votes=["v1;p2", "v2;p1", "v3;p3"], meta={"num_projects": "3"}),
        ("p1",),
        set(),
    ),
    "keys and columns nobody knows": (
        pb(
            meta={
                "fully_funded": "1",
                "leftover_budget": "3",
                "scoring_fn": "Borda",
                "comment": "#1: a; b",
                "categories": "x,y",
            },
            project_header="project_id;cost;public_id;sustainability",
            projects=["p1;100;Z9;yes", "p2;200;;"],
            vote_header="voter_id;age;sex;neighborhood;voting_method;vote",
            votes=['v1;30;F;"Nowa; Huta";internet;p1', "v2;;;;paper;p1,p2"],
        ),
        ("p1",),
        {"semicolons"},
    ),
}


@pytest.mark.parametrize("variety", VARIETIES)
def test_it_is_counted_and_what_is_odd_is_said(variety):
    text, winners, notices = VARIETIES[variety]
    options = {"decimals": 20} if variety == "parts of a cent" else {}
    assert counted(text, **options) == (winners, notices)


def test_what_cannot_be_read_and_does_not_count_is_kept_as_it_is_written():
    texts = [pb(project_header=NAMED, projects=[f"p1;100;{odd};A;1", "p2;200;1;B;0"]).encode() for odd in ("?", "n/a")]
    first, second = map(read_election, texts)
    assert first.head.projects[0].cell("votes") == "?"
    assert first.content_digest != second.content_digest


def test_a_file_without_a_rule_is_counted_by_the_one_that_is_asked_for():
    for text in (pb(meta={"rule": None}), pb(meta={"rule": ""})):
        assert counted(text, "greedy")[0] == ("p1",)
        assert counted(text, "equalshares")[0] == ("p1",)
        with pytest.raises(PbError) as refused:
            counted(text)
        assert refused.value.field == "rule"


@pytest.mark.parametrize("start", [b"\x1f\x8b\x08", b"PK\x03\x04", b"BZh9", b"\xfd7zXZ", b"(\xb5/\xfd"])
def test_a_packed_file_is_not_taken_for_text(start):
    with pytest.raises(PbError) as refused:
        read_election(start + b"META\nkey;value\n")
    assert (refused.value.line, refused.value.field) == (1, "file")
