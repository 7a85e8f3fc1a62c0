"""The small city of tests/samples. It is built once, in a database of its own; every test finds it as it was built."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from app.extensions import db as database
from app.kernel import clock
from app.kernel.database import Database
from app.kernel.model import Model
from tests.samples import world as worlds
from tests.support.application import long_before_midnight, time_from
from tests.support.database import sqlite_file, temporary_postgresql


@dataclass
class SmallCity:
    """The city as it was built: its database, what the samples remember of it, and a copy of its files."""

    engine: Engine
    world: worlds.World
    files: Path
    built_at: datetime


@contextmanager
def instead(engine: Engine) -> Iterator[None]:
    """Let the application use another database."""
    own, settings = database.engine, dict(database._factory.kw)
    database.session.remove()
    database.engine = engine
    database._factory.configure(bind=engine, join_transaction_mode="conditional_savepoint")
    try:
        yield
    finally:
        database.session.remove()
        database.engine = own
        database._factory.configure(**{"join_transaction_mode": "conditional_savepoint", **settings})


@pytest.fixture(scope="session")
def small_city(app: Flask, database_url: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[SmallCity]:
    """The small city, once per run and database: building it takes longer than most tests that look at it."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("small-city")
        if database_url.startswith("sqlite"):
            url = sqlite_file(folder)
        else:
            url = stack.enter_context(temporary_postgresql(f"plaza_city_{os.getpid()}_{worker_id}"))
        place = Database()
        place.bind(url)
        stack.callback(place.engine.dispose)
        Model.metadata.create_all(place.engine)
        with instead(place.engine), time_from(long_before_midnight(clock.now())):
            built = worlds.build(app)
            database.session.commit()
            built_at = clock.now()
        files = folder / "files"
        shutil.copytree(app.config["SETTINGS"].var, files, ignore=shutil.ignore_patterns("mail", "*.sqlite3*"))
        yield SmallCity(place.engine, built, files, built_at)


def _copied(source: str, target: str) -> str:
    """Copy a file unless it is there as it was: opening forty for writing takes longer than many a test."""
    with suppress(FileNotFoundError):
        ours, theirs = Path(source).stat(), Path(target).stat()
        if (ours.st_size, ours.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns):
            return target
    return str(shutil.copy2(source, target))


@contextmanager
def looked_at(app: Flask, city: SmallCity) -> Iterator[worlds.World]:
    """The city as it was built, and when; whatever is done in it is undone, rows and files."""
    shutil.copytree(city.files, app.config["SETTINGS"].var, dirs_exist_ok=True, copy_function=_copied)
    with instead(city.engine), database.isolated(), time_from(city.built_at):
        yield city.world.again()


@pytest.fixture
def world(app: Flask, db: Any, small_city: SmallCity) -> Iterator[worlds.World]:
    """A small city with one of everything, undone after the test."""
    with looked_at(app, small_city) as city:
        yield city
