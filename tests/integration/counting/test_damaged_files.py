"""Elections of every kind, damaged in bytes, fields and lines: each gets an answer, and its neighbours are counted."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.features.counting.cli import cli
from tests.factories.counting import pb

POINTS = {"vote_header": "voter_id;vote;points", "votes": ["v1;p1,p2;3,1", "v2;p2;2", "v3;;"]}
ELECTIONS = {
    "approval": pb(
        project_header="project_id;cost;votes;name;selected;latitude;longitude",
        projects=['p1;100;2;"Park; west";1;52.2;21.0', "p2;200.50;1;Pool;0;;"],
        meta={"max_length": "2", "currency": "EUR"},
    ),
    "choose-1": pb(
        meta={"vote_type": "choose-1", "rule": "greedy-no-skip", "min_length": "1"}, votes=["v1;p1", "v2;p2", "v3;"]
    ),
    "cumulative": pb(meta={"vote_type": "cumulative", "max_sum_points": "5"}, **POINTS),
    "scoring": pb(meta={"vote_type": "scoring", "default_score": "-1", "min_points": "-2"}, **POINTS),
    "ordinal": pb(meta={"vote_type": "ordinal", "max_length": "2"}, votes=["v1;p1,p2", "v2;p2", "v3;"]),
    "a threshold": pb(meta={"rule": "greedy-threshold", "min_project_score_threshold": "1"}),
    "equal shares": pb(meta={"rule": "equalshares/add1-comparison"}),
    "points and shares": pb(meta={"vote_type": "cumulative", "rule": "equalshares/add1"}, **POINTS),
    "phragmen": pb(meta={"rule": "phragmen"}),
}
ODD = ["NaN", "inf", "-inf", "1e5", "1e400", "-5", "-0", "+7", "0", "", "9" * 25, "9" * 400, "0.1", ".5", "1.", "1,5", "1 000"]
ODD += [
    '"',
    '""',
    ";",
    ";;",
    ",",
    "\x00",
    "\x1f",
    "\ufeff",
    "\r",
    "\n\n",
    "META",
    "VOTES",
    "PROJECTS",
    "١٢",
    "²",
    "1_000",
    "0x10",
]
ODD += ["1/3", "\xa0", "%s", "%(x)s", "True", "p1", "p1,p1", "x" * 200_000]


@st.composite
def damaged(draw) -> bytes:
    lines = draw(st.sampled_from(sorted(ELECTIONS.values()))).split("\n")
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        what = draw(st.sampled_from(("field", "field", "field", "gone", "twice", "moved", "cut", "put in")))
        if what == "field":
            fields = lines[place].split(";")
            fields[draw(st.integers(0, len(fields) - 1))] = draw(st.sampled_from(ODD))
            lines[place] = ";".join(fields)
        elif what == "gone":
            lines[place : place + 1] = [] if len(lines) > 1 else lines
        elif what == "twice":
            lines.insert(draw(st.integers(0, len(lines))), lines[place])
        elif what == "moved":
            lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(place))
        else:
            at = draw(st.integers(0, len(lines[place])))
            lines[place] = lines[place][:at] + (draw(st.sampled_from(ODD)) if what == "put in" else "")
    content = "\n".join(lines).encode()
    if draw(st.booleans()):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.binary(max_size=4)) + content[at + draw(st.integers(0, 5)) :]
    return content


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=damaged(), rule=st.sampled_from((None, None, "greedy", "equalshares/add1", "nonsense")), as_json=st.booleans())
def test_every_file_has_its_line_whatever_is_in_it(content, rule, as_json, tmp_path):
    good, bad = tmp_path / "good.pb", tmp_path / "bad.pb"
    good.write_text(pb(), encoding="utf-8")
    bad.write_bytes(content)
    words = [*(["--rule", rule] if rule else []), "--json" if as_json else "--table"]
    result = CliRunner().invoke(cli, ["count", *words, str(good), str(bad), str(good)], catch_exceptions=False)
    assert result.stderr == ""
    if not as_json:
        assert result.exit_code in (0, 1)
        return
    first, middle, last = map(json.loads, result.stdout.splitlines())
    assert first == last
    assert ("winners" in first) == (rule != "nonsense")
    assert result.exit_code == int("error" in first or "error" in middle)
    assert middle["file"] == str(bad)
    if "error" in middle:
        assert set(middle["error"]) == {"line", "field", "expected"}
        assert middle["error"]["field"]
        assert middle["error"]["expected"]
        line = middle["error"]["line"]
        assert line is None or 1 <= line <= content.count(b"\n") + content.count(b"\r") + 2
    else:
        assert set(middle) >= {"file", "rule", "winners", "cost", "budget", "ties", "why"}
        assert middle["cost"] <= middle["budget"]
        assert {name for name, why in middle["why"].items() if why["reason"] == "won"} == set(middle["winners"])
