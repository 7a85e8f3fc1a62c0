"""Codes for people without an account: on a slip from the desk, to see and take back what they allowed."""

import hashlib
import hmac
import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.features.accounts.queries import person as person_by_id
from app.features.consents.models import ConsentCode
from app.features.consents.rules import same_name
from app.kernel import audit
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission
from app.kernel.references import ALPHABET, token_hash

OTHER_NAME = msg(
    "The code belongs to somebody of another name. Compare both. If it is the same person all the same, leave the name empty."
)
LETTERS = 16
"""78 bits: whoever has a copy of the digests cannot find a code by trying."""


class UnknownCode(Refused):
    """Nobody has this code."""

    status = 422


def code_of(secret: str, code_id: uuid.UUID) -> str:
    """The code that belongs to a row, from the installation's secret: it is stored nowhere, and a slip can be printed again.

    In groups of four, to be read out.
    """
    key = hashlib.sha256(b"plaza consent code " + secret.encode()).digest()
    number = int.from_bytes(hmac.new(key, code_id.bytes, hashlib.sha256).digest())
    letters = ""
    for _place in range(LETTERS):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return "-".join(letters[at : at + 4] for at in range(0, LETTERS, 4))


def typed_code(text: str) -> str:
    """What somebody typed, as we would have printed it."""
    letters = "".join(char for char in text.upper() if char in ALPHABET)
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def give_code(
    session: Session, actor: Actor, person_id: uuid.UUID, secret: str, *, code_id: uuid.UUID, printed: str | None = None
) -> str:
    """A clerk gives somebody a code; one they had before counts no more. `code_id` is chosen when the form is opened, so
    that a double click gives one code. `printed`: the code that stands on the slip of their form already.

    Raises Forbidden for everybody but clerks.
    """
    actor.require(Permission.INTAKE)
    session.execute(delete(ConsentCode).where(ConsentCode.person_id == person_id))
    code = typed_code(printed) if printed else code_of(secret, code_id)
    row = ConsentCode(id=code_id, person_id=person_id, code_hash=token_hash(code))
    session.add(row)
    session.flush()
    audit.record(session, actor, "consent_code.given", row, voice_id=person_id)
    session.flush()
    return code


def given_code(session: Session, code_id: uuid.UUID, secret: str) -> tuple[str, uuid.UUID] | None:
    """A code that was given and its person, to print the slip; None when it counts no more or the secret has changed."""
    row = session.get(ConsentCode, code_id)
    code = code_of(secret, code_id)
    return (code, row.person_id) if row is not None and row.code_hash == token_hash(code) else None


def enter_code(session: Session, text: str) -> ConsentCode:
    """Whose code this is. Raises UnknownCode, which the door slows down."""
    row = session.scalars(select(ConsentCode).where(ConsentCode.code_hash == token_hash(typed_code(text)))).first()
    typed = sum(one.isalnum() for one in text)
    if row is None and typed != LETTERS:
        raise UnknownCode(
            msg("The code has %(length)s characters. You typed %(typed)s.", length=LETTERS, typed=typed), field="code"
        )
    if row is None:
        raise UnknownCode(msg("We do not know this code. Look at the slip once more."), field="code")
    return row


def code_of_person(session: Session, text: str, name: str) -> ConsentCode:
    """Whose code this is, for a clerk who has a name beside it, on a sheet or from the person: the two have to fit.

    Without a name the code decides. Raises UnknownCode, and Refused where the name is another one.
    """
    row = enter_code(session, text)
    person = person_by_id(session, row.person_id)
    if person is not None and not same_name(name, person.display_name):
        raise Refused(OTHER_NAME, field="person")
    return row
