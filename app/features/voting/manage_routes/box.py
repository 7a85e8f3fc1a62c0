"""The ballot box on the committee's desk: its key, closing, carrying it to be opened, and what came out."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.spaces.queries import Process, process
from app.features.voting.exporting import board_file, board_name
from app.features.voting.forms.ballot import OpenedForm, PrepareForm
from app.features.voting.keys.installation import keyring
from app.features.voting.manage_routes.shared import comes_again, stays_still
from app.features.voting.models import BoxState, Closing
from app.features.voting.queries import box_of, closed, envelopes_of, fixed_pots, in_the_box, participations
from app.features.voting.use_cases import (
    begin_closing,
    begin_opening,
    box_rests,
    discarded_openings,
    import_opened,
    key_missing,
    moved_at,
    openings_of,
    prepare_box,
    why_no_key,
    why_stopped,
)
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.streaming import streamed
from app.web.transaction import attempt, commits

if TYPE_CHECKING:
    from app.features.voting.models import Box

bp = Blueprint("voting_box", __name__, template_folder="../templates", url_prefix="/staff/box")


_HOLDS = {
    "transaction": msg("A transaction of %(name)s"),
    "prepared": msg("A prepared transaction: %(name)s"),
    "replica": msg("A replica of the database: %(name)s"),
    "slot": msg("A replication slot: %(name)s"),
}


def _space(process_id: UUID, permission: Permission) -> Process:
    space = process(db.session(), process_id)
    if space is None or not viewer().may(permission, process_id):
        raise NotFound
    return space


def _shown(process_id: UUID, status: int = 200, **forms: Any) -> tuple[str, int]:
    session = db.session()
    pots = fixed_pots(session, process_id)
    box = box_of(session, process_id)
    at_work = _at_work(box)
    page = render_template(
        "voting/box.html",
        process=_space(process_id, Permission.BUDGET_INSPECT),
        box=box,
        at_work=at_work,
        rests=_rests(box),
        held_by=_held_by(box),
        moved=moved_at(box.closing) if box is not None and at_work else None,
        pots=[(pot, in_the_box(session, pot.id), envelopes_of(session, pot.id)) for pot in pots],
        is_closed=bool(pots) and all(closed(session, pot) for pot in pots),
        voted=any(participations(session, pot.id) for pot in pots),
        why_no_key=refusal.message if (refusal := why_no_key(session, process_id)) is not None else None,
        key_missing=key_missing(session, process_id),
        may_change=viewer().may(Permission.BUDGET_CERTIFY, process_id),
        stopped=why_stopped(box.closing) if box is not None and box.closing.get("step") == Closing.STOPPED else None,
        still=stays_still(),
        as_day=date.fromisoformat,
        prepare_form=forms.get("prepare") or PrepareForm(),
        opened_form=forms.get("opened") or OpenedForm(),
        openings=openings_of(box) if box is not None else [],
        discarded=[discarded_openings(one) for one in box.discarded] if box is not None else [],
    )
    return page, status


@bp.get("/<uuid:process_id>")
@requires(Permission.BUDGET_INSPECT)
def show(process_id: UUID) -> ResponseReturnValue:
    """How far the box is, and the next step. While it is closed or opened the page comes again by itself, unless `?still=1`."""
    _space(process_id, Permission.BUDGET_INSPECT)
    page, status = _shown(process_id)
    box = box_of(db.session(), process_id)
    return page, status, comes_again(_at_work(box) and not _rests(box))


def _at_work(box: "Box | None") -> bool:
    return box is not None and box.closing.get("step") in (
        Closing.SEALING, Closing.WIPING, Closing.OPENING, Closing.TAKING_IN,
    )  # fmt: skip


def _rests(box: "Box | None") -> bool:
    return box is not None and box_rests(db.session(), box)


def _held_by(box: "Box | None") -> list[Message]:
    """What keeps old rows from being wiped, while that is so."""
    held = box.closing.get("held_by", []) if box is not None and box.closing.get("step") == Closing.WIPING else []
    return [Message(_HOLDS[kind].template, {"name": name}) for kind, name in held]


@bp.post("/<uuid:process_id>/prepare")
@requires(Permission.BUDGET_CERTIFY)
@commits
def prepare(process_id: UUID) -> ResponseReturnValue:
    """Bring the public key that was made offline."""
    _space(process_id, Permission.BUDGET_CERTIFY)
    form = PrepareForm()
    sent = form.send(lambda: prepare_box(db.session(), viewer(), form.to_command(process_id), keyring()))
    if not sent.done:
        return _shown(process_id, sent.status, prepare=form)
    flash(_("The key is in place. From now on only the holders of its shares can open the box."), "good")
    return redirect(url_for(".show", process_id=process_id), 303)


@bp.post("/<uuid:process_id>/close")
@requires(Permission.BUDGET_CERTIFY)
@commits
def close(process_id: UUID) -> ResponseReturnValue:
    """Begin to close the box. What takes time follows in the background; the page says how far it is."""
    return _step(
        process_id,
        lambda: begin_closing(db.session(), viewer(), process_id),
        lambda: _("The box is being closed. You can leave this page and come back."),
    )


@bp.post("/<uuid:process_id>/open")
@requires(Permission.BUDGET_CERTIFY)
@commits
def open_here(process_id: UUID) -> ResponseReturnValue:
    """Open the box with the key that the server keeps; a large one in the background, and the page says how far it is."""
    return _step(
        process_id,
        lambda: begin_opening(db.session(), viewer(), process_id, keyring()),
        lambda: (
            _("The box is being opened. You can leave this page and come back.")
            if _at_work(box_of(db.session(), process_id))
            else _("The box is open. Its ballots can be counted.")
        ),
    )


@bp.get("/<uuid:process_id>/board.jsonl")
@requires(Permission.BUDGET_INSPECT)
def export(process_id: UUID) -> Response:
    """The closed board with its envelopes, to be carried to the computer where it is opened; auditors may have it, too."""
    space = _space(process_id, Permission.BUDGET_INSPECT)
    box = box_of(db.session(), process_id)
    if box is None or box.state is BoxState.OPEN:
        raise NotFound

    def lines(session: Session) -> Iterator[bytes]:
        if (closed_box := box_of(session, process_id)) is not None:
            yield from board_file(session, closed_box)

    response = Response(streamed(lines), mimetype="application/jsonl")
    response.headers["Content-Disposition"] = f'attachment; filename="{board_name(space)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<uuid:process_id>/opened")
@requires(Permission.BUDGET_CERTIFY)
@commits
def opened(process_id: UUID) -> ResponseReturnValue:
    """Take in what came out of the box, or compare it with what an auditor found. What differs is kept."""
    _space(process_id, Permission.BUDGET_CERTIFY)
    form = OpenedForm()
    if not form.validate_on_submit():
        return _shown(process_id, 422, opened=form)
    try:
        with form.file.data.stream as stream:
            box = import_opened(db.session(), viewer(), process_id, stream)
    except Refused as refusal:
        form.refuse(refusal)
        return _shown(process_id, refusal.status, opened=form)
    if box.state is BoxState.DISPUTED:
        flash(_("This opening differs from the first. It is kept, and nothing is counted or certified for now."), "bad")
    elif box.state is BoxState.OPENED:
        flash(_("The ballots are here and can be counted."), "good")
    else:
        flash(_("Both openings found the same ballots."), "good")
    return redirect(url_for(".show", process_id=process_id), 303)


def _step(process_id: UUID, step: Callable[[], object], done: Callable[[], str]) -> ResponseReturnValue:
    attempt(step, done)
    return redirect(url_for(".show", process_id=process_id), 303)
