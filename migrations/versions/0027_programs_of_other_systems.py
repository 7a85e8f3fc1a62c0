"""Programs of other systems, their tokens and limits, and profiles at the city's identity provider."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interface_client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("scopes", kernel_types.JsonDocument, nullable=False),
        sa.Column("process_ids", kernel_types.JsonDocument, nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("secret_made_at", kernel_types.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", kernel_types.UtcDateTime(), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_client")),
    )
    op.create_table(
        "interface_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("scopes", kernel_types.JsonDocument, nullable=False),
        sa.Column("audience", sa.String(200), nullable=False),
        sa.Column("expires_at", kernel_types.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", kernel_types.UtcDateTime(), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["interface_client.id"],
            name=op.f("fk_interface_token_client_id_interface_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_interface_token_token_hash")),
    )
    op.create_index(op.f("ix_interface_token_client_id"), "interface_token", ["client_id"])
    op.create_index("ix_interface_token_expires_at", "interface_token", ["expires_at"])
    op.create_table(
        "interface_use",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("began_at", kernel_types.UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", kernel_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_interface_use")),
    )
    op.create_index("ix_interface_use_last_at", "interface_use", ["last_at"])
    op.create_table(
        "city_profile",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_city_profile_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_city_profile")),
        sa.UniqueConstraint("profile_id", name=op.f("uq_city_profile_profile_id")),
    )


def downgrade() -> None:
    for table in ("city_profile", "interface_use", "interface_token", "interface_client"):
        op.drop_table(table)
