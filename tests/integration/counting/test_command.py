"""`flask counting count` as somebody at home calls it: with no settings, no database and files of all kinds."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories.counting import pb

ROOT = Path(__file__).parents[3]


def flask(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PLAZA_", "FLASK_"))}
    command = [sys.executable, "-m", "flask", *words]
    return subprocess.run(
        command, cwd=ROOT, env=inherited | environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_counting_needs_no_installation_and_every_other_command_still_does(tmp_path):
    (tmp_path / "town.pb").write_text(pb(), encoding="utf-8")
    counted = flask("counting", "count", "--json", str(tmp_path / "town.pb"))
    assert (counted.returncode, counted.stderr) == (0, "")
    assert json.loads(counted.stdout)["winners"] == ["p1"]
    named = flask("--app", "wsgi", "counting", "count", "--json", str(tmp_path / "town.pb"))
    assert named.stdout == counted.stdout
    refused = flask("routes")
    assert refused.returncode != 0
    assert "ConfigurationError" in refused.stderr


@pytest.mark.slow
def test_whatever_is_no_election_has_a_line_of_its_own_and_the_election_is_counted(tmp_path):
    good = tmp_path / "good.pb"
    good.write_text(pb(), encoding="utf-8")
    (tmp_path / "empty.pb").touch()
    (tmp_path / "folder.pb").mkdir()
    (tmp_path / "packed.pb.gz").write_bytes(gzip.compress(pb().encode()))
    (tmp_path / "picture.pb").write_bytes(bytes(range(256)) * 20)
    names = ["empty.pb", "folder.pb", "packed.pb.gz", "picture.pb", "missing.pb", "a\nname.pb"]
    result = flask("counting", "count", "--json", *(str(tmp_path / name) for name in names), str(good))
    assert (result.returncode, result.stderr) == (1, "")
    *refused, counted = map(json.loads, result.stdout.splitlines())
    assert [Path(answer["file"]).name for answer in refused] == names
    for answer in refused:
        assert answer["error"]["field"] == "file"
        assert answer["error"]["expected"]
    assert counted["winners"] == ["p1"]


@pytest.mark.slow
def test_an_election_may_come_through_a_pipe(tmp_path):
    (tmp_path / "town.pb").write_text(pb(), encoding="utf-8")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PLAZA_", "FLASK_"))}
    command = f"cat {tmp_path / 'town.pb'} | {sys.executable} -m flask counting count --json /dev/stdin"
    result = subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, env=inherited, capture_output=True, text=True, check=False)
    assert json.loads(result.stdout)["winners"] == ["p1"]


@pytest.mark.slow
def test_names_that_the_terminal_cannot_show_do_not_stop_the_count(tmp_path):
    strange = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe\xc5.pb")
    Path(strange).write_text(
        pb(project_header="project_id;cost;name", projects=["p1;100;Łąka", "p2;200;Zoo"]), encoding="utf-8"
    )
    for words in (("--json",), ("--table",)):
        for encoding in ("ascii", "utf-8"):
            result = flask("counting", "count", *words, strange, PYTHONIOENCODING=encoding)
            assert (result.returncode, result.stderr) == (0, "")
            assert "p1" in result.stdout
