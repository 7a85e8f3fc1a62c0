"""What can be done with scans: read a file, page by page. The libraries that read are loaded with the first page."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.features.printing.queries import FormKey, FormLayout, Look, PageCode
from app.features.printing.use_cases import form_now
from app.features.scans.queries import Catalogue, Known, PageReading, Standing

if TYPE_CHECKING:
    from app.features.scans.reading.source import Limits

__all__ = ["FormsNow", "read_scans"]


def read_scans(source: Path | bytes, catalogue: Catalogue, limits: "Limits | None" = None) -> Iterator[PageReading]:
    """Every page of a PDF or picture file, in its order, each with its tray; a picture with two pages gives two.

    One page is in memory at a time, so take what you need of a reading before you ask for the next. Raises Unreadable where
    nothing of the file can be read: a broken page alone ends in its tray, and the others follow.
    """
    from app.features.scans.reading.pages import read_file

    return read_file(source, catalogue, limits)


class FormsNow:
    """A catalogue of the forms as they would be printed now: whatever differs from that is outdated.

    Each form is set once. Where a register keeps the layouts that were printed, a catalogue of those (`Layouts`) is better:
    it still reads an earlier revision, and does not depend on the typesetter being the same.
    """

    def __init__(self, session: Session, city: str) -> None:
        self._session, self._city = session, city
        self._known: dict[tuple[FormKey, Look, bool], FormLayout | None] = {}

    def __call__(self, code: PageCode) -> Known:
        """What is known about the form that a page says it is; proposal forms with and without serials are two forms."""
        wanted = (code.key, code.look, bool(code.code))
        if wanted not in self._known:
            self._known[wanted] = form_now(self._session, code.key, code.look, self._city, numbered=bool(code.code))
        form = self._known[wanted]
        if form is None:
            return Known(Standing.FOREIGN)
        current = form.short_version == code.version
        return Known(Standing.CURRENT if current else Standing.OUTDATED, form if current else None)
