"""The three operations of the data tracker, version 2.1.

Plaza knows nobody's national identity code. A person is named by the identifier of their linked city profile, or by their own
identifier here; whoever else is asked about has no usages.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from flask import Response, current_app
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.extensions import csrf, db
from app.features.consents.queries import USAGES_KEPT, Usage, told
from app.features.interfaces.clients.bearer import caller, door, needs, refusal, secured
from app.features.interfaces.queries import UsageRow, count_usages, person_known_as, usages_page
from app.features.interfaces.rules import Audience, Scope
from app.kernel import clock

MOST = 1000
LARGEST = 2**31 - 1
tracker = door("tracker", Audience.TRACKER, "Estonian data tracker 2.1: who used one person's data.", refused_as=400)
csrf.exempt(tracker)


def _plausible(moment: datetime) -> None:
    if not 1900 <= moment.year <= 9000:
        raise ValidationError("A year between 1900 and 9000.")


class FindUsageQuery(Schema):
    """What is asked for: whose usages, between which moments, which page."""

    class Meta:
        unknown = EXCLUDE

    user_code = fields.String(
        data_key="userCode", required=True, metadata={"description": "The person, by the identifier of their profile."}
    )
    period_start = fields.AwareDateTime(data_key="periodStart", format="iso", validate=_plausible)
    period_end = fields.AwareDateTime(data_key="periodEnd", format="iso", validate=_plausible)
    offset = fields.Integer(load_default=0, validate=validate.Range(0, LARGEST))
    limit = fields.Integer(load_default=MOST, validate=validate.Range(0, LARGEST))


class RoadHeader(Schema):
    """The header of X-Road that names who began the request."""

    class Meta:
        unknown = EXCLUDE

    user = fields.String(
        data_key="X-Road-UserId", required=True, metadata={"description": "The person who asks: the same as userCode."}
    )


class UsageSchema(Schema):
    """One use of one person's data."""

    logtime = fields.AwareDateTime(format="iso", required=True)
    action = fields.String(required=True)
    receiver_code = fields.String(data_key="receiverCode", required=True)
    receiver_name = fields.String(data_key="receiverName")
    receiver_system = fields.String(data_key="receiverSystem", required=True)


class FindUsageSchema(Schema):
    """How many uses there are, and one page of them."""

    total_usages = fields.Integer(data_key="totalUsages", required=True)
    usages = fields.List(fields.Nested(UsageSchema), required=True)


class PeriodSchema(Schema):
    """Since when uses are kept. Without an end: until now."""

    period_start = fields.AwareDateTime(data_key="periodStart", format="iso", required=True)


class HeartbeatSchema(Schema):
    """Whether this can answer."""

    status = fields.String(required=True, validate=validate.OneOf(["OK", "FAIL"]))
    message = fields.String()


@tracker.route("/v2/findUsage")
@needs(Scope.USAGES, Audience.TRACKER)
@tracker.arguments(FindUsageQuery, location="query", error_status_code=400)
@tracker.arguments(RoadHeader, location="headers", error_status_code=400)
@tracker.response(200, FindUsageSchema)
@tracker.doc(security=secured([Scope.USAGES]))
def find_usage(query: dict[str, Any], header: dict[str, Any]) -> Any:
    """Who used a person's data, newest first."""
    asks, about = _person(header["user"]), _person(query["user_code"])
    if header["user"] != query["user_code"] and (asks is None or asks != about):
        return refusal(400, "refused", "X-Road-UserId and userCode name two people. Plaza keeps no rights of representation.")
    if about is None:
        return {"total_usages": 0, "usages": []}
    period: dict[str, Any] = {
        "since": query.get("period_start"),
        "until": query.get("period_end"),
        "processes": caller().process_ids,
    }
    session, limit = db.session(), min(query["limit"], MOST)
    found = usages_page(session, about, **period, skip=query["offset"], limit=limit)
    ends_here = len(found) < limit and (found or not query["offset"])  # then all there are were left out, or are here
    total = query["offset"] + len(found) if ends_here else count_usages(session, about, **period)
    return _answer(total, _usages(session, about, found))


@tracker.route("/v2/usagePeriod")
@needs(Scope.USAGES, Audience.TRACKER)
@tracker.response(200, PeriodSchema)
@tracker.doc(security=secured([Scope.USAGES]))
def usage_period() -> dict[str, Any]:
    """Since when uses of data are kept."""
    return {"period_start": clock.now() - USAGES_KEPT}


@tracker.route("/v2/heartbeat")
@needs(Scope.USAGES, Audience.TRACKER)
@tracker.response(200, HeartbeatSchema)
@tracker.doc(security=secured([Scope.USAGES]))
def heartbeat() -> dict[str, str]:
    """Whether Plaza can be asked now."""
    try:
        db.session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"status": "FAIL", "message": "The database does not answer."}
    return {"status": "OK", "message": "Ready"}


def _person(code: str) -> UUID | None:
    try:
        return person_known_as(db.session(), UUID(code))
    except ValueError:
        return None


def _usages(session: Session, person_id: UUID, found: Sequence[UsageRow]) -> Iterator[dict[str, str]]:
    """Uses in the words in which their person reads them on their own page. A thousand uses are a handful of sentences, and
    each is put together once.
    """
    settings, say = current_app.config["SETTINGS"], current_app.jinja_env.filters["usage_sentence"]
    same = {"receiverCode": settings.registry_code, "receiverSystem": "Plaza"}
    sentences: dict[tuple[Any, ...], str] = {}
    for entry in told(session, person_id, cast("Sequence[Usage]", found)):
        one = entry.usage
        key = (one.kind, one.by_role, one.by_department, one.agreement_id, one.details.get("title"))
        if key not in sentences:
            sentences[key] = say(entry)
        yield {
            "logtime": one.at.isoformat(),
            "action": sentences[key],
            "receiverName": one.by_department or settings.city_name,
            **same,
        }


def _answer(total: int, usages: Iterable[dict[str, str]]) -> Response:
    """As `FindUsageSchema` says it, without building and checking a thousand objects one by one."""
    body = json.dumps({"totalUsages": total, "usages": list(usages)}, ensure_ascii=False, separators=(",", ":"))
    return Response(body, mimetype="application/json")
