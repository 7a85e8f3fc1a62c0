"""When people voted: the days of META as one phase in the past."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.features.counting.use_cases import PbMeta
from app.features.voting.election_import.notices import Notice, own
from app.kernel.messages import msg

_FORMS = (
    r"(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4})",
    r"(?P<y>\d{4})[./-](?P<m>\d{1,2})[./-](?P<d>\d{1,2})",
    r"(?P<m>\d{1,2})[./-](?P<y>\d{4})",
    r"(?P<y>\d{4})[./-](?P<m>\d{1,2})",
    r"(?P<y>\d{4})",
)
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class VotingDays:
    """The moments between which people voted, and what had to be assumed."""

    starts_at: datetime
    ends_at: datetime
    notices: tuple[Notice, ...] = ()


def voting_days(meta: PbMeta, now: datetime, zone: ZoneInfo) -> VotingDays:
    """The phase of the vote; it is over at `now` whatever the file says. Days are those of the city's zone."""
    notices: list[Notice] = []
    first, last = _read(meta, "date_begin", notices), _read(meta, "date_end", notices)
    begin = first or last or _year_of(meta, notices)
    end = last or first or begin
    today = now.astimezone(zone).date()
    if begin is None or end is None:
        notices.append(
            own("no_dates", "date_begin", msg("The file has no dates; the day of the import stands in their place."))
        )
        begin = end = (today, today)
    if end[1] < begin[0]:
        notices.append(own("dates_order", "date_end", msg("The vote ended before it began; the two days were exchanged.")))
        begin, end = end, begin
    starts_at = datetime.combine(begin[0], time.min, zone)
    ends_at = datetime.combine(end[1] + timedelta(days=1), time.min, zone)
    if ends_at > now:
        if end[1] > today:
            text = msg("The file says that the vote ends in the future; it is shown as over.")
            notices.append(own("future", "date_end", text))
        ends_at = now
        starts_at = min(starts_at, now - timedelta(hours=1))
    return VotingDays(starts_at, ends_at, tuple(notices))


_Days = tuple[date, date]


def _read(meta: PbMeta, key: str, notices: list[Notice]) -> _Days | None:
    text = meta.text(key).strip()
    if not text:
        return None
    found = parse_days(text)
    if found is None:
        line = meta.lines.get(key)
        words = msg("“%(found)s” is no date; it was left out.", found=text[:40])
        notices.append(own("no_date", key, words, lines=(line,) if line else ()))
    return found


def _year_of(meta: PbMeta, notices: list[Notice]) -> _Days | None:
    years = re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", meta.text("instance"))
    if not years:
        return None
    text = msg("The file has no dates; the year %(year)s of the instance was used.", year=years[0])
    notices.append(own("year_only", "date_begin", text))
    return parse_days(years[0])


def parse_days(text: str) -> _Days | None:
    """First and last day of `15.06.2020`, `2020-06-15`, `06.2020` or `2020`; None for anything else."""
    for form in _FORMS:
        if found := re.fullmatch(form, text.split("T", maxsplit=1)[0].split(" ", maxsplit=1)[0]):
            part = {key: int(value) for key, value in found.groupdict().items()}
            try:
                return _span(part["y"], part.get("m"), part.get("d"))
            except ValueError:
                return None
    return None


def _span(year: int, month: int | None, day: int | None) -> _Days | None:
    if not EARLIEST.year <= year <= 9990:
        return None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)
