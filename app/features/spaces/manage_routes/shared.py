"""What the staff pages of a process have in common."""

import uuid

from app.extensions import db
from app.features.spaces import queries
from app.features.spaces.queries import Area, Process
from app.kernel.errors import NotFound
from app.web.filters import local_text


def process_or_404(process_id: uuid.UUID) -> Process:
    """The process with that id. Raises NotFound."""
    found = queries.process(db.session(), process_id)
    if found is None:
        raise NotFound
    return found


def indented(areas: list[Area]) -> list[tuple[Area, str]]:
    """Areas in the order of their tree, each with its name moved in by its level, for lists to choose from."""
    return [(each, "\u2003" * depth + local_text(each.name)) for each, depth in queries.with_depth(areas)]
