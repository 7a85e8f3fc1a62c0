"""The time in which tests of a day run: it passes, and no day ends meanwhile."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.kernel import clock
from tests.support.application import long_before_midnight, time_from

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.mark.parametrize(
    "day", [datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)]
)
def test_no_day_ends_within_the_next_hour(day: datetime) -> None:
    moments = [day + timedelta(minutes=5 * at) for at in range(24 * 12)]
    for moment in moments:
        begun = long_before_midnight(moment)
        for zone in (UTC, HELSINKI):
            assert begun.astimezone(zone).date() == (begun + timedelta(minutes=59)).astimezone(zone).date()
    assert sum(long_before_midnight(moment) == moment for moment in moments) > 20 * 12


def test_time_passes_from_the_moment_on_and_is_the_present_again_afterwards() -> None:
    moment = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
    with time_from(moment):
        first = clock.now()
        time.sleep(0.01)
        assert moment <= first < clock.now() < moment + timedelta(minutes=1)
        assert clock.today("Europe/Helsinki") == moment.date()
    assert clock.now() > moment + timedelta(minutes=1)
