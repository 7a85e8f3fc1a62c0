"""Law 9: a list or detail page asks the database equally often, however many rows there are."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.extensions import db as database
from app.kernel import outbox
from app.kernel.database import Database
from app.rooms import ROOMS
from tests.samples.world import World, samples_module, viewer_for, visits_to
from tests.support.laws import GrewSlower, assert_constant_queries

GROWING = [(room, endpoint) for room in ROOMS for endpoint in getattr(samples_module(room), "GROW", {})]


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize(("room", "endpoint"), GROWING)
def test_a_page_asks_equally_often_when_rows_are_added(app: Flask, world: World, room: str, endpoint: str) -> None:
    grow = samples_module(room).GROW[endpoint]
    visit = next(visit for name, visit in visits_to(app, room, world) if name == endpoint)
    assert_constant_queries(world.client(visit.viewer or viewer_for("public")), visit.url, more=lambda: grow(world))


def planted(db: Database, *, once: bool) -> Flask:
    """A list of rows that asks once, or once more for each row."""
    app = Flask("planted")

    @app.get("/list")
    def show() -> str:
        ids = db.session.scalars(select(outbox.OutboxRow.id)).all()
        if not once:
            for _ in ids:
                db.session.execute(text("SELECT 1"))
        return str(len(ids))

    return app


def one_more() -> None:
    outbox.post(database.session(), "planted")


def test_a_list_that_asks_once_for_each_row_is_found(db: Database) -> None:
    with pytest.raises(GrewSlower, match="SELECT 1"):
        assert_constant_queries(planted(db, once=False).test_client(), "/list", more=one_more)


def test_a_list_that_asks_once_is_fine(db: Database) -> None:
    assert_constant_queries(planted(db, once=True).test_client(), "/list", more=one_more)
