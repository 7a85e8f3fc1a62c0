"""The link in each letter that ends the newsletter: signed, so that nobody can end somebody else's."""

import uuid

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer


def stop_token(agreement_id: uuid.UUID, person_id: uuid.UUID) -> str:
    """What stands in the link."""
    return str(_signer().dumps([agreement_id.hex, person_id.hex]))


def stopped_by(token: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The agreement and the person of such a link; None for one that we did not write."""
    try:
        agreement, person = _signer().loads(token)
        return uuid.UUID(agreement), uuid.UUID(person)
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="stop newsletter")
