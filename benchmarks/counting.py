"""Counting real elections, reading the file included (published by Pabulib): one command for each figure, in its own process.

Where pabutools is installed, Łódź with Add1 is counted by it too, in the same run, and has to elect the same.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.harness import ROOT, Figure, Installation
from benchmarks.imports import FOLDER

LODZ, WIELICZKA = "Poland_Lodz_2022.pb", "Poland_Wieliczka_2023_Green_Budget.pb"
REPEATS = 3

OURS = """
import json, sys, time
from pathlib import Path
from app.features.counting.use_cases import count_election, read_election, wants_ballots
import app.features.counting.shares.count
path, rule, exhaustive = Path(sys.argv[1]), sys.argv[2] or None, bool(sys.argv[3])
started = time.perf_counter()
election = read_election(path, keep_ballots=wants_ballots(rule))
result = count_election(election, rule=rule, stop_when_exhaustive=exhaustive)
print(json.dumps({"seconds": time.perf_counter() - started, "winners": sorted(result.winners)}))
"""
THEIRS = """
import json, sys, time
from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares
started = time.perf_counter()
instance, profile = parse_pabulib(sys.argv[1])
found = method_of_equal_shares(instance, profile.as_multiprofile(), sat_class=Cost_Sat, voter_budget_increment=1)
print(json.dumps({"seconds": time.perf_counter() - started, "winners": sorted(project.name for project in found)}))
"""
ALL = """
import json, sys, time
from click.testing import CliRunner
from app.features.counting.cli import cli
started = time.perf_counter()
result = CliRunner().invoke(cli, ["count", "--json", *sys.argv[1:]])
assert len(result.stdout.splitlines()) == len(sys.argv) - 1
print(json.dumps({"seconds": time.perf_counter() - started}))
"""


def run(place: Installation) -> Iterator[Figure]:
    """The figures of this room. No database is involved, so they are taken once."""
    if place.database != "sqlite":
        return
    files = sorted(FOLDER.glob("*.pb"))
    if not files:
        print(f"counting: left out, because {FOLDER} has no elections (PLAZA_ELECTIONS names another folder)", file=sys.stderr)
        return
    yield _figure("greedy", "90,494 ballots, 160 projects", LODZ, "greedy")
    yield _figure("equal shares, Add1", "90,494 ballots, 160 projects", LODZ, "equalshares/add1")
    yield _figure("equal shares, Add1", "6,586 ballots, 64 projects", WIELICZKA, "equalshares/add1")
    yield _figure("phragmen", "90,494 ballots, 160 projects", LODZ, "phragmen")
    whole = _best(ALL, *map(str, files))
    yield Figure("all elections, one command", f"{len(files)} files", round(whole["seconds"], 2), "s")
    if find_spec("pabutools") is None:
        print("counting: not compared with pabutools, which is not installed", file=sys.stderr)
        return
    ours = _best(OURS, str(FOLDER / LODZ), "equalshares/add1", "exhaustive")
    theirs = _measured(THEIRS, str(FOLDER / LODZ))
    if ours["winners"] != theirs["winners"]:
        raise RuntimeError("pabutools elects others")
    yield Figure(
        "equal shares, Add1 until exhaustive",
        "90,494 ballots, 160 projects",
        round(ours["seconds"], 2),
        "s",
        f"pabutools, {theirs['seconds']:.1f} s",
        round(ours["seconds"] / theirs["seconds"], 4),
    )


def _figure(bench: str, case: str, file: str, rule: str) -> Figure:
    return Figure(bench, case, round(_best(OURS, str(FOLDER / file), rule, "")["seconds"], 2), "s")


def _best(program: str, *words: str) -> dict[str, Any]:
    """The quickest of some runs: what the work takes where nothing else disturbs it."""
    return min((_measured(program, *words) for _ in range(REPEATS)), key=lambda found: found["seconds"])


def _measured(program: str, *words: str | Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)
