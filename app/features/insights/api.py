"""How people took part, for programs: the numbers that everybody sees, whoever asks."""

from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from app.extensions import db
from app.features.dataplatform.queries import STEP, Activity, last_midnight, took_part
from app.features.spaces.queries import visible_process
from app.kernel.permissions import ANONYMOUS
from app.web import described
from app.web.access import public


class ChannelSchema(Schema):
    """One way of taking part."""

    channel = fields.String(
        required=True,
        metadata={"description": "web, kiosk, paper, desk, phone, unknown, or joined: small numbers together."},
    )
    number = fields.Integer(required=True)


class ActivitySchema(Schema):
    """One thing that people did, by the way it came in, the most first."""

    activity = fields.String(required=True, validate=validate.OneOf([one.value for one in Activity]))
    in_steps_of = fields.Integer(
        required=True, metadata={"description": "1: exact; 5: rounded down to a multiple of five, 0 for fewer than five."}
    )
    channels = fields.List(fields.Nested(ChannelSchema), required=True)


class ParticipationSchema(Schema):
    """How people took part in one process."""

    process = fields.String(required=True)
    supports_until = fields.DateTime(required=True, metadata={"description": "Supports given later are not counted yet."})
    activities = fields.List(fields.Nested(ActivitySchema), required=True)


door = Blueprint(
    "insights_api", __name__, url_prefix=f"{described.PREFIX}/participation", description="How people took part, to read."
)
bp = FlaskBlueprint("insights_api_description", __name__)


@bp.record_once
def _describe(state: Any) -> None:
    """Open the API's addresses and put them into its description."""
    described.add(state.app, door)


@door.after_request
def _readable_from_everywhere(response: Response) -> Response:
    """Pages of other hosts may read what is public; no cookie goes along."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    return response


@door.route("/<string:slug>")
@public
@door.response(200, ParticipationSchema)
@door.alt_response(404, schema=described.ErrorSchema)
def participation(slug: str) -> dict[str, Any]:
    """Proposals, supports, comments and ballots of a process by the way they came in."""
    session = db.session()
    process = visible_process(session, ANONYMOUS, slug)
    (found,) = took_part(session, [process.id])
    return {
        "process": slug,
        "supports_until": last_midnight(),
        "activities": [
            {
                "activity": activity.value,
                "in_steps_of": STEP if activity in found.rounded else 1,
                "channels": [{"channel": way, "number": number} for way, number in numbers.items()],
            }
            for activity, numbers in found.numbers.items()
        ],
    }
