"""Where servers, workers and the command `flask` find the application: `wsgi:app` and `wsgi:celery`."""

import gc
import os
import sys
from collections.abc import Mapping
from typing import Any

from flask import Flask

from app import create_app


def only_counts(environ: Mapping[str, str], words: list[str]) -> bool:
    """Whether this is `flask counting …`: whoever recounts an election has no installation, and needs none."""
    rest = iter(words)
    for word in rest:
        if word in ("-A", "--app", "-e", "--env-file"):
            next(rest, None)
        elif not word.startswith("-"):
            return environ.get("FLASK_RUN_FROM_CLI") == "true" and word == "counting"
    return False


def counting_alone() -> Flask:
    """An application with that command and nothing else. No settings are read, so none can be missing."""
    from app.features.counting.cli import cli

    bare = Flask("plaza", static_folder=None)
    bare.cli.add_command(cli)
    return bare


app = counting_alone() if only_counts(os.environ, sys.argv[1:]) else create_app()
gc.freeze()  # what stays for ever is not looked through again and again, while everybody who asks waits


def __getattr__(name: str) -> Any:
    if name == "celery":
        from app.extensions import celery

        return celery
    raise AttributeError(name)


__all__ = ["app", "celery"]  # noqa: F822 - celery is found above, so that counting does not wait for it
