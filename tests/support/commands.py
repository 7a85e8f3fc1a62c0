"""`flask …` in a process of its own, as on a console, from a server that has imported the application already.

A process that begins with nothing spends most of its time on imports. The server imports once; each command is a fork of it,
with an environment, an output and an end of its own.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.furniture import HOUSE


def flask(*words: str, environment: Mapping[str, str], seconds: float = 60) -> tuple[int, str]:
    """Run the command `flask --app wsgi` with these words; returns how it ended and what it said.

    Raises AssertionError when it does not end in time.
    """
    servers = multiprocessing.get_context("forkserver")
    servers.set_forkserver_preload(["tests.support.commands_server"])
    with TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        process = servers.Process(target=_command, args=(words, dict(environment), str(said)))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise AssertionError(f"flask {' '.join(words)} does not end:\n{said.read_text(errors='replace')}")
        return process.exitcode, said.read_text(errors="replace")


def _command(words: tuple[str, ...], environment: dict[str, str], said: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(HOUSE)
    with Path(said).open("wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    from flask.cli import main

    sys.argv = ["flask", "--app", "wsgi", *words]
    main()
