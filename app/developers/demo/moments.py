"""When things happen in the demonstration city: always told from today, so that what is open stays open."""

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

WAKING_HOURS = (7, 22)
A_MOMENT = timedelta(minutes=7)


@dataclass(frozen=True)
class Calendar:
    """Days before and after `now` in the city's zone."""

    now: datetime
    zone: ZoneInfo

    def midnight(self, days: int) -> datetime:
        """The beginning of the day `days` from today; negative ones lie in the past."""
        today = self.now.astimezone(self.zone).date()
        return datetime.combine(today + timedelta(days=days), time(), self.zone)

    def past(self, days_ago: int, chance: random.Random, *, after: datetime | None = None) -> datetime:
        """Some waking hour of a day in the past; later than `after`, and never later than a moment ago."""
        moment = self.midnight(-days_ago) + timedelta(minutes=chance.randint(WAKING_HOURS[0] * 60, WAKING_HOURS[1] * 60))
        if after is not None and moment <= after:
            moment = after + timedelta(minutes=chance.randint(5, 90))
        return min(moment, self.now - A_MOMENT)

    def between(self, first: datetime, last: datetime, chance: random.Random) -> datetime:
        """Some moment between two."""
        return first + (last - first) * chance.random() if last > first else first
