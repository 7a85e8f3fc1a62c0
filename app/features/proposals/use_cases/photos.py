"""Photos of a draft: put on, described, taken off. The files are written here and erased after the commit."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.proposals import rules
from app.features.proposals.commands import AddPhoto, DescribePhoto, RemovePhoto
from app.features.proposals.models import Photo, Proposal, ProposalState
from app.features.proposals.use_cases.drafting import own_proposal
from app.kernel import clock, outbox
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.files import files
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.kernel.written_files import written

ERASE_FILES = "proposals.erase_files"


def add_photo(session: Session, actor: Actor, command: AddPhoto) -> Photo:
    """Put one more photo on a draft. Raises NotFound, Conflict for what was sent already, Refused for one too many."""
    proposal = _own_draft(session, actor, command)
    if len(proposal.photos) >= rules.PHOTOS_MOST:
        raise Refused(msg("A proposal has at most %(most)s photos. Remove one first.", most=rules.PHOTOS_MOST))
    last = session.scalar(select(func.max(Photo.position)).where(Photo.proposal_id == proposal.id))
    photo = Photo(
        key=_keep(session, command.full),
        thumbnail_key=_keep(session, command.thumbnail),
        alternative_text=_words(command.alternative_text),
        width=command.width,
        height=command.height,
        position=0 if last is None else last + 1,
    )
    proposal.photos.append(photo)
    proposal.changed_at = clock.now()
    session.flush()
    return photo


def describe_photo(session: Session, actor: Actor, command: DescribePhoto) -> Photo:
    """Change what is said about a photo of a draft. Raises NotFound, Conflict for what was sent already."""
    photo = _photo_of(_own_draft(session, actor, command), command)
    photo.alternative_text = _words(command.alternative_text)
    session.flush()
    return photo


def remove_photo(session: Session, actor: Actor, command: RemovePhoto) -> None:
    """Take a photo off a draft; its files are erased after the commit. Raises NotFound, Conflict for what was sent already."""
    proposal = _own_draft(session, actor, command)
    photo = _photo_of(proposal, command)
    erase_files(session, [photo])
    proposal.photos.remove(photo)
    proposal.changed_at = clock.now()
    session.flush()


def erase_files(session: Session, photos: list[Photo]) -> None:
    """Have the files of these photos erased once the transaction is kept."""
    erase_keys(session, [key for photo in photos for key in (photo.key, photo.thumbnail_key)])


def erase_keys(session: Session, keys: list[str]) -> None:
    """Have these files erased once the transaction is kept."""
    if keys:
        outbox.post(session, ERASE_FILES, keys=keys)


def _own_draft(session: Session, actor: Actor, command: AddPhoto | DescribePhoto | RemovePhoto) -> Proposal:
    proposal = own_proposal(session, actor, command.proposal_id, command.token, lock=True)
    if proposal.state is not ProposalState.DRAFT:
        raise Conflict(msg("You have sent this proposal already, so it cannot be changed any more."))
    return proposal


def _photo_of(proposal: Proposal, command: DescribePhoto | RemovePhoto) -> Photo:
    photo = next((one for one in proposal.photos if one.id == command.photo_id), None)
    if photo is None:
        raise NotFound
    return photo


def _words(text: str) -> str:
    if len(text) > rules.ALTERNATIVE_TEXT_MOST:
        raise Refused(
            msg(
                "This has %(length)s characters; at most %(most)s fit. Shorten it.",
                length=len(text),
                most=rules.ALTERNATIVE_TEXT_MOST,
            )
        )
    return text


def _keep(session: Session, content: bytes) -> str:
    """Write a file, and remember it until the transaction is kept or undone."""
    return written(session, files.write(content, ".jpg"))
