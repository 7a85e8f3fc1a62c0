"""The converter of map data: what the edge of an extract cut is completed, and no further than we may guess."""

import pytest
from shapely.geometry import LineString

from app.developers.city_data.osm.basemap import Encoder
from app.developers.city_data.osm.edges import carried_line, closed_area, cut_runs
from app.developers.city_data.osm.reading import Extract, Thing
from app.developers.city_data.osm.water import sea

BOUNDS = (0.0, 0.0, 0.01, 0.01)
PLACES = {number: (number / 1000, 0.005) for number in range(1, 10)}


@pytest.mark.parametrize(
    ("refs", "expected"),
    [
        ([1, 2, 3], [([1, 2, 3], False, False)]),
        ([1, 2, 99], [([1, 2], False, True)]),
        ([99, 1, 2, 98, 3, 4], [([1, 2], True, True), ([3, 4], True, False)]),
        ([1, 2, 99, 3, 1], [([3, 1, 2], True, True)]),
        ([1, 2, 3, 1], [([1, 2, 3, 1], False, False)]),
        ([99, 98], []),
    ],
)
def test_a_way_comes_back_in_the_pieces_that_lie_inside(refs: list[int], expected: list) -> None:
    assert cut_runs(refs, PLACES) == [([PLACES[ref] for ref in run], begins, ends) for run, begins, ends in expected]


def test_a_cut_street_runs_straight_on_to_the_edge() -> None:
    line = carried_line([(0.008, 0.005), (0.0095, 0.0055)], False, True, BOUNDS)
    assert line.coords[-1] == pytest.approx((0.01, 0.005 + 0.0005 * 4 / 3))
    assert len(line.coords) == 3


def test_a_street_that_ends_inside_is_left_alone() -> None:
    assert (
        carried_line([(0.008, 0.005), (0.0095, 0.0055)], False, False, BOUNDS).length
        == LineString([(0.008, 0.005), (0.0095, 0.0055)]).length
    )


def test_nothing_is_guessed_over_long_distances() -> None:
    assert len(carried_line([(0.004, 0.005), (0.005, 0.005)], True, True, BOUNDS).coords) == 2
    assert closed_area([(0.004, 0.004), (0.005, 0.005), (0.004, 0.006)], BOUNDS) is None


def test_a_cut_house_is_closed_along_the_edge() -> None:
    house = closed_area([(0.0098, 0.004), (0.0095, 0.004), (0.0095, 0.006), (0.0098, 0.006)], BOUNDS)
    assert house is not None
    assert house.area == pytest.approx(0.0005 * 0.002)


def test_a_house_in_the_corner_keeps_its_corner() -> None:
    house = closed_area([(0.0097, 0.0092), (0.0094, 0.0092), (0.0094, 0.0098)], BOUNDS)
    assert house is not None
    assert house.area == pytest.approx(0.0006 * 0.0008)


def test_the_sea_lies_on_the_right_of_a_coastline() -> None:
    extract = Extract(BOUNDS)
    extract.way_tags[1] = {"natural": "coastline"}
    extract.runs[1] = [[(0.0002, 0.005), (0.005, 0.005), (0.0098, 0.005)]]  # eastwards: water in the south
    found = sea(extract)
    assert len(found) == 1
    assert found[0].bounds == pytest.approx((0, 0, 0.01, 0.005))


def test_paths_are_written_as_small_differences() -> None:
    encoder = Encoder(Extract((24.0, 60.0, 25.0, 61.0), areas=[Thing({}, LineString([(0, 0), (1, 1)]))]))
    assert encoder.path([(24.000001, 60.000002), (24.000011, 60.000002), (24.000011, 60.000002)]) == [1, 2, 10, 0]
