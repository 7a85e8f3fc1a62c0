"""A package that was built once is kept beside the database: the next reader gets the same file without building it again.

Its name is a digest of everything that it is made from, so a correction, an annulment or a newer program has another name: what
is out of date is never served, only missing. A file that is lost is built anew. Rehearsals keep nothing.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from functools import cache
from inspect import getfile
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot
from app.features.counting.use_cases import Beside, Written, write_election
from app.features.spaces.queries import Process, process
from app.features.voting.package import archive, files, pb_head, pb_layout, readme, verify
from app.features.voting.publication import choice_of, few
from app.features.voting.queries import box_of
from app.kernel.kept_files import kept_file

_PIECE = 1 << 16


def whole(session: Session, pot: Pot, folder: Path) -> Iterator[bytes]:
    """The ZIP file, from the kept one, which is built before where it is missing."""
    place = _place(session, pot, folder)
    if place is None:
        yield from archive.stream(session, pot)
    else:
        with _kept(session, pot, place) as kept:
            yield from iter(lambda: kept.read(_PIECE), b"")


def single(session: Session, pot: Pot, name: str, folder: Path) -> Iterator[bytes]:
    """One file of the package, out of the kept one: whoever asks for each of them has the package built once."""
    place = _place(session, pot, folder)
    if place is None:
        yield from archive.single(session, pot, name) or ()
    else:
        with _kept(session, pot, place) as kept, zipfile.ZipFile(kept) as package, package.open(name) as entry:
            yield from iter(lambda: entry.read(_PIECE), b"")


def _kept(session: Session, pot: Pot, place: Path) -> BinaryIO:
    return kept_file(place, lambda: archive.stream(session, pot), older="*.zip")


def _place(session: Session, pot: Pot, folder: Path) -> Path | None:
    """Where the package of a pot is kept, by what it is made from; None where nothing is kept."""
    space = process(session, pot.process_id)
    if space is None or space.rehearsal_of is not None:
        return None
    box, choice = box_of(session, pot.process_id), choice_of(session, pot.id)
    made_from = {
        "program": _program(),
        "pot": [str(pot.id), pot.title, pot.options, pot.amount, pot.currency, pot.rule, pot.vote_type],
        "words": _in_words(space),
        "result": pot.result,
        "certified": [str(pot.certified_at), str(pot.annulled_at)],
        "published": [str(choice.published), choice.reason, choice.ballots, choice.unique_ballots] if choice else None,
        "few": few(session, pot),
        "box": [box.key, box.board_key, box.statements, box.salts] if box else None,
        "marks": [mark(session, pot) for mark in files.package_marks],
    }
    text = json.dumps(made_from, sort_keys=True, default=str)
    return folder / pot.id.hex / f"{hashlib.sha256(text.encode()).hexdigest()}.zip"


def _in_words(space: Process) -> list[object]:
    """What the files say of the process and the city: it can be edited, and a package that says it otherwise is another one."""
    settings = current_app.config["SETTINGS"]
    when = [[str(one.starts_at), str(one.ends_at), sorted(one.actions)] for one in space.phases]
    return [space.area.name, when, list(settings.languages), settings.timezone]


@cache
def _program() -> str:
    """A digest of what builds packages."""
    digest = hashlib.sha256()
    for one in (archive, files, pb_head, pb_layout, readme, verify, Beside, Written, write_election):
        digest.update(Path(getfile(one)).read_bytes())
    return digest.hexdigest()
