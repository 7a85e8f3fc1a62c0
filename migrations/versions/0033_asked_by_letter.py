"""People whom another system names by an e-mail address are asked by a letter there before their yes counts.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLE = "consent_letter"
MOMENT = kernel_types.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the table of letters."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_letter_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_consent_letter_agreement_id_data_agreement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_letter")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_consent_letter_token_hash")),
    )
    op.create_index("ix_consent_letter_address", TABLE, ["address", "created_at"])
    op.create_index(op.f("ix_consent_letter_person_id"), TABLE, ["person_id"])
    op.create_index(op.f("ix_consent_letter_agreement_id"), TABLE, ["agreement_id"])


def downgrade() -> None:
    """Links that were sent work no more."""
    op.drop_table(TABLE)
