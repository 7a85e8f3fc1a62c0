"""How people took part in a process: every way beside the others, for everybody; for its staff without rounding."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.dataplatform.queries import STEP, Activity, TookPart, took_part
from app.features.spaces.queries import Process, ProcessState, visible_process
from app.kernel.messages import Message, msg
from app.kernel.permissions import Permission
from app.kernel.small_numbers import JOINED
from app.web import slots
from app.web.access import public, viewer
from app.web.filters import channel_word, translate

bp = Blueprint("insights", __name__, template_folder="templates", url_prefix="/insights")

TITLES: dict[Activity, Message] = {
    Activity.PROPOSALS: msg("Proposals"),
    Activity.SUPPORTS: msg("Supports"),
    Activity.COMMENTS: msg("Comments and replies"),
    Activity.BALLOTS: msg("Ballots"),
}


@bp.get("/<slug>")
@public
def participation(slug: str) -> str:
    """Proposals, supports, comments and ballots by the way they came in."""
    process = visible_process(db.session(), viewer(), slug)
    inside = viewer().may(Permission.STAFF_AREA, process.id)
    found = next(took_part(db.session(), [process.id], inside=inside), TookPart(slug))
    return render_template("insights/participation.html", process=process, inside=inside, activities=_shown(found))


def _shown(found: TookPart) -> list[dict[str, Any]]:
    return [
        {
            "name": activity.value,
            "title": translate(TITLES[activity]),
            "rows": [
                {
                    "label": _("All ways together") if len(numbers) == 1 and way == JOINED else channel_word(way),
                    "value": number,
                    "text": _words(number) if activity in found.rounded else format_decimal(number),
                }
                for way, number in numbers.items()
            ],
        }
        for activity, numbers in found.numbers.items()
    ]


def _words(number: int) -> str:
    """A number that is told in steps."""
    if number < STEP:
        return _("fewer than %(number)s", number=format_decimal(STEP))
    return _("about %(number)s", number=format_decimal(number))


def _link(process: Process) -> Markup:
    """On the page of a process, and on that of its staff: the way to the numbers."""
    if process.state is ProcessState.DRAFT:
        return Markup("")
    return slots.partial("insights/_participation_link.html", process=process)


slots.register("process.actions", 95, _link)
slots.register("process.staff", 10, _link)
