"""A date and a time as the clocks of the city show them. Nights in which the clocks change are no trap."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from wtforms import Field
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import DateTimeLocalInput

from app.kernel.texts import as_typed

FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f")
EARLIEST, LATEST = 1990, 2200
LONGEST = 40
"""No day and time is longer; of what is, a form that comes back shows the beginning."""


class MomentField(Field):
    """Date and time in the city's zone. `data` is the naive local time; `moment` says when that is."""

    widget = DateTimeLocalInput()

    def _value(self) -> str:
        if self.raw_data:
            return as_typed(" ".join(str(part) for part in self.raw_data))[:LONGEST]
        return self.data.strftime(FORMATS[0]) if self.data else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what browsers send, and what people write where a browser has no such control."""
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        for pattern in FORMATS:
            try:
                found = datetime.strptime(text, pattern).replace(second=0, microsecond=0)  # noqa: DTZ007  local by meaning
            except ValueError:
                continue
            if EARLIEST <= found.year <= LATEST:
                self.data = found
                return
            raise ValueError(gettext("Choose a year from %(first)s to %(last)s.", first=str(EARLIEST), last=str(LATEST)))
        raise ValueError(gettext("Write day and time like this: 2027-05-31 18:00."))

    def pre_validate(self, form: Any) -> None:
        """One reason is enough: what cannot be read is not also missing."""
        if self.process_errors:
            raise StopValidation


class Exists:
    """Refuses an hour that the clocks skip in spring."""

    def __init__(self, zone: Any) -> None:
        self.zone = zone

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError when no clock of the city ever shows this time."""
        if field.data is not None and not exists(field.data, self.zone()):
            raise ValidationError(gettext("This time does not exist: the clocks go forward that night. Choose another hour."))


def exists(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of `zone` ever show `local`."""
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local


def moment(local: datetime, zone: ZoneInfo, *, is_end: bool) -> datetime:
    """When the clocks show `local`. Where they show it twice, in autumn, a beginning means the first time, an end the second.

    So nobody loses an hour.
    """
    return local.replace(tzinfo=zone, fold=1 if is_end else 0).astimezone(UTC)
