"""Runs every check, says at the end which failed, and how long each took. Names after the command run only those."""

import subprocess
import sys
import time

HERE = "app.developers.checks"
CHECKS = {
    "format": (sys.executable, "-m", "ruff", "format", "--check", "--quiet", "."),
    "lint": (sys.executable, "-m", "ruff", "check", "--quiet", "."),
    "types": (sys.executable, "-m", "mypy"),
    "imports": (sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"),
    "translations": (sys.executable, "-m", f"{HERE}.translations"),
    "migrations": (sys.executable, "-m", f"{HERE}.migrations"),
}


def main(chosen: list[str]) -> int:
    """Run the chosen checks, or all; 1 when one fails, 2 for a name that is no check."""
    if unknown := [name for name in chosen if name not in CHECKS]:
        print(f"There is no check called {', '.join(unknown)}; there are {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    results = {}
    for name in chosen or CHECKS:
        print(f"--- {name}", flush=True)
        started = time.monotonic()
        status = subprocess.run(CHECKS[name], check=False).returncode
        results[name] = (status, time.monotonic() - started)
    print("---", flush=True)
    for name, (status, seconds) in results.items():
        print(f"{'ok    ' if status == 0 else 'FAILED'} {name} ({seconds:.1f} s)", flush=True)
    return int(any(status for status, _seconds in results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
