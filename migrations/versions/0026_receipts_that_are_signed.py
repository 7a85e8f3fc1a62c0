"""Receipts of answers, and the keys that sign them. Receipts of earlier answers are signed by the first nightly work."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ACTIVE = sa.text("state = 'active'")


def upgrade() -> None:
    op.create_table(
        "receipt_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("public", kernel_types.JsonDocument, nullable=False),
        sa.Column("sealed_private", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "retired", "revoked", name="keystate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("begins_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_receipt_key_kid")),
    )
    op.create_index(
        "uq_receipt_key_active", "receipt_key", ["state"], unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("iso_document", sa.LargeBinary(), nullable=False),
        sa.Column("iso_signature", sa.Text(), nullable=False),
        sa.Column("kantara_document", sa.LargeBinary(), nullable=False),
        sa.Column("kantara_signature", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["consent_event.id"], name=op.f("fk_receipt_event_id_consent_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_receipt_person_id_person"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["key_id"], ["receipt_key.id"], name=op.f("fk_receipt_key_id_receipt_key"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("event_id", name=op.f("uq_receipt_event_id")),
    )
    op.create_index("ix_receipt_person", "receipt", ["person_id", "issued_at"])
    op.create_index(op.f("ix_receipt_key_id"), "receipt", ["key_id"])


def downgrade() -> None:
    op.drop_table("receipt")
    op.drop_table("receipt_key")
