"""What a visitor typed goes to their own phone: sealed, once, for ten minutes.

The key is made from the secret in the link that the screen shows as a code. The database has a hash of that secret and the
sealed words, and cannot open them; nor can a backup.
"""

import json
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.features.kiosk.models import KioskHandover
from app.features.kiosk.queries import handover
from app.features.kiosk.rules import HANDOVER_LASTS
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.references import new_token, token_hash
from app.kernel.vault import Unreadable, Vault

MOST = 40_000
"""Characters of a hand-over: more than any form of ours takes."""
_GONE = msg("This link has been used, or its ten minutes are over. Nothing of it is kept. Begin again, here or at the screen.")


def hand_over(session: Session, target: str, fields: Mapping[str, Sequence[str]]) -> tuple[KioskHandover, str]:
    """Seal what was typed into the form at the path `target`. Returns it with the secret of its link.

    Those whose time is over are forgotten by the way. Raises Refused for more than a form takes.
    """
    plain = json.dumps({"target": target, "fields": {name: list(values) for name, values in fields.items()}})
    if len(plain) > MOST:
        raise Refused(msg("This is too much to take along. Shorten it."))
    now = clock.now()
    session.execute(delete(KioskHandover).where(KioskHandover.until <= now))
    token, row_id = new_token(), uuid.uuid4()
    sealed = _vault(token).seal(plain, row_id)
    found = KioskHandover(id=row_id, token_hash=token_hash(token), sealed=sealed, until=now + HANDOVER_LASTS)
    session.add(found)
    session.flush()
    return found, token


def take_over(session: Session, token: str) -> tuple[str, dict[str, list[str]]]:
    """Open a hand-over, once. Returns the path of the form and what was typed into it.

    Raises NotFound for a link that was used, has run out or never was.
    """
    found = handover(session, token, clock.now())
    if found is not None:
        session.refresh(found, with_for_update=True)
    if found is None or found.taken_at is not None or found.sealed is None:
        raise NotFound(_GONE)
    try:
        plain = json.loads(_vault(token).open(found.sealed, found.id))
    except Unreadable:
        raise NotFound(_GONE) from None
    found.sealed, found.taken_at = None, clock.now()
    session.flush()
    return plain["target"], plain["fields"]


def _vault(token: str) -> Vault:
    """The key of one hand-over: made from its secret alone."""
    vault = Vault("kiosk hand-over")
    vault.bind(token)
    return vault
