"""How the proposals of a process came in: on its page, every way beside the others."""

from markupsafe import Markup

from app.extensions import db
from app.features.proposals import labels
from app.features.proposals.queries import by_channel
from app.features.spaces.queries import Process
from app.web import slots
from app.web.filters import translate


def _on_process(process: Process) -> Markup:
    """Only where there is something to compare: more than one way was taken."""
    found = by_channel(db.session(), process.id)
    if len(found) < 2:
        return Markup("")
    total = sum(found.values())
    ways = [{"name": translate(labels.WAYS[way]), "number": number, "share": number / total} for way, number in found.items()]
    return slots.partial("proposals/_ways.html", ways=ways)


slots.register("process.page", 20, _on_process)
