"""Coordinates in all the ways that people copy them from phones, maps and letters."""

import pytest

from app.features.maps.coordinates import Coordinates, parse_coordinates
from app.features.maps.source import OFFLINE_BOUNDS

STATION = (24.9384, 60.1699)


@pytest.mark.parametrize(
    "text",
    [
        "60.1699, 24.9384",
        "60.1699 24.9384",
        "60,1699 24,9384",
        "60,1699; 24,9384",
        "60,1699, 24,9384",
        "60,1699,24,9384",
        "60.1699/24.9384",
        "60.1699N 24.9384E",
        "60.1699° N, 24.9384° E",
        "N 60.1699 E 24.9384",
        "24.9384E 60.1699N",
        "e24.9384 n60.1699",
        "60° 10.194' N, 24° 56.304' E",
        "60°10′11.64″N 24°56′18.24″E",
        "60°10'11,64\"N 24°56'18,24\"E",
        "+60.1699, +24.9384",
    ],
)
def test_one_place_in_many_spellings(text: str) -> None:
    found = parse_coordinates(text)
    assert found is not None
    assert (found.lon, found.lat) == pytest.approx(STATION, abs=1e-6)
    assert not found.swapped


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "60.1699",
        "60 10 11",
        "1,2,3",
        "95.0, 200.0",
        "60°75' 24°10'",
        "60N 61N",
        "12E 13E",
        "60.1, 24.9, 12",
        "60.1 x 24.9",
        "Mannerheimintie 12",
    ],
)
def test_what_is_no_pair_of_coordinates_is_not_made_into_one(text: str) -> None:
    assert parse_coordinates(text) is None


def test_south_and_west_are_below_zero() -> None:
    assert parse_coordinates("33.9S 18.4W") == Coordinates(-18.4, -33.9)
    assert parse_coordinates("-33.9, −18.4") == Coordinates(-18.4, -33.9)


def test_numbers_in_the_other_order_are_turned_only_where_that_is_certain_and_said() -> None:
    assert parse_coordinates("24.9384, 60.1699") == Coordinates(60.1699, 24.9384)
    assert parse_coordinates("24.9384, 60.1699", OFFLINE_BOUNDS) == Coordinates(24.9384, 60.1699, swapped=True)
    assert parse_coordinates("124.9, 60.1") == Coordinates(124.9, 60.1, swapped=True)
    assert parse_coordinates("60.1699, 24.9384", OFFLINE_BOUNDS) == Coordinates(24.9384, 60.1699)


def test_the_edges_of_the_globe_are_on_the_globe() -> None:
    assert parse_coordinates("90, 180") == Coordinates(180.0, 90.0)
    assert parse_coordinates("-90, -180") == Coordinates(-180.0, -90.0)
