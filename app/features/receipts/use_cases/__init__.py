"""What can happen: a receipt is signed, a key is made, replaced or revoked."""

from app.features.receipts.use_cases.issuing import (
    NO_RECEIPT,
    issue,
    issue_missing,
    make_receipt,
    sign_anew,
    witness,
    witness_events,
)
from app.features.receipts.use_cases.keys import KeyUnreadable, revoke_key, rotate_key, rotate_old_key, signing_key

__all__ = [
    "NO_RECEIPT",
    "KeyUnreadable",
    "issue",
    "issue_missing",
    "make_receipt",
    "revoke_key",
    "rotate_key",
    "rotate_old_key",
    "sign_anew",
    "signing_key",
    "witness",
    "witness_events",
]
