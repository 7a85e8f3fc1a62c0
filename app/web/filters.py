"""What templates can do with values: dates in the city's zone, money, texts in several languages."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import get_currency_precision
from flask import Flask, current_app, request
from flask_babel import format_currency, format_date, format_datetime, format_decimal, format_time, get_domain, gettext
from markupsafe import Markup, escape

from app.kernel import clock
from app.kernel.messages import Beginning, Ending, Message, Named
from app.kernel.texts import excerpt, pick
from app.web.access import viewer
from app.web.locale import current_locale, text_direction

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?|\d{1,2}\.\d{1,2}\.\d{4}")


def translate(message: Message | str) -> str:
    """A `Message` in the reader's language; numbers in it are written the reader's way, messages in it translated too."""
    if not isinstance(message, Message):
        return str(message)
    params = {key: _param(value) for key, value in message.params.items()}
    if message.plural is not None and message.count is not None:
        # Flask-Babel's own ngettext takes `num` for itself and cannot write it the reader's way.
        chosen = get_domain().get_translations().ungettext(message.template, message.plural, message.count)
        return str(chosen % {**params, "num": _param(message.count)})
    return str(gettext(message.template, **params))


def _param(value: Any) -> str:
    if isinstance(value, Message):
        return translate(value)
    if isinstance(value, Named):
        return str(local_text(value.texts))
    if isinstance(value, Beginning):
        return show_beginning(value.at)
    if isinstance(value, Ending):
        return show_ending(value.at)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | Decimal):
        return str(format_decimal(value))
    if isinstance(value, datetime):
        return str(format_datetime(value, _pattern()))
    if isinstance(value, date):
        return show_date(value)
    return str(value)


def channel_word(channel: str) -> str:
    """A channel in a word, for tables of staff and for the protocol; what has no word keeps its name."""
    known = {
        "web": gettext("Web"),
        "kiosk": gettext("Kiosk"),
        "paper": gettext("Paper"),
        "desk": gettext("Desk"),
        "phone": gettext("Phone"),
        "unknown": gettext("Not recorded"),
        "joined": gettext("Small numbers together"),
    }
    return known.get(channel, channel)


def show_date(value: date | datetime | None, style: str = "long") -> str:
    """A day in words, in the city's zone."""
    return str(format_date(value, style)) if value else ""


def show_datetime(value: datetime | None) -> Markup:
    """A moment as `<time>`, in the city's zone."""
    if not value:
        return Markup("")
    shown = format_datetime(value, _pattern())
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="minutes"), shown)


def city_zone() -> ZoneInfo:
    """The city's time zone."""
    return ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])


def last_day(ends_at: datetime) -> date:
    """The last day on which something that is over at `ends_at` still runs, in the city's zone."""
    return (ends_at - timedelta(microseconds=1)).astimezone(city_zone()).date()


def ends_with_its_day(ends_at: datetime) -> bool:
    """Whether nobody needs to be told the hour: it is over at midnight, or a minute before."""
    there = ends_at.astimezone(city_zone())
    return (there.hour, there.minute) in ((0, 0), (23, 59))


def show_ending(ends_at: datetime | None) -> str:
    """Until when something runs that is over at `ends_at`: its last day, with the hour when it ends before midnight.

    Every page and every message says the end of a phase with this function, so that none calls it the next day.
    """
    if ends_at is None:
        return ""
    day = show_date(last_day(ends_at))
    return day if ends_with_its_day(ends_at) else _with_hour(day, ends_at)


def show_beginning(starts_at: datetime | None) -> str:
    """From when something runs: the day, with the hour when it does not begin with the day."""
    if starts_at is None:
        return ""
    there = starts_at.astimezone(city_zone())
    day = show_date(there.date())
    return day if (there.hour, there.minute) == (0, 0) else _with_hour(day, starts_at)


def _with_hour(day: str, moment: datetime) -> str:
    return str(gettext("%(day)s, %(time)s", day=day, time=format_time(moment, "short")))


def _pattern() -> str:
    """Day and time without seconds, as the language writes them."""
    locale = Locale.parse(current_locale()) if current_locale() != "en_XA" else Locale("en")
    comma = "،" if locale.text_direction == "rtl" else ","
    return f"{locale.date_formats['long'].pattern}{comma} {locale.time_formats['short'].pattern}"


def show_money(amount: int | None, currency: str | None = None) -> str:
    """Money from its smallest unit; whole amounts are written without decimals."""
    if amount is None:
        return ""
    currency = currency or current_app.config["SETTINGS"].currency
    digits = get_currency_precision(currency)
    value = Decimal(amount).scaleb(-digits)
    whole = value == value.to_integral_value()
    if whole:
        return str(format_currency(value, currency, format=_whole_pattern(), currency_digits=False))
    return str(format_currency(value, currency))


@lru_cache(maxsize=32)
def _whole_pattern_for(code: str) -> str:
    pattern = Locale.parse(code).currency_formats["standard"].pattern
    return pattern.replace(".00", "")


def _whole_pattern() -> str:
    code = current_locale()
    return _whole_pattern_for("en" if code == "en_XA" else code)


def local(texts: Mapping[str, str] | None, mark: bool = True) -> Markup:
    """A staff text in the reader's language. Where it fell back to another, that is said and marked for screen readers."""
    wanted = current_locale()
    text, language = pick(texts, wanted, (current_app.config["SETTINGS"].default_language, "en"))
    if language == wanted or not text:
        return escape(text)
    direction = Locale.parse(language).text_direction if language.isalpha() else "ltr"
    note = Markup(' <span class="fallback-note" lang="{}" dir="{}">{}</span>').format(
        wanted, "rtl" if wanted == "ar" else "ltr", gettext("(only in %(language)s)", language=_language_name(language))
    )
    return Markup('<span lang="{}" dir="{}">{}</span>{}').format(language, direction, text, note if mark else "")


def dates_apart(text: object) -> object:
    """Dates in digits inside a sentence that is written from right to left, each kept in its own order."""
    if text_direction() != "rtl":
        return text
    plain = escape(text)  # what is markup already stays as it is
    return Markup(_DATE.sub("\u2066\\g<0>\u2069", plain))  # noqa: S704  escaped a line above


def local_text(texts: Mapping[str, str] | None) -> str:
    """The same as plain text, for titles, options and attributes."""
    return pick(texts, current_locale(), (current_app.config["SETTINGS"].default_language, "en"))[0]


def _language_name(code: str) -> str:
    wanted = "en" if current_locale() == "en_XA" else current_locale()
    return Locale.parse(code).get_display_name(wanted) or code


def paragraphs(text: str | None) -> Markup:
    """Plain text as paragraphs, each in the direction of its own words; line breaks are kept, markup is shown as typed."""
    blocks = [block for block in (text or "").split("\n\n") if block.strip()]
    lines = [Markup("<br>").join(escape(line) for line in block.split("\n")) for block in blocks]
    return Markup("\n").join(Markup('<p dir="auto">{}</p>').format(one) for one in lines)


class City:
    """The city's name and settings as templates see them."""

    @property
    def name(self) -> str:
        """Name of the installation."""
        return str(current_app.config["SETTINGS"].city_name)

    @property
    def contact(self) -> str:
        """The e-mail address that residents may write to; empty where the city has set none."""
        return str(current_app.config["SETTINGS"].contact)

    @property
    def currency(self) -> str:
        """ISO 4217 code."""
        return str(current_app.config["SETTINGS"].currency)

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the installation's languages."""
        return tuple(current_app.config["SETTINGS"].languages)


def init_app(app: Flask) -> None:
    """Register filters and globals."""
    app.jinja_env.filters.update(
        dates_apart=dates_apart,
        t=translate,
        channel=channel_word,
        date=show_date,
        datetime=show_datetime,
        beginning=show_beginning,
        ending=show_ending,
        money=show_money,
        number=lambda value: "" if value is None else format_decimal(value),
        local=local,
        local_text=local_text,
        paragraphs=paragraphs,
        excerpt=excerpt,
    )
    app.jinja_env.globals.update(city=City(), now=clock.now)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"viewer_actor": viewer(), "theme": _theme()})


def _theme() -> str:
    theme = request.cookies.get("theme", "auto") if request else "auto"
    return theme if theme in ("auto", "light", "dark", "contrast") else "auto"
