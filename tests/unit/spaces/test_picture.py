"""The drawing of the city."""

import json
import uuid
from types import SimpleNamespace

from shapely.geometry import box, mapping

from app.features.spaces.picture import SIZE, draw, label_names, name_of

GROUND = {
    "bounds": [24.9, 60.15, 25.0, 60.2],
    "scale": 1e-6,
    "attribution": "© somebody",
    "areas": {"water": [[[0, 0, 10_000, 0, 0, 10_000]]]},
    "lines": {"major": [[-1, [0, 0, 50_000, 25_000]]]},
    "houses": {"house": [[[5_000, 5_000, 900, 0, 0, 900]]]},
}


def area(west, south, east, north, parent=None):
    """An area to draw."""
    shape = box(west, south, east, north)
    return SimpleNamespace(
        id=uuid.uuid4(),
        parent_id=parent.id if parent else None,
        geojson=json.dumps(mapping(shape)),
        lon=shape.centroid.x,
        lat=shape.centroid.y,
    )


def test_a_city_without_areas_has_no_drawing():
    assert draw([]) is None


def test_the_drawing_keeps_the_proportions_of_the_ground():
    picture = draw([area(24.9, 60.15, 25.0, 60.2)])
    assert picture.height == SIZE
    assert abs(picture.width / picture.height - 0.1 * 0.4975 / 0.05) < 0.02


def test_every_area_has_its_shape_and_only_the_smallest_have_names_and_borders():
    city = area(24.9, 60.15, 25.0, 60.2)
    west, east = area(24.9, 60.15, 24.95, 60.2, city), area(24.95, 60.15, 25.0, 60.2, city)
    picture = draw([city, west, east])
    for each in (city, west, east):
        assert f'id="{name_of(each.id)}"' in picture.svg
    assert set(picture.points) == {west.id, east.id}
    names = label_names(picture, {west.id: "West", east.id: "East", city.id: "City"})
    assert sorted(name.text for name in names) == ["East", "West"]


def test_names_that_would_touch_or_are_too_long_are_left_away():
    city = area(24.9, 60.15, 25.0, 60.2)
    near = [area(24.95, 60.170 + i / 10_000, 24.96, 60.171 + i / 10_000, city) for i in range(3)]
    picture = draw([city, *near])
    assert len(label_names(picture, {each.id: "Some name" for each in near})) == 1
    assert label_names(picture, {near[0].id: "x" * 200}) == []


def test_names_at_the_edge_move_inside():
    edge = area(24.9, 60.15, 24.9001, 60.2)
    picture = draw([edge, area(24.9001, 60.15, 25.0, 60.2)])
    (name,) = label_names(picture, {edge.id: "Long name at the edge"})
    assert name.x - len(name.text) * 6 >= 0


def test_streets_are_drawn_where_the_shipped_map_covers_the_city_and_its_makers_are_named():
    covered = draw([area(24.9, 60.15, 25.0, 60.2)], GROUND)
    assert covered.has_ground
    assert covered.credit == "© somebody"
    assert "--picture-water" in covered.svg
    elsewhere = draw([area(13.3, 52.4, 13.5, 52.6)], GROUND)
    assert not elsewhere.has_ground
    assert "--picture-water" not in elsewhere.svg


def test_the_same_city_gives_the_same_drawing():
    one = area(24.9, 60.15, 25.0, 60.2)
    assert draw([one]).digest == draw([one]).digest
    assert draw([one]).digest != draw([one, area(24.9, 60.15, 24.95, 60.2, one)]).digest
