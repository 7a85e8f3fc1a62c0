"""Who used one's data: the newest on one's page, all of them on a page of their own."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import format_date

from app.extensions import db
from app.features.consents.queries import (
    PAGE,
    ToldUsage,
    Usage,
    place_from_words,
    place_in_words,
    place_of,
    told,
    usages_between,
)
from app.features.consents.retention import USAGES as KEPT
from app.features.consents.routes import bp
from app.features.consents.use_cases import note_looks
from app.features.consents.words import GROUNDS, OFFICES, USAGES, WHAT_FOR
from app.kernel import looks, retention
from app.kernel.messages import Message, msg
from app.web.access import signed_in, viewer
from app.web.filters import city_zone, local_text, translate

looks.remembered_by(note_looks)
NEWEST = 5


@bp.app_template_filter("usage_sentence")
def usage_sentence(entry: ToldUsage) -> str:
    """One usage in a sentence, in the reader's language: by role and department, never by name."""
    usage = entry.usage
    look = looks.look(usage.kind)
    sentence = look.sentence if look else USAGES.get(usage.kind, msg("%(role)s used your data"))
    if "%(" not in sentence.template:
        return translate(sentence)
    role = translate(OFFICES.get(usage.by_role, msg("Somebody of the city")))
    if look and usage.by_department:
        role = translate(msg("%(role)s (%(department)s)", role=role, department=usage.by_department))
    return translate(Message(sentence.template, {"role": role, "department": _recipient(entry), **_plain(usage)}))


@bp.app_template_filter("usage_purpose")
def usage_purpose(entry: ToldUsage) -> str:
    """What it was for: the purpose of the agreement, or of the page."""
    if entry.agreement is not None:
        return local_text(entry.agreement.current.purpose)
    look = looks.look(entry.usage.kind)
    return translate(look.purpose if look else WHAT_FOR.get(entry.usage.kind, msg("A task of the city")))


@bp.app_template_filter("usage_basis")
def usage_basis(usage: Usage) -> str:
    """The legal basis in words."""
    return translate(GROUNDS.get(usage.basis, msg("A task of the city that is laid down in law")))


def _recipient(entry: ToldUsage) -> str:
    if entry.agreement is not None:
        return local_text(entry.agreement.current.recipient)
    return entry.usage.by_department or translate(msg("the city"))


def _plain(usage: Usage) -> dict[str, str]:
    return {name: str(value) for name, value in usage.details.items() if name == "title"}


@bp.get("/usages")
@signed_in
def usages() -> str:
    """All uses, newest first, of a time that one chooses."""
    session, person_id = db.session(), viewer().require_signed_in()
    since, until = _day("from"), _day("until")
    place = place_from_words(request.args.get("after"))
    start = datetime.combine(since, time.min, city_zone()) if since else None
    end = datetime.combine(until + timedelta(days=1), time.min, city_zone()) if until else None
    found = usages_between(session, person_id, start, end, place, PAGE + 1)
    shown = found[:PAGE]
    chosen: dict[str, Any] = {name: day.isoformat() for name, day in (("from", since), ("until", until)) if day}
    words = {"from": msg("From: %(day)s"), "until": msg("Until: %(day)s")}
    active = [
        {
            "label": translate(Message(words[name].template, {"day": format_date(date.fromisoformat(day), "medium")})),
            "remove_url": url_for(".usages", **_without(chosen, name)),
        }
        for name, day in chosen.items()
    ]
    older = url_for(".usages", **chosen, after=place_in_words(place_of(shown[-1]))) if len(found) > PAGE else None
    return render_template(
        "consents/usages.html",
        entries=told(session, person_id, shown),
        chosen=chosen,
        active=active,
        continued=place is not None,
        older=older,
        kept_days=retention.days_of(KEPT),
    )


def _without(chosen: dict[str, Any], name: str) -> dict[str, Any]:
    return {other: value for other, value in chosen.items() if other != name}


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None
