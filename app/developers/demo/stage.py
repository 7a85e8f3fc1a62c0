"""Where proposals are played."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.developers.demo.moments import Calendar
from app.developers.demo.people import People
from app.features.maps.queries import StreetTable
from app.features.spaces.models import Area, Process


@dataclass(frozen=True)
class Stage:
    """Everything that the steps of playing proposals need."""

    session: Session
    calendar: Calendar
    people: People
    process: Process
    areas: dict[str, Area]
    streets: StreetTable
    ended: datetime | None = None
    """Until when people supported and commented; None where they still do."""

    @property
    def last(self) -> datetime:
        """The last moment at which somebody can have done something."""
        return min(self.ended or self.calendar.now, self.calendar.now)
