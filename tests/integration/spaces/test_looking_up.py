"""What other rooms ask this room: processes, areas, categories."""

import uuid

import pytest

from app.features.spaces import queries
from app.features.spaces.models import ProcessState
from app.kernel import geometry
from app.kernel.errors import NotFound
from app.kernel.permissions import ANONYMOUS, Actor, Role
from tests.factories import spaces

ADMINISTRATOR = Actor(person_id=uuid.uuid4(), is_administrator=True)


@pytest.fixture
def city(session):
    """A city with two districts; the western one has a neighbourhood."""
    centre = spaces.area("Centre")
    west = spaces.area("West", box=(24.90, 60.15, 24.95, 60.20), parent=centre)
    east = spaces.area("East", box=(24.95, 60.15, 25.00, 60.20), parent=centre)
    harbour = spaces.area("Harbour", box=(24.90, 60.15, 24.92, 60.17), parent=west)
    elsewhere = spaces.area("Elsewhere", box=(24.90, 60.15, 24.91, 60.16))
    return {"centre": centre, "west": west, "east": east, "harbour": harbour, "elsewhere": elsewhere}


PLACES = [
    ((24.91, 60.16), "harbour"),
    ((24.93, 60.18), "west"),
    ((24.97, 60.18), "east"),
    ((24.92, 60.17), "harbour"),  # on its border
    ((25.20, 60.18), None),
]


@pytest.mark.parametrize(("at", "expected"), PLACES)
def test_a_place_is_counted_in_the_smallest_area_that_holds_it(session, city, at, expected):
    process = spaces.process(area=city["centre"])
    found = queries.area_at(session, process, geometry.point(*at))
    assert found is (city[expected] if expected else None)
    assert queries.area_finder(session, process).at(geometry.point(*at)) is found


def test_areas_of_another_tree_do_not_count(session, city):
    process = spaces.process(area=city["east"])
    assert queries.area_at(session, process, geometry.point(24.905, 60.155)) is None
    assert queries.areas_of(session, process) == [city["east"]]


def test_the_areas_of_a_process_are_its_own_and_all_below(session, city):
    process = spaces.process(area=city["centre"])
    assert queries.areas_of(session, process) == [
        city["centre"],
        *sorted([city["west"], city["east"]], key=lambda a: a.code),
        city["harbour"],
    ]


def test_finding_the_area_of_a_place_is_one_question_to_the_database(session, city, query_counter):
    process = spaces.process(area=city["centre"])
    for index in range(20):
        spaces.area(box=(24.96 + index / 1000, 60.16, 24.97 + index / 1000, 60.17), parent=city["east"])
    session.commit()
    process = queries.process(session, process.id)
    with query_counter() as seen:
        queries.area_at(session, process, geometry.point(24.97, 60.165))
    assert seen.count == 1


def test_a_line_is_inside_only_as_a_whole(session, city):
    process = spaces.process(area=city["west"])
    inside = geometry.place_from_geojson({"type": "LineString", "coordinates": [[24.91, 60.16], [24.94, 60.19]]})
    crossing = geometry.place_from_geojson({"type": "LineString", "coordinates": [[24.91, 60.16], [24.99, 60.19]]})
    assert queries.inside_process(session, process, inside)
    assert not queries.inside_process(session, process, crossing)


def test_drafts_are_seen_by_administrators_only(session):
    draft = spaces.process(state=ProcessState.DRAFT)
    published, archived = spaces.process(), spaces.process(state=ProcessState.ARCHIVED)
    moderator = Actor(person_id=uuid.uuid4(), roles=frozenset({(Role.MODERATOR, draft.id)}))
    for actor in (ANONYMOUS, moderator):
        assert set(queries.visible_processes(session, actor)) == {published, archived}
        with pytest.raises(NotFound):
            queries.visible_process(session, actor, draft.slug)
    assert set(queries.visible_processes(session, ADMINISTRATOR)) == {draft, published, archived}
    assert queries.visible_process(session, ADMINISTRATOR, draft.slug) is draft


def test_a_process_brings_its_phases_and_categories_in_their_order(session):
    process = spaces.process(open_for=None)
    late, early = spaces.phase(process, "Late", position=2), spaces.phase(process, "Early", position=1)
    second, first = spaces.category(process, "B", position=2), spaces.category(process, "A", position=1)
    session.commit()
    session.expire_all()
    found = queries.process(session, process.id)
    assert found.phases == [early, late]
    assert found.categories == [first, second]
    assert queries.process_by_slug(session, process.slug) is found
    assert queries.process(session, uuid.uuid4()) is None
    assert queries.process_by_slug(session, "nothing") is None


def test_archived_categories_are_offered_only_when_asked_for(session):
    process = spaces.process()
    green, old = spaces.category(process, "Green"), spaces.category(process, "Old", archived=True)
    assert queries.categories_of(session, process) == [green]
    assert queries.categories_of(session, process, include_archived=True) == [green, old]


def test_the_tree_of_areas_has_parents_before_children(session, city):
    names = [(area.name["en"], depth) for area, depth in queries.with_depth(queries.all_areas(session))]
    assert names == [("Centre", 0), ("East", 1), ("West", 1), ("Harbour", 2), ("Elsewhere", 0)]


def test_the_outline_of_a_process_is_geojson_of_its_area(session, city):
    assert queries.outline(spaces.process(area=city["west"])) == city["west"].geojson
