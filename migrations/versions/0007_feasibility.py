"""Proposals are reviewed before they can become projects: what came of it, why, and every earlier review."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feasibility_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                *("feasible", "with_changes", "not_feasible"),
                name="feasibility",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", kernel_types.JsonDocument, nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("taken_back_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_feasibility_review_cost")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_feasibility_review_proposal_id_proposal"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_feasibility_review_process_id_process"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_feasibility_review_reviewer_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feasibility_review")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_feasibility_review_proposal_id_number")),
    )
    with op.batch_alter_table("feasibility_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feasibility_review_process_id"), ["process_id"], unique=False)


def downgrade() -> None:
    op.drop_table("feasibility_review")
