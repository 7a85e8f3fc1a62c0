"""Runs the figures of every room, or of one, on both databases."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.harness import installation

DATABASES = ("sqlite", "postgresql")
OURS = {
    "__init__",
    "__main__",
    "bare",
    "crowd",
    "consent_rows",
    "harness",
    "letters",
    "load",
    "takeout",
    "used_over_http",
    "reading_worker",
}


def rooms() -> list[str]:
    """The rooms that have figures."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in OURS)


def main(words: list[str] | None = None) -> int:
    """Print one line per figure; 1 when PostgreSQL is required and missing."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", choices=rooms(), help="one room only")
    chosen = parser.parse_args(words).only
    missing = False
    for room in [chosen] if chosen else rooms():
        module = import_module(f"benchmarks.{room}")
        for database in DATABASES:
            with installation(database) as place:
                if place is None:
                    print(f"{room}: left out on PostgreSQL, which does not answer", file=sys.stderr)
                    missing = True
                    continue
                for figure in module.run(place):
                    print(figure.line(), flush=True)
    return int(missing and os.environ.get("REQUIRE_SERVICES") == "1")


if __name__ == "__main__":
    sys.exit(main())
