"""After a backup was restored: whoever had been erased meanwhile is erased again."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.features.accounts.queries import all_ids
from app.features.erasure.models import Erasure, Origin
from app.features.erasure.use_cases.beginning import erase_now
from app.kernel.erasure_ledger import digest_of, entries_of
from app.kernel.errors import NotFound, Refused
from app.kernel.files import files
from app.kernel.permissions import SYSTEM


@dataclass(frozen=True)
class Restored:
    """People of the ledger who are back, erasures that have begun, people for whom something stands in the way, files."""

    found: int
    begun: tuple[Erasure, ...]
    refused: int
    files: int


def after_restore(session: Session, book: Path, *, dry_run: bool = False) -> Restored:
    """Begin to erase everybody who is in the ledger `book` and in the database. Their files that came back are deleted.

    Safe to run twice. Raises FileNotFoundError when there is no ledger at `book`.
    """
    if not book.exists():
        raise FileNotFoundError(book)
    digests: set[str] = set()
    keys: set[str] = set()
    for entry in entries_of(book):
        digests.add(entry.digest)
        keys.update(entry.files)
    begun, refused = [], 0
    found = [one for one in all_ids(session) if digest_of(one) in digests]
    for person_id in [] if dry_run else found:
        try:
            with session.begin_nested():
                begun.append(erase_now(session, SYSTEM, person_id, origin=Origin.RESTORED))
        except NotFound:  # the backup was made in the midst of it: the sweeper goes on
            continue
        except Refused:
            refused += 1
    back = [key for key in keys if files.path(key).exists()]
    if not dry_run:
        for key in back:
            files.delete(key)
    return Restored(len(found), tuple(begun), refused, len(back))
