"""Programs of other systems, the tokens they work with, and how often they ask."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.model import Identified, Model, Timestamped


class InterfaceClient(Identified, Timestamped, Model):
    """A program of another system, registered by an administrator. Its id is the `client_id` of OAuth 2.

    Of the secret only a hash is kept: it has 256 random bits. `process_ids` empty means all processes. `per_minute` is how
    many requests it may make in a minute.
    """

    __tablename__ = "interface_client"

    name: Mapped[str] = mapped_column(String(80))
    contact: Mapped[str] = mapped_column(String(254))
    scopes: Mapped[list[str]]
    process_ids: Mapped[list[str]] = mapped_column(default=list)
    per_minute: Mapped[int] = mapped_column(default=600)
    secret_hash: Mapped[str] = mapped_column(String(64))
    secret_made_at: Mapped[datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[datetime | None]


class InterfaceToken(Identified, Timestamped, Model):
    """An access token that was given out: opaque, short-lived, revocable at once. Only its hash is kept.

    `audience` is the one interface it is for (RFC 8707); empty means every interface that its scopes open.
    """

    __tablename__ = "interface_token"
    __table_args__ = (Index("ix_interface_token_expires_at", "expires_at"),)

    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interface_client.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    audience: Mapped[str] = mapped_column(String(200), default="")
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class InterfaceUse(Model):
    """How often one caller has asked in the present minute. One row for each, whatever the number of processes that serve."""

    __tablename__ = "interface_use"
    __table_args__ = (Index("ix_interface_use_last_at", "last_at"),)

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    began_at: Mapped[datetime]
    count: Mapped[int]
    last_at: Mapped[datetime]
