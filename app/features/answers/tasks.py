"""Work after the commit: what no longer wins is stopped, in words of every language of the city."""

from uuid import UUID

from flask_babel import force_locale
from sqlalchemy.orm import Session

from app.features.answers.use_cases import STOP, Lost, stop_lost
from app.kernel import outbox
from app.kernel.messages import Message, msg
from app.kernel.texts import Texts
from app.web.filters import translate
from app.web.forms import city_languages

WHY: dict[Lost, tuple[Message, Message]] = {
    Lost.CORRECTED: (
        msg("The result was corrected"),
        msg("The result was corrected. This project does not win any more, so it is not carried out."),
    ),
    Lost.ANNULLED: (
        msg("The vote was annulled"),
        msg("The vote on this pot was annulled, so this project is not carried out."),
    ),
}


@outbox.handler(STOP)
def stop(session: Session, row: outbox.OutboxRow) -> None:
    """Stop the implementations of a pot whose projects lost."""
    title, note = map(_everywhere, WHY[Lost(row.payload["why"])])
    stop_lost(session, UUID(row.payload["pot_id"]), {UUID(one) for one in row.payload["winners"]}, title, note)


def _everywhere(message: Message) -> Texts:
    found = {}
    for language in city_languages():
        with force_locale(language):
            found[language] = translate(message)
    return found
