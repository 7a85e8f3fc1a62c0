"""The name by which one recipient knows one person: the same in what is handed over and in what they are told later.

Another recipient gets another one, so that two of them cannot put their lists together by it. It follows from the
installation's secret key and cannot be turned back into a person.
"""

import hashlib
import hmac
import uuid
from collections.abc import Callable

from app.kernel.vault import Vault

vault = Vault("consents")
LENGTH = 32


def references_for(recipient_id: uuid.UUID) -> Callable[[uuid.UUID], str]:
    """What gives the reference of each person towards this recipient: 32 hexadecimal digits. For many people at once."""
    key = bytes.fromhex(vault.digest("recipient", str(recipient_id)))

    def reference(person_id: uuid.UUID) -> str:
        return hmac.digest(key, person_id.bytes, hashlib.sha256).hex()[:LENGTH]

    return reference


def reference_of(recipient_id: uuid.UUID, person_id: uuid.UUID) -> str:
    """The reference of one person towards one recipient."""
    return references_for(recipient_id)(person_id)
