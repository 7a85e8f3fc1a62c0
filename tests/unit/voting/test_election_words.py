"""What META means: days, addresses, money, languages, which election it is, and where it was."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from shapely.geometry import Point, shape

from app.features.counting.use_cases import PbMeta, PbProject, VoteType
from app.features.voting.election_import import words
from app.features.voting.election_import.days import parse_days, voting_days
from app.features.voting.election_import.outline import hull, place_of

NOW = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")


def meta(**fields: str) -> PbMeta:
    """META with these keys."""
    return PbMeta(0, 0, 0, VoteType.APPROVAL, "greedy", fields=tuple(fields.items()))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("15.06.2020", (date(2020, 6, 15), date(2020, 6, 15))),
        ("2020-06-15", (date(2020, 6, 15), date(2020, 6, 15))),
        ("2020-06-15T10:00", (date(2020, 6, 15), date(2020, 6, 15))),
        ("02.2020", (date(2020, 2, 1), date(2020, 2, 29))),
        ("2021", (date(2021, 1, 1), date(2021, 12, 31))),
        ("31.02.2020", None),
        ("0000", None),
        ("soon", None),
    ],
)
def test_days_are_read_as_cities_write_them(text: str, days: Any) -> None:
    assert parse_days(text) == days


def test_the_vote_is_over_whatever_the_file_says() -> None:
    found = voting_days(meta(date_begin="01.05.2026", date_end="31.12.2099"), NOW, WARSAW)
    assert found.ends_at == NOW
    assert [notice["code"] for notice in found.notices] == ["future"]


def test_days_in_the_wrong_order_are_exchanged() -> None:
    found = voting_days(meta(date_begin="15.06.2020", date_end="01.06.2020"), NOW, WARSAW)
    assert found.starts_at < found.ends_at
    assert [notice["code"] for notice in found.notices] == ["dates_order"]


def test_the_last_day_counts_to_its_end_in_the_citys_time() -> None:
    found = voting_days(meta(date_begin="01.06.2020", date_end="15.06.2020"), NOW, WARSAW)
    assert found.ends_at == datetime(2020, 6, 15, 22, 0, tzinfo=UTC)


def test_addresses_keep_letters_that_have_no_accent_to_take_off() -> None:
    assert words.address(meta(country="Poland", unit="Łódź", instance="2022")) == "poland-lodz-2022"


def test_a_title_says_each_thing_once() -> None:
    one = meta(description="District PB in Wrocław, 750, Rejon nr 8", subunit="Rejon nr 8, 750", instance="2018")
    assert words.title(one) == "District PB in Wrocław, 750, Rejon nr 8, 2018"
    assert words.title(meta(description="PB Chicago 2021", subunit="vote rankings")) == "PB Chicago 2021, vote rankings"
    assert words.title(meta(unit="Gdynia", instance="2023")) == "Gdynia, 2023"


@pytest.mark.parametrize(
    ("fields", "currency"),
    [
        ({"currency": "eur"}, "EUR"),
        ({"country": "Poland"}, "PLN"),
        ({"country": "US"}, "USD"),
        ({"country": "Worldwide"}, "XXX"),
        ({}, "XXX"),
    ],
)
def test_money_is_the_files_or_the_countrys_or_none(fields: dict[str, str], currency: str) -> None:
    assert words.money_of(meta(**fields)).currency == currency


@pytest.mark.parametrize(
    ("fields", "language"),
    [({"language": "pl"}, "pl"), ({"country": "France"}, "fr"), ({"language": "und"}, "en"), ({"language": "pt-BR"}, "pt")],
)
def test_names_are_in_the_files_language_or_the_countrys(fields: dict[str, str], language: str) -> None:
    assert words.language(meta(**fields)) == language


def test_the_hull_holds_every_place_with_some_room() -> None:
    places = [(20.90, 52.26), (20.98, 52.27), (20.95, 52.33)]
    outline = hull(places)
    assert outline is not None
    polygon = shape(outline)
    assert polygon.is_valid
    assert all(polygon.contains(Point(place).buffer(0.003)) for place in places)


def test_one_place_has_a_hull_and_none_has_no_hull() -> None:
    assert shape(hull([(21.0, 52.0)]) or {}).contains(Point(21.0, 52.0))
    assert hull([]) is None


def test_a_place_at_zero_is_no_place() -> None:
    assert place_of(PbProject("1", 1, latitude=0.0, longitude=0.0)) is None
    assert place_of(PbProject("1", 1, latitude=52.0)) is None
    assert place_of(PbProject("1", 1, latitude=52.0, longitude=21.0)) == (21.0, 52.0)
