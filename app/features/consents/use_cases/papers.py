"""The pictures of a sheet are kept with the answer that was typed from it."""

import hashlib
import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.commands import KeepPaper
from app.features.consents.models import ConsentEvent, ConsentPaper
from app.kernel import audit, outbox
from app.kernel.errors import NotFound
from app.kernel.files import files
from app.kernel.permissions import Actor

ERASE_PAPERS = "consents.erase_papers"


def keep_paper(session: Session, actor: Actor, command: KeepPaper) -> Sequence[ConsentPaper]:
    """Keep pictures with the answer that came from a sheet; again changes nothing. A file that is gone is left out.

    Only whoever has typed the answer in can: raises NotFound for everybody else, and where no answer names the sheet.
    """
    event = session.scalars(
        select(ConsentEvent)
        .where(
            ConsentEvent.agreement_id == command.agreement_id,
            ConsentEvent.person_id == command.person_id,
            ConsentEvent.sheet == command.sheet,
            ConsentEvent.hands_id == actor.require_signed_in(),
        )
        .order_by(ConsentEvent.number.desc())
        .limit(1)
    ).one_or_none()
    if event is None or not command.sheet:
        raise NotFound
    held = session.scalars(select(ConsentPaper).where(ConsentPaper.event_id == event.id).order_by(ConsentPaper.number)).all()
    if held:
        return held
    kept: list[ConsentPaper] = []
    for key in command.pictures:
        try:
            digest = hashlib.sha256(files.read(key)).hexdigest()
        except FileNotFoundError:
            continue
        kept.append(ConsentPaper(event_id=event.id, person_id=event.person_id, number=len(kept) + 1, key=key, digest=digest))
    session.add_all(kept)
    audit.record(session, actor, "consent.paper_kept", event, pages=len(kept), missing=len(command.pictures) - len(kept))
    session.flush()
    return kept


def drop_papers(session: Session, person_id: uuid.UUID, most: int) -> int:
    """Remove at most so many pages of a person who is erased: the rows now, the files once that is kept. Returns how many."""
    found = session.scalars(select(ConsentPaper).where(ConsentPaper.person_id == person_id).limit(most)).all()
    if found:
        outbox.post(session, ERASE_PAPERS, keys=[paper.key for paper in found])
    for paper in found:
        session.delete(paper)
    session.flush()
    return len(found)
