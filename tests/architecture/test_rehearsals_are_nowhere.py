"""A rehearsal counts nowhere: no list, feed, search, file or figure of the house knows of it, and its own pages all say so."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.features.budgets.models import Pot, Project
from app.features.dataplatform.queries import content, data_sets
from tests.samples.world import NOBODY, PLACES, RESIDENT, Visit, World, visits_to

# Where staff are meant to meet rehearsals: their own pages, who has which role where, and the log of what was done.
MEANT = ("/staff/rehearsals", "/staff/people", "/staff/audit")


def traces(world: World) -> tuple[str, ...]:
    """What would give the rehearsals of the small city away: addresses, ids, references, names."""
    found = []
    for copy in (world.rehearsed, world.ended):
        pots = db.session.scalars(select(Pot).where(Pot.process_id == copy.id)).all()
        projects = db.session.scalars(select(Project).where(Project.pot_id.in_([pot.id for pot in pots])))
        found += [copy.slug, str(copy.id), *(str(pot.id) for pot in pots), *(one.reference for one in projects)]
    return (*found, "Rehearsal: ")


def _elsewhere(app: Flask, world: World) -> Iterator[Visit]:
    for place in PLACES:
        for _endpoint, visit in visits_to(app, place, world):
            if visit.status == 200 and not visit.url.startswith(MEANT) and not any(one in visit.url for one in traces(world)):
                yield visit


@pytest.mark.one_database("sqlite")
@pytest.mark.timeout(240)
def test_no_page_list_feed_or_file_shows_a_rehearsal(app: Flask, world: World) -> None:
    marks, problems = traces(world), []
    visits = list(_elsewhere(app, world))
    for viewer in {visit.viewer or NOBODY for visit in visits}:
        world.client(viewer)
    db.session.commit()
    for visit in visits:
        body = world.client(visit.viewer or NOBODY).get(visit.url).get_data().decode(errors="replace")
        db.session.remove()
        problems += [f"{visit.url} ({visit.viewer}) shows {one}" for one in marks if one in body]
    assert not problems, "\n".join(problems)


def test_the_traces_are_seen_where_they_are_meant_to_be(app: Flask, world: World) -> None:
    address = f"/staff/rehearsals/run/{world.rehearsed.id}"
    body = world.client("administrator").get(address).get_data(as_text=True)
    assert [one for one in traces(world) if one in body]


@pytest.mark.parametrize("file_format", ["csv", "geojson"])
def test_no_data_set_has_a_rehearsal_in_it(app: Flask, world: World, file_format: str) -> None:
    for one in data_sets():
        body = b"".join(content(db.session(), one, file_format)).decode()
        assert not [trace for trace in traces(world) if trace in body], one.name


OWN_PAGES = (
    "/budgets/{pot}", "/budgets/{pot}/result", "/voting/{pot}", "/voting/{pot}/board", "/processes/{slug}",
    "/budgets/of/{slug}/result", "/staff/budgets/{pot}", "/staff/rehearsals/run/{copy}",
    "/staff/rehearsals/run/{copy}/throw-away",
)  # fmt: skip


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize("address", OWN_PAGES)
def test_every_page_of_a_rehearsal_says_that_nothing_counts_and_is_for_staff_alone(
    app: Flask, world: World, address: str
) -> None:
    names = {"pot": world.rehearsed_pot.id, "copy": world.rehearsed.id, "slug": world.rehearsed.slug}
    url = address.format(**names)

    assert "Rehearsal: nothing here counts." in world.client("administrator").get(url, follow_redirects=True).get_data(
        as_text=True
    )
    for stranger in (NOBODY, RESIDENT, "moderator"):
        answer = world.client(stranger).get(url)
        assert answer.status_code != 200
        assert "nothing here counts" not in answer.get_data(as_text=True)
