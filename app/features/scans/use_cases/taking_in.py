"""Taking in a file, having it read, and removing it."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import IO, Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.scans.commands import TakeInScan
from app.features.scans.models import FileState, PageState, ScanFile, ScanPage
from app.features.scans.queries import Fault, Unreadable
from app.features.scans.queries.files import A_BALLOT
from app.features.scans.rules import BALLOT, MOST_BYTES
from app.features.spaces.queries import process as process_by_id
from app.kernel import audit, outbox
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.files import TooLarge, files
from app.kernel.messages import Message, msg
from app.kernel.permissions import SYSTEM, Actor, Permission
from app.kernel.texts import clean_line
from app.kernel.written_files import written

READING = "scans.read"
ERASE = "scans.erase_files"
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_LONGEST_NAME = 120
Waits = Callable[[Any], ColumnElement[bool]]
"""Is given the column with the id of a process, and says whether accepted pages of that process are waited for."""
_waiting: list[Waits] = []
Unfinished = Callable[[Session], Iterable[str]]
"""Names the records whose pages are still needed, as in `take_pages`."""
_unfinished: list[Unfinished] = []
Keeps = Callable[[Session, Sequence[str]], set[str]]
"""Is given keys of pictures, and says which of them another room keeps."""
_keeping: list[Keeps] = []


class AlreadyHere(Conflict):
    """The same file was taken in before; `file_id` is that one."""

    def __init__(self, message: Message, file_id: uuid.UUID) -> None:
        super().__init__(message)
        self.file_id = file_id


def take_in_scan(session: Session, actor: Actor, command: TakeInScan) -> ScanFile:
    """Store a file and have it read in the background.

    Raises NotFound for whoever takes in nothing in this process, Refused for what is neither PDF nor picture or is too large,
    and AlreadyHere for a file with the same bytes.
    """
    _require_intake(session, actor, command.process_id)
    suffix = _kind_of(command.content)
    try:
        taken = files.take_in(command.content, suffix, MOST_BYTES)
    except TooLarge:
        raise Refused(Unreadable(Fault.TOO_MANY_BYTES).message, field="files") from None
    written(session, taken.key)
    file = ScanFile(
        id=uuid.uuid4(),
        process_id=command.process_id,
        digest=taken.digest,
        name=clean_line(command.name)[:_LONGEST_NAME],
        bytes=taken.bytes,
        key=taken.key,
        uploaded_by=actor.person_id,
    )
    try:
        with session.begin_nested():
            session.add(file)
            session.flush()
    except IntegrityError:
        files.delete(taken.key)
        raise _already_here(session, command.process_id, taken.digest) from None
    outbox.post(session, READING, file_id=str(file.id))
    audit.record(session, actor, "scan_file.taken_in", file, process_id=file.process_id, digest=file.digest)
    session.flush()
    return file


def read_again(session: Session, actor: Actor, file_id: uuid.UUID) -> ScanFile:
    """Have a file taken up again that nobody reads: what was read of it stays. Raises NotFound, Conflict while it is read."""
    file = file_to_change(session, actor, file_id)
    if file.state is FileState.FAILED:
        file.state, file.fault = FileState.WAITING, ""
    if file.state is FileState.READ or not outbox.post_again(session, READING, file_id=str(file.id)):
        raise Conflict(msg("This file is read already, or somebody is at it now. Look at the page again."))
    audit.record(session, actor, "scan_file.read_again", file, process_id=file.process_id)
    session.flush()
    return file


def remove_scan(session: Session, actor: Actor, file_id: uuid.UUID, reason: str) -> None:
    """Remove a file that should not be here, with its pages, and say why.

    Raises NotFound, and Conflict as soon as another record has taken one of its pages.
    """
    file = file_to_change(session, actor, file_id)
    if not reason.strip():
        raise Refused(msg("Say why the file is removed."), field="reason")
    taken = session.scalar(
        select(func.count()).select_from(ScanPage).where(ScanPage.file_id == file.id, ScanPage.taken_by.is_not(None))
    )
    if taken:
        raise Conflict(msg("Pages of this file are in a batch already. Take them out there first."))
    _remove(session, actor, file, clean_line(reason)[:300])


def keep_scans_while(waits: Waits) -> Waits:
    """Register until when another room waits for accepted pages that are no ballots, such as while a batch is open."""
    if waits not in _waiting:
        _waiting.append(waits)
    return waits


def keep_scans_of(unfinished: Unfinished) -> Unfinished:
    """Register who knows records with pages that have become nothing yet, such as sheets of an open batch."""
    if unfinished not in _unfinished:
        _unfinished.append(unfinished)
    return unfinished


def keep_pictures(keeps: Keeps) -> Keeps:
    """Register who keeps pictures of pages longer than the scans, such as evidence: they are not erased with the file."""
    if keeps not in _keeping:
        _keeping.append(keeps)
    return keeps


def _old(session: Session, before: datetime) -> ColumnElement[bool]:
    """Files from before a moment; not those with ballots, or that nobody has read, while a vote of their process is to be
    certified; nor those with other pages that are accepted, lie in no record yet, and are waited for; nor those with pages of a
    record that is not finished."""
    not_certified = exists().where(
        Pot.process_id == ScanFile.process_id, Pot.state != PotState.CERTIFIED, Pot.annulled_at.is_(None)
    )
    ballots = exists().where(ScanPage.file_id == ScanFile.id, *A_BALLOT)
    unread = ScanFile.state.in_((FileState.WAITING, FileState.READING))
    accepted = exists().where(
        ScanPage.file_id == ScanFile.id, ScanPage.state == PageState.REVIEWED, ScanPage.taken_by.is_(None)
    )
    other = accepted.where(ScanPage.form_kind != BALLOT)
    records = [record for unfinished in _unfinished for record in unfinished(session)]
    taken = exists().where(ScanPage.file_id == ScanFile.id, ScanPage.taken_by.in_(records))
    waited = [
        and_(or_(ballots, unread), not_certified),
        *(and_(other, waits(ScanFile.process_id)) for waits in _waiting),
        taken,
    ]
    return and_(ScanFile.created_at < before, ~or_(*waited))


def remove_old_scans(session: Session, before: datetime, most: int) -> int:
    """Remove at most so many files that were taken in before a moment, with their pages. Returns how many.

    Ballots stay until the vote is certified, read or not; what else was accepted as long as somebody still has to take it.
    """
    found = session.scalars(
        select(ScanFile).where(_old(session, before)).order_by(ScanFile.created_at, ScanFile.id).limit(most)
    ).all()
    for file in found:
        _remove(session, SYSTEM, file, "")
    return len(found)


def count_old_scans(session: Session, before: datetime) -> int:
    """How many files that nobody waits for were taken in before a moment."""
    return session.scalar(select(func.count()).select_from(ScanFile).where(_old(session, before))) or 0


def erase_files(keys: Iterable[str]) -> None:
    """Erase files of removed scans; one that is gone already is fine."""
    for key in keys:
        files.delete(key)


def _remove(session: Session, actor: Actor, file: ScanFile, reason: str) -> None:
    pictures = session.scalars(select(ScanPage.image_key).where(ScanPage.file_id == file.id, ScanPage.image_key != ""))
    keys = [*filter(None, [file.key]), *pictures]
    waiting = session.scalar(
        select(func.count())
        .select_from(ScanPage)
        .where(ScanPage.file_id == file.id, ScanPage.state.not_in((PageState.REVIEWED, PageState.SET_ASIDE)))
    )
    kept: set[str] = set().union(*(keeps(session, keys) for keeps in _keeping))
    outbox.post(session, ERASE, keys=[key for key in keys if key not in kept])
    audit.record(
        session,
        actor,
        "scan_file.removed",
        file,
        process_id=file.process_id,
        reason=reason,
        digest=file.digest,
        pages=file.pages_total,
        not_looked_through=waiting or 0,
    )
    session.delete(file)
    session.flush()


def file_to_change(session: Session, actor: Actor, file_id: uuid.UUID) -> ScanFile:
    """The file, locked. Raises NotFound for whoever takes in nothing in its process."""
    file = session.get(ScanFile, file_id, with_for_update=True)
    if file is None or not actor.may(Permission.INTAKE, file.process_id):
        raise NotFound
    return file


def _require_intake(session: Session, actor: Actor, process_id: uuid.UUID) -> None:
    if process_by_id(session, process_id) is None or not actor.may(Permission.INTAKE, process_id):
        raise NotFound


def _kind_of(content: IO[bytes]) -> str:
    """The ending of the stored file, by what it begins with. Raises Refused with words that say what to do instead."""
    start = content.read(1024)
    content.seek(0)
    if not start:
        raise Refused(Unreadable(Fault.EMPTY).message, field="files")
    if b"%PDF-" in start:
        return ".pdf"
    if start.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if start[:4] in (b"II*\0", b"MM\0*"):
        return ".tif"
    if start[4:8] == b"ftyp" and start[8:12] in _HEIC:
        return ".heic"
    raise Refused(Unreadable(Fault.UNKNOWN_KIND).message, field="files")


def _already_here(session: Session, process_id: uuid.UUID, digest: str) -> AlreadyHere:
    earlier = session.scalars(select(ScanFile).where(ScanFile.process_id == process_id, ScanFile.digest == digest)).one()
    words = msg("This file is here already, since %(when)s. Nothing was changed.", when=earlier.created_at)
    return AlreadyHere(words, earlier.id)
