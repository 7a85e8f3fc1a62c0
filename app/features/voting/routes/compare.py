"""Two or three projects of a pot side by side. Nothing here says what anybody has chosen."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.features.budgets.queries import PotState, visible_pot
from app.features.proposals.queries import cover_photos
from app.features.spaces.queries import process
from app.features.voting.ballot.looking import natural
from app.features.voting.ballot.page import rows_of
from app.kernel.errors import NotFound
from app.web.access import public, viewer

bp = Blueprint("voting_compare", __name__, template_folder="../templates", url_prefix="/voting")
MOST = 3


@bp.get("/<uuid:pot_id>/compare")
@public
def compare(pot_id: UUID) -> ResponseReturnValue:
    """The projects that the address names; numbers that are not in the pot, or come twice, are left out."""
    pot = visible_pot(db.session(), viewer(), pot_id)
    space = process(db.session(), pot.process_id)
    if pot.state is PotState.DRAFT or space is None:
        raise NotFound
    by_number = {project.number: project for project in pot.projects}
    asked = [number for number in dict.fromkeys(request.args.getlist("project")) if number in by_number][:MOST]
    rows = rows_of(pot, sorted(pot.projects, key=lambda one: natural(one.number)), space)
    found = {row.number: row for row in rows}
    sources = {link.proposal_id for number in asked for link in by_number[number].proposals}
    covers = cover_photos(db.session(), sources)
    photos = {
        number: next((covers[link.proposal_id] for link in by_number[number].proposals if link.proposal_id in covers), None)
        for number in asked
    }
    return render_template(
        "voting/compare.html", pot=pot, rows=rows, compared=[found[number] for number in asked], photos=photos, most=MOST
    )
