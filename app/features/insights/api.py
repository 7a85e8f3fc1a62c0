"""How people took part, for programs: the numbers that everybody sees, whoever asks."""

from typing import Any

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


door, bp = described.for_everybody("insights_api", "participation", "How people took part, to read.")


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
