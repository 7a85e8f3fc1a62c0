"""The committee decides what of the ballots is published; what other rules would have chosen is kept beside a result."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publication_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "published",
            sa.Enum("rows", "totals", name="published", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("unique_ballots", sa.Integer(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_publication_choice_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_choice")),
        sa.UniqueConstraint("pot_id", name=op.f("uq_publication_choice_pot_id")),
    )
    op.create_table(
        "rule_comparison",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("rules", kernel_types.JsonDocument, nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_rule_comparison_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_comparison")),
        sa.UniqueConstraint("pot_id", name=op.f("uq_rule_comparison_pot_id")),
    )


def downgrade() -> None:
    op.drop_table("rule_comparison")
    op.drop_table("publication_choice")
