"""`flask counting count`: one answer for each file, whatever happens to the others."""

import json

import click
import pytest
from click.testing import CliRunner, Result

from app.features.counting.cli import cli
from app.features.counting.pb import PbElection
from tests.factories.counting import pb


@pytest.fixture
def run(tmp_path):
    def run(*arguments: str, **files: str) -> Result:
        names = []
        for name, text in files.items():
            path = tmp_path / f"{name}.pb"
            path.write_text(text, encoding="utf-8")
            names.append(str(path))
        form = [] if {"--json", "--table"} & {*arguments} else ["--table"]
        return CliRunner().invoke(cli, ["count", *form, *arguments, *names])

    return run


def lines(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_it_is_a_plain_group_that_needs_no_application():
    assert type(cli) is click.Group
    assert cli.name == "counting"


def test_one_line_of_json_tells_the_outcome_of_a_file(run):
    result = run("--json", town=pb(meta={"budget": "250.50", "currency": "EUR"}))
    (answer,) = lines(result)
    assert (result.exit_code, result.stderr) == (0, "")
    assert answer["file"].endswith("town.pb")
    assert (answer["rule"], answer["winners"], answer["cost"], answer["budget"]) == ("greedy", ["p1"], 100, 250.5)
    assert answer["ties"] == []
    assert answer["why"]["p2"] == {
        "place": 2,
        "score": 1,
        "votes": 1,
        "cost": 200,
        "left": 150.5,
        "reason": "did_not_fit",
        "short_by": 49.5,
        "needed_score": 2,
        "outranks": "p1",
        "excluded_by": None,
    }


def test_where_another_program_reads_it_is_json_without_being_asked(tmp_path):
    (tmp_path / "town.pb").write_text(pb(), encoding="utf-8")
    result = CliRunner().invoke(cli, ["count", str(tmp_path / "town.pb")])
    assert [answer["winners"] for answer in lines(result)] == [["p1"]]


BESIDE = [
    '"paper":{"ballots":1,"blank":0,"votes":{"p1":5},"points":{}}',
    '"paper":{"ballots":1,"blank":0,"votes":{"elsewhere":1},"points":{}}',
    '"ranks":true',
    f'"conflicts":{"[" * 20_000}',
]


@pytest.mark.parametrize("beside", BESIDE, ids=["more than there are", "of others", "no points", "without end"])
def test_what_stands_beside_the_rows_and_does_not_belong_to_them_is_an_error_of_its_file_alone(run, beside):
    comment = f'#1: plaza-count-1 {{"rule":"greedy","order":["p1","p2"],{beside}}}'
    result = run("--json", bad=pb(meta={"comment": f'"{comment.replace(chr(34), chr(34) * 2)}"'}), good=pb())
    bad, good = lines(result)
    assert result.exit_code == 1
    assert bad["error"]["field"] == "comment"
    assert bad["error"]["line"] > 1
    assert good["winners"] == ["p1"]


def test_a_file_that_is_gone_when_it_is_read_a_second_time_is_an_error_of_its_own(run, monkeypatch):
    def gone(*_all, **_named):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(PbElection, "ballot_classes", gone)
    comment = '"#1: plaza-count-1 {""rule"":""greedy"",""order"":[""p1"",""p2""],""without_row"":1,""blank"":1}"'
    (answer,) = lines(run("--json", town=pb(meta={"comment": comment})))
    assert answer["error"]["field"] == "file"


def test_what_costs_more_than_the_budget_is_said_to_do_so_and_not_to_lack_supporters(run):
    election = pb(meta={"budget": "150", "rule": "equalshares"})
    table = run(town=election).stdout
    assert "costs more than the whole budget" in table
    assert "more supporters" not in table
    assert lines(run("--json", town=election))[0]["why"]["p2"]["paid"]["further_supporters"] is None


def test_ties_and_the_rule_that_decided_them_are_told(run):
    election = pb(projects=("dear;200", "cheap;100"), votes=["v1;dear,cheap"], meta={"budget": "200"})
    first, cheapest = (lines(run("--json", *more, town=election))[0] for more in ((), ("--tie-rule", "lower_cost")))
    assert (first["winners"], cheapest["winners"]) == (["dear"], ["cheap"])
    assert cheapest["ties"] == [
        {"projects": ["cheap", "dear"], "score": 1, "decided_by": ["lower_cost"], "decisive": True},
    ]


def test_a_damaged_file_says_so_in_its_line_and_the_others_are_counted(run):
    result = run("--json", good=pb(), damaged=pb(votes=["v1;p1", "v2;p9"]), other=pb())
    good, damaged, other = lines(result)
    assert result.exit_code == 1
    assert good["winners"] == other["winners"] == ["p1"]
    assert damaged["error"] == {"line": 16, "field": "vote", "expected": "a project_id of PROJECTS, found “p9”"}
    assert "winners" not in damaged


@pytest.mark.parametrize("rule", ["greedy-custom", "unknown"])
def test_a_rule_that_cannot_be_counted_is_an_error_and_never_another_rule(run, rule):
    result = run("--json", town=pb(meta={"rule": rule}))
    (answer,) = lines(result)
    assert result.exit_code == 1
    assert (answer["error"]["line"], answer["error"]["field"]) == (8, "rule")
    assert f"found “{rule}”" in answer["error"]["expected"]


def test_a_rule_whose_data_the_file_lacks_is_an_error(run):
    result = run("--json", threshold=pb(meta={"rule": "greedy-threshold"}))
    (threshold,) = lines(result)
    assert result.exit_code == 1
    assert "min_project_score_threshold" in threshold["error"]["expected"]


def test_a_file_cannot_say_which_projects_exclude_each_other_and_the_answer_says_so(run):
    (answer,) = lines(run("--json", town=pb(meta={"rule": "greedy-exclusive"})))
    assert answer["winners"] == ["p1"]
    assert [notice["code"] for notice in answer["notices"]] == ["no_conflicts"]
    assert "as if none did" in answer["notices"][0]["text"]


def test_another_rule_can_be_asked_for(run):
    answer = lines(run("--json", "--rule", "greedy", town=pb(meta={"rule": "unknown"})))[0]
    assert (answer["rule"], answer["winners"]) == ("greedy", ["p1"])
    assert lines(run("--json", "--rule", "borda", town=pb()))[0]["error"]["line"] is None


def test_a_file_that_is_not_there_is_an_error_in_its_line(run):
    result = run("--json", "/nowhere/at-all.pb", town=pb())
    missing, town = lines(result)
    assert result.exit_code == 1
    assert (missing["error"]["field"], missing["error"]["line"]) == ("file", None)
    assert town["winners"] == ["p1"]


def test_ballots_beyond_the_limits_are_counted_with_a_notice_unless_told_otherwise(run):
    election = pb(meta={"max_length": "1"})
    assert "error" in lines(run("--json", "--over-limit", "refuse", town=election))[0]
    counted = lines(run("--json", town=election))[0]
    assert counted["notices"][0]["code"] == "beyond_limits"


def test_without_json_there_is_a_table_for_people(run):
    result = run(
        town=pb(
            project_header="project_id;cost;name",
            projects=["p1;100;A park", "p2;200;A pool", "p3;300;" + "x" * 50],
            votes=["v1;p1", "v2;p1,p2", "v3;"],
            meta={"currency": "EUR"},
        ),
        damaged="META\n",
    )
    assert result.exit_code == 1
    assert "1 of 3 projects for 100 of 250 EUR, left 150" in result.stdout
    assert "3 ballots, 1 of them blank" in result.stdout
    assert "did not fit into what was left, 2 more needed" in result.stdout
    assert "nobody voted for it" in result.stdout
    assert "x" * 41 not in result.stdout
    assert "Blank ballots count as voters" in result.stdout
    assert "not counted: line 1, META" in result.stdout


def test_the_help_shows_examples():
    shown = CliRunner().invoke(cli, ["count", "--help"]).stdout
    assert "flask counting count --json elections/*.pb > results.jsonl" in shown


def test_a_progress_bar_is_drawn_only_on_a_terminal(run, monkeypatch):
    assert run("--json", town=pb()).stderr == ""
    monkeypatch.setattr("app.features.counting.cli._on_a_terminal", lambda: True)
    shown = run("--json", town=pb())
    assert "Counting" in shown.stderr
    assert len(lines(shown)) == 1


def test_a_long_count_shows_its_steps_on_a_terminal(run, monkeypatch):
    monkeypatch.setattr("app.features.counting.cli._on_a_terminal", lambda: True)
    monkeypatch.setattr("app.features.counting.cli._REDRAW_AFTER", 0)
    shown = run("--json", "--rule", "equalshares/add1", town=pb(projects=["p1;100", "p2;20000"]))
    assert "Counting, step " in shown.stderr
    assert lines(shown)[0]["winners"] == ["p1"]
