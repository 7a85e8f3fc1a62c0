"""Ballots come into a batch from scans that people have reviewed, as its first entry; the second reading stays with people."""

import uuid

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.features.scans.use_cases import give_back_pages, take_pages
from app.features.stations.commands import TakeScans
from app.features.stations.models import PaperBallot
from app.features.stations.queries import typed_in
from app.features.stations.scanned import record_of, scanned_in, uploads_waiting
from app.features.stations.use_cases.batches import held_batch, own_batch
from app.features.stations.use_cases.shared import paper_pot
from app.kernel import audit
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.permissions import Actor


def take_scans(session: Session, actor: Actor, command: TakeScans) -> int:
    """Take the ballots of one upload into a batch that is empty, in the order of the file. Returns how many.

    Taking them again changes nothing. Raises Conflict when something was typed before, when there are more ballots than
    declared, when they are not those that the page showed, while pages of the upload or of its sets wait for a decision, where
    a page of a set is in a batch already, and when another batch takes one of the pages in the same moment.
    """
    found, place, hand = held_batch(session, actor, command.batch_id)
    own_batch(session, actor, found, place, hand)
    pot = paper_pot(session, place, found.pot_id)
    before = scanned_in(session, pot, found.id)
    if before and before[0].upload == command.upload_id:
        return len(before)  # a second click
    if typed_in(session, found.id):
        raise Conflict(msg("This batch has ballots already. Scans are taken into an empty one: begin another batch."))
    upload = next(iter(uploads_waiting(session, pot, command.upload_id)), None)
    if upload is None or len(upload.ballots) != command.seen:
        raise Conflict(msg("The scans have changed since this page was shown. Look at them again."))
    if (reason := upload.why_not) is not None:
        raise Conflict(reason)
    wanted = upload.ballots
    if len(wanted) > found.declared:
        raise Conflict(
            msg(
                "%(scanned)s ballots are on these scans, and %(declared)s were declared. Count the paper again, and begin a "
                "batch with as many as there are.",
                scanned=len(wanted),
                declared=found.declared,
            )
        )
    take_pages(session, actor, [page.page_id for one in wanted for page in one.pages], record_of(found.id))
    session.add_all(
        PaperBallot(batch_id=found.id, number=number, first=one.read.stored()) for number, one in enumerate(wanted, start=1)
    )
    session.flush()
    audit.record(
        session, actor, "batch.scans_taken", found, process_id=place.process_id, station=place.name, number=found.number,
        ballots=len(wanted), pages=sum(len(one.pages) for one in wanted),
    )  # fmt: skip
    return len(wanted)


def give_back_scans(session: Session, actor: Actor, batch_id: uuid.UUID) -> int:
    """Empty a batch that was made from scans: its pages can be taken by another one. Returns how many pages there were.

    What was typed behind them goes, too. Raises Conflict for a batch that is done, and for one without scans.
    """
    found, place, hand = held_batch(session, actor, batch_id)
    own_batch(session, actor, found, place, hand)
    pages = give_back_pages(session, actor, record_of(found.id))
    if not pages:
        raise Conflict(msg("No ballot of this batch came from scans."))
    gone = session.execute(delete(PaperBallot).where(PaperBallot.batch_id == found.id).returning(PaperBallot.number)).all()
    session.flush()
    audit.record(
        session, actor, "batch.scans_given_back", found, process_id=place.process_id, station=place.name, number=found.number,
        ballots=len(gone), pages=pages,
    )  # fmt: skip
    return pages
