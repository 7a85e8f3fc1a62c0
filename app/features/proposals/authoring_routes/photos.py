"""Photos as files: for whoever may see the proposal, kept by their browser, with the address of an unchanging content."""

import uuid
from typing import Any

from flask import Response, abort, request

from app.extensions import db, files
from app.features.proposals.authoring_routes.door import bp, token_for
from app.features.proposals.models import ProposalState
from app.features.proposals.queries import Photo, visible_photo
from app.features.proposals.use_cases import own_proposal
from app.kernel.errors import NotFound
from app.web.access import public, viewer

A_DAY = 86_400


@bp.get("/photos/<uuid:photo_id>/<any(full,small):size>")
@public
def photo(photo_id: uuid.UUID, size: str) -> Response:
    """A photo, `full` (at most 2,000 pixels a side) or `small` (640).

    One that everybody may see is kept for a day without asking; any other is asked for each time, so that nobody sees it
    longer than they may. No shared cache keeps either, because a moderator may hide the proposal.
    """
    found = _visible(photo_id)
    key = found.key if size == "full" else found.thumbnail_key
    try:
        content = files.read(key)
    except FileNotFoundError:
        abort(404)
    response = Response(content, mimetype="image/jpeg")
    response.set_etag(key.partition(".")[0])
    response.cache_control.private = True
    if found.proposal.state is ProposalState.PUBLISHED:
        response.cache_control.max_age = A_DAY
    else:
        response.cache_control.no_cache = True
    response.headers["Content-Disposition"] = "inline"
    conditional: Any = response.make_conditional(request)
    return conditional


def _visible(photo_id: uuid.UUID) -> Photo:
    """A photo of a proposal that the reader may see, or began in this browser, or holds the link of. Raises NotFound."""
    session, actor = db.session(), viewer()
    try:
        return visible_photo(session, actor, photo_id)
    except NotFound:
        found = session.get(Photo, photo_id)
        if found is None:
            raise
        own_proposal(session, actor, found.proposal_id, request.args.get("link") or token_for(found.proposal_id))
        return found
