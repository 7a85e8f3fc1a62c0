"""The publication package for everybody: one ZIP file, or file by file; and what the page of a result says about it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from flask import Blueprint, Response, current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.budgets.queries import Pot, visible_pot
from app.features.voting.package import archive, kept
from app.features.voting.publication import choice_of, few, published_of
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor
from app.web import slots
from app.web.access import public, viewer
from app.web.streaming import streamed

bp = Blueprint("voting_package", __name__, template_folder="../templates", url_prefix="/voting")
_KINDS = {
    "json": "application/json",
    "jsonl": "application/jsonl",
    "txt": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
}


def _pot(session: Session, reader: Actor, pot_id: UUID) -> Pot:
    pot = visible_pot(session, reader, pot_id)
    if not archive.has_package(session, pot):
        raise NotFound
    return pot


@bp.get("/<uuid:pot_id>/package.zip")
@public
def whole(pot_id: UUID) -> Response:
    """Everything that is needed to check the vote."""
    reader = viewer()
    pot = _pot(db.session(), reader, pot_id)

    def pieces(session: Session) -> Iterator[bytes]:
        yield from kept.whole(session, _pot(session, reader, pot_id), _folder())

    response = Response(streamed(pieces), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="vote-{pot.id.hex[:8]}.zip"'
    return response


@bp.get("/<uuid:pot_id>/package/<name>")
@public
def single(pot_id: UUID, name: str) -> Response:
    """One file of the package, the same bytes as in it."""
    reader = viewer()
    if name not in archive.file_names(db.session(), _pot(db.session(), reader, pot_id)):
        raise NotFound

    def pieces(session: Session) -> Iterator[bytes]:
        yield from kept.single(session, _pot(session, reader, pot_id), name, _folder())

    kind = _KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    response = Response(streamed(pieces), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _folder() -> Path:
    """Where packages are kept once they are built."""
    folder: Path = current_app.config["SETTINGS"].var / "packages"
    return folder


def _files(pot: Pot) -> Markup:
    """On the page of a result: the package, what of the ballots is in it, and how to check it."""
    session = db.session()
    if not archive.has_package(session, pot):
        return Markup("")
    return slots.partial(
        "voting/_package.html",
        pot=pot,
        names=archive.file_names(session, pot),
        published=published_of(session, pot),
        choice=choice_of(session, pot.id),
        few=few(session, pot),
    )


slots.register("budgets.result.files", 20, _files)
