"""Writing `.pb` files, and telling two of them apart."""

import io
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.counting.use_cases import (
    Ballot,
    Change,
    NumberDiffers,
    PbError,
    PbProject,
    PbVote,
    difference,
    new_head,
    read_election,
    write_election,
)
from tests.factories.counting import pb

META = {"num_projects": 1, "num_votes": 1, "budget": "100.50", "vote_type": "approval", "rule": "greedy"}


def written(head, votes) -> str:
    out = io.StringIO()
    write_election(out, head, votes)
    return out.getvalue()


def copied(election) -> str:
    return written(election.head, (vote for batch in election.votes() for vote in batch))


def test_a_file_is_written_section_by_section_with_the_usual_order_of_keys():
    head = new_head(
        {"currency": "EUR", "description": "Our\ntown", **META},
        [PbProject("7", 5050, name='Park "A"; B', selected=1, latitude=52.5, longitude=21.0)],
        project_columns=("project_id", "cost", "name", "selected", "latitude", "longitude"),
        vote_columns=("voter_id", "vote", "voting_method"),
    )
    assert written(head, [PbVote("1", Ballot(("7",)), ("paper",))]) == (
        "META\nkey;value\ndescription;Our town\nnum_projects;1\nnum_votes;1\nbudget;100.50\nvote_type;approval\nrule;greedy\n"
        "currency;EUR\nPROJECTS\nproject_id;cost;name;selected;latitude;longitude\n"
        '7;50.50;"Park ""A""; B";1;52.5;21.0\nVOTES\nvoter_id;vote;voting_method\n1;7;paper\n'
    )


def test_a_head_without_a_mandatory_key_is_refused():
    with pytest.raises(PbError, match="budget"):
        new_head({**META, "budget": ""}, [], project_columns=("project_id", "cost"))


def test_a_file_with_other_numbers_than_announced_is_refused():
    head = new_head(META, [PbProject("7", 1)], project_columns=("project_id", "cost"))
    with pytest.raises(NumberDiffers, match="num_votes is 1, written were 0"):
        written(head, [])


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from(' ;"'), max_size=12)


@st.composite
def heads_and_votes(draw):
    points = draw(st.booleans())
    ids = draw(st.lists(st.from_regex(r"[A-Za-z0-9/._-]{1,6}", fullmatch=True), min_size=1, max_size=4, unique=True))
    projects = [
        PbProject(
            project_id=one,
            cost=draw(st.integers(0, 10**9)),
            name=draw(names).strip(),
            categories=tuple(draw(st.lists(st.sampled_from(("sport", "culture")), unique=True))),
            latitude=(latitude := draw(st.none() | st.floats(-90, 90, allow_subnormal=False).map(lambda x: round(x, 6)))),
            longitude=None if latitude is None else round(draw(st.floats(-180, 180)), 6),
        )
        for one in ids
    ]
    number = draw(st.integers(0, 4))
    votes = []
    for voter in range(number):
        choices = tuple(draw(st.lists(st.sampled_from(ids), unique=True)))
        given_points = tuple(draw(st.sampled_from((0, 3, Fraction(5, 2)))) for _ in choices) if points else None
        votes.append(PbVote(f"v{voter}", Ballot(choices, given_points), (draw(st.sampled_from(("", "paper"))),)))
    meta = {**META, "num_projects": len(ids), "num_votes": number, "vote_type": "cumulative" if points else "approval"}
    columns = ("project_id", "cost", "name", "category", "latitude", "longitude")
    vote_columns = ("voter_id", "vote", *(("points",) if points else ()), "voting_method")
    return new_head(meta, projects, project_columns=columns, vote_columns=vote_columns), votes


@settings(max_examples=60, deadline=None)
@given(heads_and_votes())
def test_what_is_written_is_read_back_the_same(head_and_votes):
    head, votes = head_and_votes
    text = written(head, votes)
    election = read_election(text.encode())
    assert election.head.projects == head.projects
    assert [vote for batch in election.votes() for vote in batch] == votes
    assert copied(election) == text
    assert read_election(copied(election).encode()).content_digest == election.content_digest


def test_a_copy_of_an_untidy_file_is_the_same_election():
    untidy = pb(
        meta={"budget": "1 250,50", "comment": "#1: a; b"},
        vote_header="age; voter_id ;vote;points",
        votes=["30; v1;p1 ,p2;2.50,1", ";v2;;"],
    ).replace("vote_type;approval", "vote_type;Cumulative")
    election = read_election(untidy.encode())
    assert read_election(copied(election).encode()).content_digest == election.content_digest


# Differences


def changes(before: str, after: str, **options) -> list[Change]:
    return difference(read_election(before.encode()), read_election(after.encode()), **options)


def test_two_files_with_the_same_content_do_not_differ():
    assert changes(pb(), pb().replace("\n", "\r\n").replace(";250", ";250.0")) == []


def test_changes_of_meta_and_projects_are_told_with_before_and_after():
    after = (
        pb().replace("budget;250", "budget;300").replace("p2;200", "p3;150").replace("p1,p2", "p1").replace("p1;100", "p1;90")
    )
    assert changes(pb(), after + "") == [
        Change("META budget", "250", "300"),
        Change("PROJECTS p1 cost", "100", "90"),
        Change("PROJECTS p2", "p2", None),
        Change("PROJECTS p3", None, "p3"),
        Change("VOTES v2", "p1,p2", "p1"),
    ]


def test_another_order_of_the_list_is_told_because_it_may_decide_ties():
    after = pb(projects=("p2;200", "p1;100"))
    assert changes(pb(), after) == [Change("PROJECTS order", "p1,p2", "p2,p1")]


def test_another_key_and_another_column_are_told():
    after = pb(
        meta={"comment": "x"}, project_header="project_id;cost;name", projects=("p1;100;Park", "p2;200;"),
        vote_header="voter_id;vote;age", votes=("v1;p1;", "v2;p1,p2;30"),
    )  # fmt: skip
    assert changes(pb(), after) == [
        Change("META comment", None, "x"),
        Change("PROJECTS p1 name", None, "Park"),
        Change("PROJECTS p2 name", None, ""),
        Change("VOTES columns", "voter_id;vote", "voter_id;vote;age"),
        Change("VOTES v2", "p1,p2", "p1,p2; age 30"),
    ]


def test_changed_ballots_are_told_after_the_totals_they_change():
    assert changes(pb(), pb(votes=["v1;p1", "v2;p2"])) == [
        Change("VOTES total p1 votes", "2", "1"),
        Change("VOTES total p1 score", "2", "1"),
        Change("VOTES v2", "p1,p2", "p2"),
    ]


def test_a_ballot_put_in_or_taken_out_is_one_change_and_not_one_for_each_row_behind_it():
    many = [f"v{number};p1" for number in range(1000)]
    fewer, more = pb(votes=many[:500] + many[501:]), pb(votes=many)
    assert changes(fewer, more)[-1] == Change("VOTES v500", None, "p1")
    assert changes(more, fewer)[-1] == Change("VOTES v500", "p1", None)
    assert [change.field for change in changes(fewer, more)] == [
        "META num_votes",
        "VOTES number",
        "VOTES total p1 votes",
        "VOTES total p1 score",
        "VOTES v500",
    ]


def test_only_the_first_changed_ballots_are_listed():
    before, after = pb(votes=[f"v{number};p1" for number in range(9)]), pb(votes=[f"v{number};p2" for number in range(9)])
    found = [change.field for change in changes(before, after, most_votes=3)]
    assert found[-4:] == ["VOTES v0", "VOTES v1", "VOTES v2", "VOTES"]
