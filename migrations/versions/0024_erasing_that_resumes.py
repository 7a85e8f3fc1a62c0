"""An erasure says which part it is at, so that a crash cannot leave it half done; runs of retention say what they removed."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ORIGINS = ("own", "desk", "interface", "unused", "restored")
STATES = ("asked", "waiting", "running", "done", "cancelled")


def upgrade() -> None:
    moment = kernel_types.UtcDateTime(timezone=True)
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "origin", sa.Enum(*ORIGINS, name="origin", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column(
            "state", sa.Enum(*STATES, name="erasurestate", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("first_hand", sa.Uuid(), nullable=True),
        sa.Column("second_hand", sa.Uuid(), nullable=True),
        sa.Column("pseudonym", sa.Uuid(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("runs_at", moment, nullable=True),
        sa.Column("begun_at", moment, nullable=True),
        sa.Column("touched_at", moment, nullable=True),
        sa.Column("done_at", moment, nullable=True),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("counts", kernel_types.JsonDocument, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id_person"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["first_hand"], ["person.id"], name=op.f("fk_erasure_first_hand_person"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["second_hand"], ["person.id"], name=op.f("fk_erasure_second_hand_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("person_id", name=op.f("uq_erasure_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_erasure_token_hash")),
    )
    op.create_index("ix_erasure_state", "erasure", ["state", "runs_at"])
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_index("ix_retention_run_rule", "retention_run", ["rule", "at"])


def downgrade() -> None:
    op.drop_index("ix_retention_run_rule", table_name="retention_run")
    op.drop_table("retention_run")
    op.drop_index("ix_erasure_state", table_name="erasure")
    op.drop_table("erasure")
