"""A pot for spreadsheets and programs: what was fixed before the vote, and the certified result."""

from uuid import UUID

from flask import Response, request

from app.extensions import db
from app.features.budgets import downloads
from app.features.budgets.ballots import ballot_file
from app.features.budgets.queries import Pot, PotState, visible_pot
from app.features.budgets.routes import bp
from app.features.spaces.queries import process
from app.kernel.errors import NotFound
from app.web.access import public, viewer


@bp.get("/<uuid:pot_id>/result.json")
@public
def result_json(pot_id: UUID) -> Response:
    """The certified result for programs."""
    pot = _certified(pot_id)
    return _file(pot, downloads.result_text(pot), "application/json", "json")


@bp.get("/<uuid:pot_id>/result.csv")
@public
def result_csv(pot_id: UUID) -> Response:
    """The certified result for spreadsheets."""
    pot = _certified(pot_id)
    return _file(pot, "\ufeff" + downloads.as_csv(pot, pot.projects), "text/csv", "csv")


@bp.get("/<uuid:pot_id>/ballot.json")
@public
def ballot_json(pot_id: UUID) -> Response:
    """What was fixed before the vote, byte for byte: the SHA-256 of this file is the digest on the page of the pot."""
    pot = visible_pot(db.session(), viewer(), pot_id)
    if pot.state is PotState.DRAFT or not pot.options.get("digest"):
        raise NotFound
    return _file(pot, ballot_file(pot), "application/json", "json", name="ballot")


def _certified(pot_id: UUID) -> Pot:
    pot = visible_pot(db.session(), viewer(), pot_id)
    if pot.state is not PotState.CERTIFIED or not pot.result:
        raise NotFound
    return pot


def _file(pot: Pot, body: str | bytes, kind: str, ending: str, name: str = "result") -> Response:
    space = process(db.session(), pot.process_id)
    rehearsal = space is not None and space.rehearsal_of is not None
    prefix = "rehearsal-" if rehearsal else ""
    response = Response(body, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{prefix}{name}-{pot.id.hex[:8]}.{ending}"'
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache" if rehearsal else "public, no-cache"
    response.make_conditional(request)
    return response
