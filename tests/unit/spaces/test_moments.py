"""Times as the clocks of the city show them, also in the nights in which the clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.features.spaces.forms.moments import exists, moment

HELSINKI = ZoneInfo("Europe/Helsinki")


def clock(text):
    """What the clocks show: a time without a zone."""
    return datetime.fromisoformat(text)


def test_a_summer_time_and_a_winter_time_are_different_moments():
    assert moment(clock("2026-07-01 18:00"), HELSINKI, is_end=False) == datetime(2026, 7, 1, 15, tzinfo=UTC)
    assert moment(clock("2026-12-01 18:00"), HELSINKI, is_end=False) == datetime(2026, 12, 1, 16, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_does_not_exist():
    assert not exists(clock("2026-03-29 03:30"), HELSINKI)
    assert exists(clock("2026-03-29 02:59"), HELSINKI)
    assert exists(clock("2026-03-29 04:00"), HELSINKI)


@pytest.mark.parametrize(("is_end", "hour"), [(False, 0), (True, 1)])
def test_an_hour_that_comes_twice_loses_nobody_an_hour(is_end, hour):
    twice = clock("2026-10-25 03:30")
    assert exists(twice, HELSINKI)
    assert moment(twice, HELSINKI, is_end=is_end) == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
