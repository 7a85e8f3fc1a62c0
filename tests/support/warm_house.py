"""The house of `make run` with its own supervisor, whose programs are forks of it and not interpreters that begin with nothing.

A house has six processes, and importing the application takes each of them three seconds of processor time. Begun by
`tests/support/commands.py`, so that the application is imported already; `tests/services/test_opening_and_closing.py` opens
the house with programs as they are.
"""

import os
import sys
from pathlib import Path

from app.developers import serve
from tests.support.commands import CONSOLE, fork


class WarmSupervisor(serve.Supervisor):
    """Starts parts as forks."""

    def _start(self, part: serve.Part) -> None:
        words = list(part.command)
        console = Path(os.environ[CONSOLE])
        part.process = fork(*words[words.index("-m") :], environment=self.environment, output=console)  # type: ignore[assignment]


if __name__ == "__main__":
    serve.Supervisor = WarmSupervisor  # type: ignore[misc]
    sys.exit(serve.main())
