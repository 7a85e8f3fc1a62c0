"""What becomes of wishes for news, of letters that wait, and of those a development server keeps."""

from email import message_from_bytes, policy
from email.utils import getaddresses
from pathlib import Path

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from app.extensions import celery
from app.features.notifications.letters import address_hash
from app.features.notifications.models import MailChoice
from app.kernel.erasing import Fate, Part, Subject, declare, goes, nothing_of_people
from app.kernel.messages import msg


def _wishes(subject: Subject) -> ColumnElement[bool]:
    """The account's own, and those left by the address before it had an account."""
    whose = [MailChoice.person_id == subject.person_id]
    if subject.email:
        with celery.flask_app.app_context():
            whose.append(MailChoice.address_hash == address_hash(subject.email))
    return or_(*whose)


goes("news", msg("Which news you want by mail"), MailChoice.person_id, where=_wishes)


def _letters(subject: Subject) -> list[Path]:
    """Letters to this person in the folder of a development server; elsewhere letters are not kept."""
    folder: Path = celery.flask_app.config["SETTINGS"].var / "mail"
    if not subject.email or not folder.is_dir():
        return []
    return [path for path in sorted(folder.glob("*.eml")) if subject.email in _readers(path)]


def _readers(path: Path) -> set[str]:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return {address.lower() for _, address in getaddresses([str(value) for value in message.get_all("To", [])])}


def _remove(_session: Session, subject: Subject, most: int) -> int:
    found = _letters(subject)[:most]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


declare(
    Part(
        name="letters_kept",
        fate=Fate.GOES,
        title=msg("Letters to you that this development server keeps"),
        columns=(),
        why=None,
        order=60,
        count=lambda _session, subject: len(_letters(subject)),
        run=_remove,
    )
)
nothing_of_people(
    "of somebody without an account; goes with its proposal, by its foreign key, with whoever put it to an account, and 30 "
    "days after it was posted",
    "paper_letter.address",
    "paper_letter.subject",
    "paper_letter.text",
)
