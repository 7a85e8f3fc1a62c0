"""A link to one receipt for a guardian, who has no account: shown to them once they have answered, good for a day."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

A_DAY = 24 * 60 * 60


def token_of(event_id: UUID) -> str:
    """The last part of the address."""
    return _serializer().dumps(event_id.hex)


def event_of_token(token: str) -> UUID | None:
    """Which answer it is about; None for a token that is not ours, or older than a day."""
    try:
        return UUID(_serializer().loads(token, max_age=A_DAY))
    except (BadSignature, ValueError):
        return None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="plaza receipt of a guardian v1")
