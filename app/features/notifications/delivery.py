"""Hands letters over. The transaction ends before the mail server is spoken to: no lock waits for another machine.

Should the worker die between handing over and noting it, the letter goes out again under the same Message-ID.
"""

import smtplib
import uuid

from sqlalchemy.orm import Session

from app.extensions import celery
from app.features.notifications.letters import letter_for, paper_letter_for
from app.features.notifications.queries import mail
from app.features.notifications.use_cases import KIND
from app.kernel import outbox
from app.kernel.mail import postman_for
from app.kernel.outbox import OutboxRow, Unreachable

# These say something about one letter; any other failure of SMTP or of the network says that the server is not there.
ABOUT_THE_LETTER = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)


@outbox.handler(KIND)
def deliver_mail(session: Session, row: OutboxRow) -> None:
    """Write and send one letter (or put it among those that staff print), then forget what stood in it and to whom it went."""
    with celery.flask_app.app_context():
        settings = celery.flask_app.config["SETTINGS"]
        if row.payload.get("postal"):
            on_paper = paper_letter_for(session, row)
            if on_paper is not None:
                session.add(on_paper)  # in the transaction that marks this as done
            row.payload = {"mail": row.payload["mail"]}
            return
        message = letter_for(session, row)
        session.commit()
        if message is not None:
            try:
                postman_for(settings.mail_url, settings.var / "mail").send(message)
            except ABOUT_THE_LETTER:
                raise
            except OSError as error:
                raise Unreachable(type(error).__name__) from error
            kind, person_id = mail(row.payload["mail"]), row.payload["person_id"]
            if kind.sent is not None and person_id:
                kind.sent(session, uuid.UUID(person_id), dict(row.payload["params"]))
    row.payload = {"mail": row.payload["mail"]}
