"""The board as a file: what is carried to the computer where the box is opened, and what is published of it."""

import base64
import hashlib
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, gives_points, most_projects
from app.features.spaces.queries import Process, process
from app.features.voting.box.board import canonical
from app.features.voting.box.contents import Form
from app.features.voting.box.opening import BOARD_FORMAT
from app.features.voting.models import BoardBlock, BoardEntry, Box
from app.features.voting.queries import pots_in_box

_AT_ONCE = 1000


def form_of(pot: Pot) -> Form:
    """What every envelope of a pot has in common; fixed with the pot, whose projects are in the order of the ballot.

    The digest covers all of it, so it is worked out once for each.
    """
    digest = pot.options["digest"]
    if (form := _forms.get(digest)) is None:
        numbers = tuple(project.number for project in sorted(pot.projects, key=lambda project: (project.position, project.id)))
        if len(_forms) >= _MOST_FORMS:
            _forms.clear()
        form = _forms[digest] = Form(digest, numbers, most_projects(pot), with_points=gives_points(pot))
    return form


_forms: dict[str, Form] = {}
_MOST_FORMS = 200


def board_file(session: Session, box: Box, *, with_envelopes: bool = True) -> Iterator[bytes]:
    """The lines of the board, block by block (`box/opening.py` describes them). Without envelopes it may be published.

    Nothing is in it that somebody can edit once people vote, such as the title of the process: copies are compared. Those
    of a rehearsal are not, and name it.
    """
    pots = pots_in_box(session, box)
    space = process(session, box.process_id)
    head = {
        "format": BOARD_FORMAT,
        "election": str(box.process_id),
        "key": box.key,
        "board_key": box.board_key,
        "pots": [_pot(session, pot) for pot in pots],
        **({"rehearsal": True, "title": space.title} if space is not None and space.rehearsal_of is not None else {}),
    }
    digest, blocks, envelopes = hashlib.sha256(), 0, 0
    for line in _lines(session, pots, head, with_envelopes=with_envelopes):
        if "receipts" in line:
            blocks, envelopes = blocks + 1, envelopes + len(line["receipts"])
        written = canonical(line) + b"\n"
        digest.update(written)
        yield written
    yield canonical({"blocks": blocks, "envelopes": envelopes, "sha256": digest.hexdigest()}) + b"\n"


def board_name(space: Process | None) -> str:
    """What the file of a board is called; a rehearsal's says that it is one."""
    return "rehearsal-board.jsonl" if space is not None and space.rehearsal_of is not None else "board.jsonl"


def _lines(session: Session, pots: list[Pot], head: dict[str, Any], *, with_envelopes: bool) -> Iterator[dict[str, Any]]:
    yield head
    for pot in pots:
        for block in session.scalars(select(BoardBlock).where(BoardBlock.pot_id == pot.id).order_by(BoardBlock.number)):
            rows = session.execute(
                select(BoardEntry.receipt, BoardEntry.ciphertext)
                .where(BoardEntry.block_id == block.id)
                .order_by(BoardEntry.place)
            ).all()
            line = {"pot": str(pot.id), "number": block.number, "previous": block.previous}
            line["receipts"] = [row.receipt for row in rows]
            if with_envelopes:
                line["envelopes"] = [base64.b64encode(row.ciphertext).decode() for row in rows]
            yield line


def _pot(session: Session, pot: Pot) -> dict[str, Any]:
    form = form_of(pot)
    return {
        "pot": str(pot.id),
        "title": pot.title,
        "digest": form.digest,
        "projects": list(form.projects),
        "most_choices": form.most_choices,
        "with_points": form.with_points,
        "envelopes": sealed(session, pot.id),
    }


def sealed(session: Session, pot_id: uuid.UUID) -> int:
    """How many envelopes of a pot are on the board."""
    return sum(session.scalars(select(BoardBlock.size).where(BoardBlock.pot_id == pot_id)))


def on_the_board(session: Session, pot_id: uuid.UUID, receipts: Sequence[str]) -> bool:
    """Whether all of these are receipts of sealed envelopes of a pot."""
    found = 0
    for at in range(0, len(receipts), _AT_ONCE):
        part = receipts[at : at + _AT_ONCE]
        found += (
            session.scalar(
                select(func.count(BoardEntry.receipt.distinct()))
                .join(BoardBlock, BoardBlock.id == BoardEntry.block_id)
                .where(BoardBlock.pot_id == pot_id, BoardEntry.receipt.in_(part))
            )
            or 0
        )
    return found == len(receipts)
