"""The files of a package, each as a stream of pieces. Every one is the same whenever it is asked for."""

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, ballot_file, gives_points, result_text
from app.features.counting.use_cases import write_election
from app.features.spaces.queries import process
from app.features.voting.box.board import canonical
from app.features.voting.box.opening import Choice, OpenedPot
from app.features.voting.exporting import board_file, form_of
from app.features.voting.models import Box, Published
from app.features.voting.package import pb_head, verify
from app.features.voting.package.pb_layout import lay_out
from app.features.voting.package.readme import readme
from app.features.voting.publication import choice_of, few, published_of
from app.features.voting.queries import PaperRows, ballot_classes, box_of, heads_of, paper_rows
from app.kernel.errors import NotFound

Pieces = Iterator[bytes]
_PIECE = 1 << 16

package_parts: list[Callable[[Session, Pot], Iterator[tuple[str, Callable[[], Pieces]]]]] = []
"""What other rooms add: (name, what gives its pieces), so that nothing is made where only the names are asked for."""
package_marks: list[Callable[[Session, Pot], str]] = []
"""What changes when these do, in a few words: a package that was kept is served only while they are the same."""


def names(session: Session, pot: Pot) -> tuple[str, ...]:
    """The files of this room, in the order in which they stand in the package."""
    if published_of(session, pot) is not Published.ROWS:
        return (*_FILES, "totals.json")
    return (*_FILES, "opened.jsonl", "ballots.pb", *(("paper_ballots.jsonl",) if paper_rows(session, pot) else ()))


def file(session: Session, pot: Pot, name: str) -> Pieces:
    """One file of this room."""
    return {**_FILES, **_BALLOTS}[name](session, pot)


def _box(session: Session, pot: Pot) -> Box:
    box = box_of(session, pot.process_id)
    if box is None:
        raise NotFound
    return box


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _readme(session: Session, pot: Pot) -> Pieces:
    space = process(session, pot.process_id)
    rehearsal = space is not None and space.rehearsal_of is not None
    on_paper = "rows" if paper_rows(session, pot) else "totals" if (pot.result or {}).get("paper") else ""
    rows = published_of(session, pot) is Published.ROWS
    yield readme(pot, rows=rows, rehearsal=rehearsal, few=few(session, pot), on_paper=on_paper).encode()


def _program(session: Session, pot: Pot) -> Pieces:
    yield Path(verify.__file__).read_bytes()


def _frozen(session: Session, pot: Pot) -> Pieces:
    yield ballot_file(pot)


def _key(session: Session, pot: Pot) -> Pieces:
    yield _json(_box(session, pot).key)


def _board(session: Session, pot: Pot) -> Pieces:
    return board_file(session, _box(session, pot), with_envelopes=False)


def _heads(session: Session, pot: Pot) -> Pieces:
    heads = [
        {"day": head.day.isoformat(), "pots": head.pots, "signature": head.signature}
        for head in heads_of(session, pot.process_id)
    ]
    yield _json({"board_key": _box(session, pot).board_key, "heads": heads})


def _statements(session: Session, pot: Pot) -> Pieces:
    yield _json(_box(session, pot).statements)


def _result(session: Session, pot: Pot) -> Pieces:
    yield result_text(pot).encode()


def _publication(session: Session, pot: Pot) -> Pieces:
    """What is published and why; how alike the ballots are only where that is more than totals say."""
    choice, published = choice_of(session, pot.id), published_of(session, pot)
    content: dict[str, Any] = {"format": "plaza-publication-1", "pot": str(pot.id), "published": str(published)}
    content["by_rule"] = few(session, pot)
    if choice is not None and not content["by_rule"]:
        content |= {"reason": choice.reason, "ballots": choice.ballots, "unique_ballots": choice.unique_ballots}
    if pot.annulled_at is not None:
        content["annulled"] = pot.annulled_at.isoformat()
    yield _json(content)


def _totals(session: Session, pot: Pot) -> Pieces:
    result = pot.result or {}
    projects = [
        {"number": number, "votes": why["votes"], "score": why["score"]}
        for number, why in sorted(result.get("why", {}).items(), key=lambda item: item[1]["place"])
    ]
    yield _json({"ballots": result.get("voters"), "blank": result.get("blank"), "projects": projects})


def _ballots_of(session: Session, pot: Pot) -> OpenedPot:
    salt = _box(session, pot).salts.get(str(pot.id), "")  # none where an earlier version opened the box: verify.py says so
    return _joined(pot, ballot_classes(session, pot), salt)


def _joined(pot: Pot, classes: Iterable[tuple[str, str, int]], salt: str = "") -> OpenedPot:
    found: Counter[Choice] = Counter()
    for choices, points, number in classes:
        given = tuple(map(int, points.split(","))) if points else None
        if given is None and gives_points(pot):
            given = ()  # a blank ballot of a type with points
        found[tuple(choices.split(",")) if choices else (), given] += number
    return OpenedPot(form_of(pot), salt, ballots=found)


def _opened(session: Session, pot: Pot) -> Pieces:
    """As those who opened the box signed it: the lines of this pot, its salt first."""
    for line in _ballots_of(session, pot).lines(str(pot.id)):
        yield canonical(line) + b"\n"


def _on_paper(session: Session, pot: Pot) -> Pieces:
    """The ballots on paper as they were typed, read and signed: sorted, equal ones joined, with no station and no batch."""
    rows: PaperRows = paper_rows(session, pot) or []
    for line in _joined(pot, rows).ballot_lines(str(pot.id)):
        yield canonical({**line, "channel": "paper"}) + b"\n"


def _pb(session: Session, pot: Pot) -> Pieces:
    """Every ballot for counting programs, those on paper among those of the box: one row each, sorted, numbered from 1. The
    format knows no blank ballots.
    """
    on_paper = paper_rows(session, pot)
    layout = lay_out(pot, _ballots_of(session, pot).ballots, _joined(pot, on_paper).ballots if on_paper else None)
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as written:
        write_election(written, pb_head.head_of(session, pot, layout), layout.votes())
        written.flush()
        written.seek(0)
        yield from (piece.encode() for piece in iter(lambda: written.read(_PIECE), ""))


_FILES: dict[str, Callable[[Session, Pot], Pieces]] = {
    "README.txt": _readme,
    "verify.py": _program,
    "frozen.json": _frozen,
    "key.json": _key,
    "board.jsonl": _board,
    "heads.json": _heads,
    "statements.json": _statements,
    "publication.json": _publication,
    "result.json": _result,
}
_BALLOTS: dict[str, Callable[[Session, Pot], Pieces]] = {
    "opened.jsonl": _opened,
    "ballots.pb": _pb,
    "paper_ballots.jsonl": _on_paper,
    "totals.json": _totals,
}
