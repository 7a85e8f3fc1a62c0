"""The name by which one recipient knows one person: the same in what is handed over and in what they are told later.

Another recipient gets another one, so that two of them cannot put their lists together by it. It follows from the
installation's secret key and cannot be turned back into a person.
"""

import uuid

from app.kernel.vault import Vault

vault = Vault("consents")
LENGTH = 32


def reference_of(recipient_id: uuid.UUID, person_id: uuid.UUID) -> str:
    """The reference of a person towards a recipient: 32 hexadecimal digits."""
    return vault.digest(f"reference {recipient_id}", str(person_id))[:LENGTH]
