"""The sheet of paper on which somebody answered, for themselves."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from app.extensions import db
from app.features.consents.queries import paper_of
from app.features.consents.routes import bp
from app.features.consents.routes.code import WITH_CODE
from app.kernel.errors import NotFound
from app.web import voices
from app.web.access import public, viewer
from app.web.looks import looked_at
from app.web.stored import private_picture


@bp.get("/paper/<uuid:paper_id>.jpg")
@public
def paper(paper_id: UUID) -> ResponseReturnValue:
    """One page, as it was scanned, to whoever is signed in or has typed their code. It is kept in no cache."""
    found = paper_of(db.session(), paper_id, voices.whose())
    if found is None:
        raise NotFound
    if viewer().is_staff:
        looked_at(WITH_CODE, [found.person_id])
    return private_picture(found.key)
