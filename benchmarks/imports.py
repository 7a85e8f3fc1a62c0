"""Bringing a large real election in, compared with only reading it: 131,778 ballots (Wrocław 2015, published by Pabulib).

Each measurement runs in a process of its own, so that its memory is its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.harness import ROOT, Figure, Installation

FILE = "Poland_Wroclaw_2015_150_-_500.pb"
FOLDER = Path(os.environ.get("PLAZA_ELECTIONS") or ROOT.parent / "shared" / "data" / "pabulib")
BALLOTS = 131_778
CASE = f"{BALLOTS:,} ballots"

MEASURED = """
import json, resource, sys, time
{before}
started = time.perf_counter()
{work}
seconds = time.perf_counter() - started
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({{"seconds": seconds, "megabytes": memory}}))
"""
ONLY_READ = {
    "before": "from pathlib import Path\nfrom app.features.counting.use_cases import read_election",
    "work": "assert read_election(Path(sys.argv[1])).tally.voters == int(sys.argv[2])",
}
BRING_IN = {
    "before": "import wsgi\nrunner = wsgi.app.test_cli_runner()",
    "work": (
        "result = runner.invoke(args=['budgets', 'import-pb', sys.argv[1]])\n"
        "assert result.exit_code == 0 and f'{sys.argv[2]} ballots' in result.output, result.output"
    ),
}


def run(place: Installation) -> Iterator[Figure]:
    """The figures of this room. The election is not part of this repository; PLAZA_ELECTIONS names its folder."""
    path = FOLDER / FILE
    if not path.exists():
        print(f"imports: left out, because {path} is not there (PLAZA_ELECTIONS names another folder)", file=sys.stderr)
        return
    bare = sorted((_measured(place, ONLY_READ, path) for _ in range(3)), key=lambda found: found["seconds"])[1]
    full = _measured(place, BRING_IN, path)
    case = f"{CASE}, {place.database}"
    against = "the bare parse"
    yield Figure("parse-pb", case, round(bare["seconds"], 2), "s")
    yield Figure("import-pb", case, round(full["seconds"], 2), "s", against, round(full["seconds"] / bare["seconds"], 1))
    yield Figure("import-pb rate", case, round(BALLOTS / full["seconds"]), "ballots/s")
    yield Figure(
        "import-pb peak memory", case, round(full["megabytes"]), "MB", against, round(full["megabytes"] / bare["megabytes"], 1)
    )


def _measured(place: Installation, script: dict[str, str], path: Path) -> dict[str, Any]:
    """Seconds and peak memory (with Python and the application) of one run. Raises RuntimeError when it fails."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED.format(**script), str(path), str(BALLOTS)],
        cwd=ROOT,
        env={**os.environ, **place.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the measurement failed:\n{done.stdout}{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
