"""Reading a file page by page, and the catalogues that say which forms are expected.

The libraries that read are loaded with the first page.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.features.budgets.queries import pot as pot_by_id
from app.features.consents.queries import agreement as agreement_by_id
from app.features.printing.queries import FormKey, FormLayout, Kind, Look, PageCode, Role
from app.features.printing.use_cases import form_now, kept_layout
from app.features.scans.queries import Catalogue, Known, PageReading, Standing

if TYPE_CHECKING:
    from app.features.scans.reading.source import Limits

Transactions = Callable[[], AbstractContextManager[Session]]


def read_scans(
    source: Path | bytes, catalogue: Catalogue, limits: "Limits | None" = None, after: int = 0
) -> Iterator[PageReading]:
    """Every page of a PDF or picture file but the first `after`, in its order, each with its tray; a picture with two pages
    gives two.

    One page is in memory at a time, so take what you need of a reading before you ask for the next. Raises Unreadable where
    nothing of the file can be read: a broken page alone ends in its tray, and the others follow.
    """
    from app.features.scans.reading.pages import read_file

    return read_file(source, catalogue, limits, after)


def pages_of_scan(source: Path | bytes) -> int:
    """How many pages a file has. Raises Unreadable where nothing of it can be read."""
    from app.features.scans.reading.apart import count_apart
    from app.features.scans.reading.source import pages_in

    return count_apart(source) if isinstance(source, Path) else pages_in(source)


class FormsNow:
    """A catalogue of the forms as they would be printed now: whatever differs from that is outdated.

    Each form is set once. Where a register keeps the layouts that were printed, a catalogue of those (`Layouts`) is better:
    it still reads an earlier revision, and does not depend on the typesetter being the same.
    """

    def __init__(self, session: Session, city: str, base_url: str = "", age: int = 0) -> None:
        self._session, self._city = session, city
        self._base_url, self._age = base_url, age
        self._known: dict[tuple[FormKey, Look, bool], FormLayout | None] = {}

    def __call__(self, code: PageCode) -> Known:
        """What is known about the form that a page says it is; proposal forms with and without serials are two forms."""
        wanted = (code.key, code.look, bool(code.code))
        if wanted not in self._known:
            self._known[wanted] = form_now(
                self._session,
                code.key,
                code.look,
                self._city,
                numbered=bool(code.code),
                base_url=self._base_url,
                age=self._age,
            )
        form = self._known[wanted]
        if form is None:
            return Known(Standing.FOREIGN)
        current = form.short_version == code.version
        return Known(Standing.CURRENT if current else Standing.OUTDATED, form if current else None)


class FormsOf:
    """A catalogue of the forms of one process. Forms of anything else are foreign here, however well they are known.

    It asks the database in short transactions of its own, once for each form, so that nothing is locked while pages are read.
    """

    def __init__(self, transactions: Transactions, process_id: uuid.UUID, city: str, base_url: str = "", age: int = 0) -> None:
        self._transactions, self._process_id, self._city = transactions, process_id, city
        self._base_url, self._age = base_url, age
        self._known: dict[tuple[FormKey, str, Look, bool], Known] = {}

    def __call__(self, code: PageCode) -> Known:
        """What is known about the form that a page says it is."""
        wanted = (code.key, code.version, code.look, bool(code.code))
        if wanted not in self._known:
            with self._transactions() as session:
                self._known[wanted] = self._asked(session, code)
        return self._known[wanted]

    def _asked(self, session: Session, code: PageCode) -> Known:
        """What was printed is read with the layout that the register kept. Where words and circles are still those of today,
        and only their places have changed (a newer typesetter), it counts as the form of today.
        """
        if not self._is_ours(session, code.key):
            return Known(Standing.FOREIGN)
        now = form_now(
            session,
            code.key,
            code.look,
            self._city,
            numbered=bool(code.code),
            base_url=self._base_url,
            age=self._age,
        )
        if now is not None and now.short_version == code.version:
            return Known(Standing.CURRENT, now)
        kept = kept_layout(session, self._process_id, code.key, code.version)
        same = kept is not None and now is not None and says_the_same(kept, now)
        return Known(Standing.CURRENT if same else Standing.OUTDATED, kept)

    def _is_ours(self, session: Session, key: FormKey) -> bool:
        if key.kind is Kind.BALLOT:
            pot = pot_by_id(session, key.subject)
            return pot is not None and pot.process_id == self._process_id
        if key.kind is Kind.CONSENT:  # asked in this process, or in the whole city
            asked = agreement_by_id(session, key.subject)
            return asked is not None and asked.process_id in (None, self._process_id)
        return key.subject == self._process_id


def says_the_same(one: FormLayout, other: FormLayout) -> bool:
    """Whether two layouts ask the same: the same words, circles and places for handwriting, wherever they stand.

    Where pages break, what stands in their feet, and numbers beside what is chosen may differ.
    """
    return one.fields == other.fields and _said(one) == _said(other)


def _said(layout: FormLayout) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    texts = [text for page in layout.pages for text in page.texts if text.role is not Role.FURNITURE]
    return (
        sorted(text.words for text in texts if not text.words.isdecimal()),
        [(one.field, one.value) for _page, one in layout.bubbles()],
        [one.name for page in layout.pages for one in page.write_ins],
    )
