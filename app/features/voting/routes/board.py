"""The public board: where a voter finds the envelope they sent, and what anybody can copy and check."""

import re
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.budgets.queries import Pot, PotState, visible_pot
from app.features.spaces.queries import process
from app.features.voting.exporting import board_file, board_name
from app.features.voting.models import BoxState
from app.features.voting.queries import blocks_of, blocks_with, box_of, heads_of, is_waiting
from app.features.voting.use_cases import openings_of
from app.kernel.errors import NotFound
from app.web import slots
from app.web.access import public, viewer
from app.web.streaming import streamed

bp = Blueprint("voting_board", __name__, template_folder="../templates", url_prefix="/voting")
_BEGINNING = re.compile(r"[0-9a-f]{4,64}")


def _pot(pot_id: UUID) -> Pot:
    pot = visible_pot(db.session(), viewer(), pot_id)
    if pot.state is PotState.DRAFT or box_of(db.session(), pot.process_id) is None:
        raise NotFound
    return pot


@bp.route("/<uuid:pot_id>/board", methods=["GET", "POST"])
@public
def check(pot_id: UUID) -> tuple[str, int]:
    """The blocks and signed heads; and, for four characters or more, every receipt on the board that begins so.

    Of envelopes that wait, only a whole receipt is told, and only when it is sent in the body, so that it stands in no address.
    """
    pot = _pot(pot_id)
    typed = request.values.get("begins", "")
    begins = re.sub(r"[\s-]", "", typed).lower()
    valid = bool(_BEGINNING.fullmatch(begins))
    whole = begins if len(begins) == 64 and request.method == "POST" else ""
    return render_template(
        "voting/board.html",
        pot=pot,
        box=box_of(db.session(), pot.process_id),
        typed=typed,
        begins=begins[:4],
        wrong=bool(typed) and not valid,
        found=blocks_with(db.session(), pot_id, begins[:4]) if valid else None,
        whole=whole,
        waits=valid and bool(whole) and is_waiting(db.session(), pot_id, whole),
        blocks=blocks_of(db.session(), pot_id),
        heads=heads_of(db.session(), pot.process_id),
        disputed=_on_pot(pot),
    ), 422 if typed and not valid else 200


@bp.get("/<uuid:pot_id>/board.jsonl")
@public
def download(pot_id: UUID) -> Response:
    """The board of the whole vote, without the envelopes' contents: receipts, blocks, key and commitments."""
    process_id = _pot(pot_id).process_id
    name = board_name(process(db.session(), process_id))

    def lines(session: Session) -> Iterator[bytes]:
        if (box := box_of(session, process_id)) is not None:
            yield from board_file(session, box, with_envelopes=False)

    response = Response(streamed(lines), mimetype="application/jsonl")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _link(pot: Pot) -> Markup:
    """On the pot's page: the way to the board, where there is one."""
    if pot.state is PotState.DRAFT or box_of(db.session(), pot.process_id) is None:
        return Markup("")
    return slots.partial("voting/_board_link.html", url=url_for("voting_board.check", pot_id=pot.id))


def _on_pot(pot: Pot) -> Markup:
    """On the pages of a pot and its result: that the openings of its box differ. It names every one of them."""
    if pot.options.get("imported") or pot.state is PotState.DRAFT:
        return Markup("")
    return _disputed(pot.process_id, certified=pot.state is PotState.CERTIFIED)


def _disputed(process_id: UUID, *, certified: bool = False) -> Markup:
    box = box_of(db.session(), process_id)
    if box is None or box.state is not BoxState.DISPUTED:
        return Markup("")
    return slots.partial("voting/_disputed.html", openings=openings_of(box), as_day=date.fromisoformat, certified=certified)


slots.register("pot.actions", 20, _link)
slots.register("pot.notices", 5, _on_pot)
slots.register("process.page", 34, lambda space: _disputed(space.id))
