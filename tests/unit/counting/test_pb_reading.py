"""Reading `.pb` files: what is read, what is tolerated, and what is said about it."""

import io
from fractions import Fraction

import pytest

from app.features.counting.use_cases import Ballot, Limits, PbElection, PbVote, VoteType, read_election
from tests.factories.counting import pb


def read(text: str | bytes, **options) -> PbElection:
    return read_election(text if isinstance(text, bytes) else text.encode(), **options)


def codes(election: PbElection) -> dict[str, tuple[int, tuple[int, ...]]]:
    return {notice.code: (notice.count, notice.lines) for notice in election.notices}


def votes(election: PbElection, size: int = 2) -> list[PbVote]:
    return [vote for batch in election.votes(size) for vote in batch]


def test_meta_projects_and_votes_are_read_with_their_types():
    election = read(
        pb(
            meta={"budget": "376634.74", "max_length": "3", "currency": "PLN", "min_project_score_threshold": "2.5"},
            project_header="project_id;cost;votes;name;category;beneficiaries;selected;latitude;longitude;public_id",
            projects=['A/1;100.5;2;"Park ""Zielony""; etap 2";greenery,sport;adults,children;1;52.25;-21.5;X7'],
            vote_header="voter_id;age;vote;sex",
            votes=["v1;30;A/1;F", "v2;;A/1;M"],
        )
    )
    meta, project = election.head.meta, election.head.projects[0]
    assert (meta.budget, meta.max_length, meta.currency, meta.vote_type) == (37663474, 3, "PLN", VoteType.APPROVAL)
    assert meta.min_project_score_threshold == Fraction(5, 2)
    assert (project.cost, project.name, project.selected) == (10050, 'Park "Zielony"; etap 2', 1)
    assert (project.categories, project.targets) == (("greenery", "sport"), ("adults", "children"))
    assert (project.latitude, project.longitude, project.extra) == (52.25, -21.5, (("public_id", "X7"),))
    assert election.head.vote_extras == ("age", "sex")
    assert votes(election)[1] == PbVote("v2", Ballot(("A/1",)), ("", "M"))
    assert election.notices == ()


def test_the_sums_of_all_ballots_are_there_after_one_reading():
    election = read(pb(votes=["v1;p1", "v2;p1,p2", "v3;"]))
    assert (election.tally.voters, election.tally.blank) == (3, 1)
    assert (election.tally.votes("p1"), election.tally.votes("p2")) == (2, 1)
    assert codes(election) == {"blank_ballot": (1, (17,))}


def test_ballots_are_handed_out_in_batches_in_the_order_of_the_file():
    election = read(pb(votes=[f"v{number};p1" for number in range(5)]))
    assert [[vote.voter_id for vote in batch] for batch in election.votes(2)] == [["v0", "v1"], ["v2", "v3"], ["v4"]]
    assert list(election.ballot_classes(3)) == [[(Ballot(("p1",)), 3)], [(Ballot(("p1",)), 2)]]


@pytest.mark.parametrize("vote_type", ["cumulative", "scoring"])
def test_points_stand_beside_the_projects_they_are_for(vote_type):
    election = read(pb(meta={"vote_type": vote_type}, vote_header="voter_id;vote;points", votes=["v1;p2,p1;3,0.5"]))
    assert votes(election)[0].ballot == Ballot(("p2", "p1"), (3, Fraction(1, 2)))
    assert election.tally.score("p2") == 3


def test_ranked_ballots_are_counted_by_their_ranks_even_where_a_column_says_otherwise():
    election = read(
        pb(
            meta={"vote_type": "ordinal", "max_length": "2"},
            vote_header="voter_id;vote;points",
            votes=["v1;p2,p1;2,1", "v2;p1,p2;9,1", "v3;p1;"],
        )
    )
    assert (election.tally.score("p1"), election.tally.score("p2")) == (1 + 2 + 2, 2 + 1)
    assert codes(election) == {"points_not_rank": (1, (17,))}


def changed_form(text: str, form: str) -> bytes:
    return {
        "as it is": text.encode(),
        "with carriage returns": text.replace("\n", "\r\n").encode(),
        "with old line ends": text.replace("\n", "\r").encode(),
        "with mixed line ends": text.replace("\n", "\r\n", 7).encode(),
        "with a byte order mark": b"\xef\xbb\xbf" + text.encode(),
        "without a last line end": text.rstrip("\n").encode(),
        "with empty lines at the end": text.encode() + b"\n\r\n",
        "with space around values": text.replace(";", " ; ").encode(),
        "with space inside the lists": text.replace("p1,p2", "p1, p2").encode(),
        "with quotation marks": text.replace("v2;p1,p2", '"v2";"p1,p2"').encode(),
        "with decimals written out": text.replace(";250", ";250.00").encode(),
        "with other capitals": text.replace("META", "Meta").replace("greedy", "Greedy").encode(),
    }[form]


@pytest.mark.parametrize(
    "form",
    [
        "with carriage returns",
        "with old line ends",
        "with mixed line ends",
        "with a byte order mark",
        "without a last line end",
        "with empty lines at the end",
        "with space around values",
        "with space inside the lists",
        "with quotation marks",
        "with decimals written out",
        "with other capitals",
    ],
)
def test_the_same_content_is_the_same_election_however_it_is_written(form):
    same, other = read(changed_form(pb(), "as it is")), read(changed_form(pb(), form))
    assert other.content_digest == same.content_digest
    assert votes(other) == votes(same)
    assert other == same


def test_the_order_of_columns_does_not_make_another_election():
    one = pb(vote_header="voter_id;vote;age", votes=["v1;p1;30"], projects=["p1;5;Park"], project_header="project_id;cost;name")
    other = pb(
        vote_header="age;voter_id;vote", votes=["30;v1;p1"], projects=["Park;p1;5"], project_header="name;project_id;cost"
    )
    assert read(one).content_digest == read(other).content_digest


@pytest.mark.parametrize(
    ("before", "after"),
    [("v2;p1,p2", "v2;p1"), ("p2;200", "p2;201"), ("budget;250", "budget;251"), ("A small town", "A town"), ("v1;", "v9;")],
)
def test_any_other_content_is_another_election(before, after):
    assert before in pb()
    assert read(pb()).content_digest != read(pb().replace(before, after)).content_digest


def test_an_empty_line_between_others_is_passed_over_and_said():
    election = read(pb().replace("PROJECTS", "\nPROJECTS\n;;").replace("v2;", "\n;;;\nv2;"))
    assert codes(election)["blank_line"] == (4, (9, 11, 18, 19))
    assert election.tally.voters == 2


def test_empty_fields_that_a_spreadsheet_adds_are_passed_over_and_said():
    election = read("\n".join(line + ";;" for line in pb().splitlines()))
    assert codes(election)["empty_fields"][0] > 3
    assert election.content_digest == read(pb()).content_digest


def test_a_file_that_is_not_utf8_is_read_as_western_european_and_said():
    election = read(pb(meta={"description": "Malepère – “Sud”"}).encode("cp1252"))
    assert election.head.meta.text("description") == "Malepère – “Sud”"
    assert codes(election) == {"encoding": (1, (3,))}
    assert "Windows-1252" in str(election.notices[0])
    assert read(pb(meta={"description": "\x81é"}).encode("latin-1")).head.meta.text("description") == "\x81é"


def test_numbers_in_other_ways_of_writing_are_understood_and_said():
    election = read(pb(meta={"budget": "1 250,50"}, projects=["p1;1,000", "p2;400.000"]))
    assert (election.head.meta.budget, [project.cost for project in election.head.projects]) == (125050, [100000, 40000])
    assert {(notice.code, notice.field, notice.lines) for notice in election.notices} == {
        ("number_style", "budget", (6,)),
        ("number_style", "cost", (11,)),
        ("three_decimals", "cost", (12,)),
    }


def test_currencies_may_have_other_decimals():
    assert read(pb(), decimals=0).head.meta.budget == 250
    assert read(pb(meta={"budget": "250.125"}), decimals=3).head.meta.budget == 250125


def test_a_text_with_semicolons_in_meta_is_kept_whole_and_said():
    election = read(pb(meta={"comment": "one; two;three"}))
    assert election.head.meta.text("comment") == "one;two;three"
    assert "semicolons" in codes(election)


def test_a_key_that_stands_twice_with_the_same_meaning_is_said():
    election = read(pb().replace("budget;250", "budget;250\nbudget;250\ndescription;Other"))
    assert election.head.meta.budget == 25000
    assert election.head.meta.text("description") == "A small town"
    assert [(notice.code, notice.field) for notice in election.notices] == [
        ("repeated_key", "budget"),
        ("repeated_key", "description"),
    ]


def test_quotation_marks_inside_a_name_are_kept_as_they_stand_and_said():
    election = read(pb(project_header="project_id;cost;name", projects=['p1;100;"Zielony" skwer', "p2;200;Park"]))
    assert election.head.projects[0].name == '"Zielony" skwer'
    assert codes(election) == {"quotation_marks": (1, (11,))}


def test_a_name_may_run_over_several_lines_and_later_lines_keep_their_numbers():
    with pytest.raises(Exception, match="line 18, vote"):
        read(
            pb(
                project_header="project_id;cost;name",
                projects=['p1;100;"Two\nlines"', "p2;200;Park"],
                votes=["v1;p1", "v2;p1", "v3;p9"],
            )
        )


@pytest.mark.parametrize(
    ("meta", "vote", "code"),
    [
        ({"min_sum_points": "9"}, "p1,p2;3,1", "min_sum_points"),
        ({"min_points": "2"}, "p1,p2;3,1", "min_points"),
        ({"max_points": "2"}, "p1,p2;3,1", "max_points"),
        ({"max_sum_cost": "250"}, "p1,p2;3,1", "max_sum_cost"),
        ({"min_sum_cost": "350"}, "p1,p2;3,1", "min_sum_cost"),
        ({"min_length": "1"}, ";", "blank_ballot"),
    ],
)
def test_ballots_that_are_odd_are_counted_and_said(meta, vote, code):
    text = pb(meta={"vote_type": "cumulative", **meta}, vote_header="voter_id;vote;points", votes=[f"v1;{vote}", f"v2;{vote}"])
    election = read(text)
    assert election.tally.voters == 2
    assert codes(election)[code][0] == 2


def test_columns_of_sums_that_differ_from_the_ballots_are_said_and_not_believed():
    election = read(pb(project_header="project_id;cost;votes;score", projects=["p1;100;7;2", "p2;200;1;9"]))
    assert codes(election) == {"other_votes": (1, (11,)), "other_score": (1, (12,))}
    assert election.tally.votes("p1") == 2


def test_a_stray_comma_and_points_nobody_asked_for_are_said():
    assert "stray_comma" in codes(read(pb(votes=["v1;p1,", "v2;p2"])))
    assert "points_not_counted" in codes(read(pb(vote_header="voter_id;vote;points", votes=["v1;p1;3", "v2;p2;"])))


def test_a_place_with_one_coordinate_is_said():
    election = read(pb(project_header="project_id;cost;latitude;longitude", projects=["p1;1;52,5;", "p2;1;;"]))
    assert (election.head.projects[0].latitude, election.head.projects[0].longitude) == (52.5, None)
    assert set(codes(election)) == {"half_a_place", "number_style"}


@pytest.mark.parametrize("place", ["91;0", "0;181", "-90.5;-180.5"])
def test_coordinates_that_are_no_place_are_passed_over_and_said(place):
    election = read(pb(project_header="project_id;cost;latitude;longitude", projects=[f"p1;1;{place}", "p2;1;60;24"]))
    first, second = election.head.projects
    assert None in (first.latitude, first.longitude)
    assert (second.latitude, second.longitude) == (60, 24)
    assert codes(election)["no_place"][0] >= 1


def test_fields_missing_at_the_end_are_taken_for_empty_and_said():
    election = read(
        pb(
            project_header="project_id;cost;name;category",
            projects=["p1;100;A park", "p2;200"],
            vote_header="voter_id;vote;age;sex",
            votes=["v1;p1;30;F", "v2;p1,p2"],
        )
    )
    assert [project.name for project in election.head.projects] == ["A park", ""]
    assert [vote.ballot.choices for vote in votes(election)] == [("p1",), ("p1", "p2")]
    assert codes(election)["missing_fields"][0] == 3


@pytest.mark.parametrize("key", ["min_length", "min_sum_cost", "max_sum_cost", "min_points", "max_sum_points"])
def test_a_limit_that_is_no_number_is_no_limit_and_said(key):
    election = read(pb(meta={key: "unlimited"}))
    assert getattr(election.head.meta, key) is None
    assert codes(election)["no_limit"][0] == 1
    assert (key, "unlimited") in election.head.meta.fields


def test_a_place_close_to_the_equator_may_be_written_with_a_power_of_ten():
    election = read(pb(project_header="project_id;cost;latitude;longitude", projects=["p1;1;5e-05;-1.5E-4", "p2;1;;"]))
    assert (election.head.projects[0].latitude, election.head.projects[0].longitude) == (0.00005, -0.00015)
    assert election.notices == ()


def test_ballots_beyond_the_limits_can_be_counted_where_somebody_decides_so():
    text = pb(meta={"max_length": "1"})
    election = read(text, limits=Limits.WARN)
    assert election.tally.votes("p2") == 1
    assert codes(election) == {"beyond_limits": (1, (17,))}


def test_a_notice_names_the_first_lines_and_counts_all():
    election = read(pb(votes=[f"v{number};" for number in range(30)]))
    assert codes(election)["blank_ballot"] == (30, tuple(range(15, 25)))


def test_an_open_file_can_be_read_again_and_stays_open():
    file = io.BytesIO(pb().encode())
    election = read_election(file)
    assert len(votes(election)) == 2
    assert len(votes(election)) == 2
    assert not file.closed


def test_a_file_that_changes_after_it_was_checked_is_not_handed_out_as_checked(tmp_path):
    path = tmp_path / "town.pb"
    path.write_text(pb(), encoding="utf-8")
    election = read_election(path)
    path.write_text(pb().replace("v2;p1,p2", "v2;p2"), encoding="utf-8")
    with pytest.raises(Exception, match="changed since"):
        votes(election)


def test_the_progress_of_reading_adds_up_to_the_size_of_the_file():
    text, read_so_far = pb(votes=[f"v{number};p1" for number in range(20000)]), []
    read(text, progress=read_so_far.append)
    assert sum(read_so_far) == len(text)
    assert len(read_so_far) > 2
