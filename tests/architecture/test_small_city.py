"""The small city is built once, and every law still finds it as it was built."""

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.spaces.models import Process
from tests.factories import spaces
from tests.samples.world import PLACES, visits_to
from tests.support.small_city import SmallCity, looked_at


def processes() -> int:
    return database.session.scalar(select(func.count()).select_from(Process)) or 0


def test_what_one_law_does_in_the_small_city_no_other_sees(app: Flask, db: object, small_city: SmallCity) -> None:
    var, own = app.config["SETTINGS"].var, database.engine
    file = next(path.relative_to(small_city.files) for path in sorted(small_city.files.rglob("*")) if path.is_file())
    with looked_at(app, small_city) as first:
        before, title = processes(), dict(first.process.title)
        assert before > 5
        first.process.title = {"en": "Another"}
        spaces.process("One more")
        first.client("moderator")
        database.session.commit()
        (var / file).unlink()
    assert (database.engine, processes()) == (own, 0), "the tests' own database is not the small city's"
    with looked_at(app, small_city) as second:
        assert (processes(), second.process.title) == (before, title)
        assert second.process in database.session(), "things of the city can be followed to others"
        assert len([visit for place in PLACES for visit in visits_to(app, place, second)]) > 200
        assert second.client("moderator").get("/staff/moderation").status_code == 200
        assert (var / file).is_file()
