"""On which days of the city something was open."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.features.spaces.models import Action, Phase, Process, ProcessState
from app.features.spaces.queries import open_on

HELSINKI = ZoneInfo("Europe/Helsinki")


def test_the_days_of_a_vote_are_those_of_the_city_and_end_with_an_interruption():
    phase = Phase(
        actions=["vote"], starts_at=datetime(2026, 5, 10, 21, tzinfo=UTC), ends_at=datetime(2026, 5, 14, 21, tzinfo=UTC)
    )
    space = Process(phases=[phase], state=ProcessState.PUBLISHED)
    now = datetime(2026, 6, 1, tzinfo=UTC)

    def days(now):
        return [at for at in range(9, 17) if open_on(space, Action.VOTE, date(2026, 5, at), HELSINKI, now)]

    assert days(now) == [11, 12, 13, 14]
    assert days(datetime(2026, 5, 12, 12, tzinfo=UTC)) == [11, 12]
    space.interrupted_at = datetime(2026, 5, 12, 22, tzinfo=UTC)
    assert days(now) == [11, 12, 13]
    space.state = ProcessState.ARCHIVED
    assert days(now) == []
