"""Winners are carried out step by step; a vote is rehearsed in a copy of its process, which is a draft for ever."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rehearsal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("copy_id", sa.Uuid(), nullable=True),
        sa.Column("started_by_id", sa.Uuid(), nullable=True),
        sa.Column("voters", sa.Integer(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("thrown_away_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["process.id"], name=op.f("fk_rehearsal_copy_id_process"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_rehearsal_process_id_process"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["person.id"], name=op.f("fk_rehearsal_started_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal")),
        sa.UniqueConstraint("copy_id", name=op.f("uq_rehearsal_copy_id")),
    )
    with op.batch_alter_table("rehearsal") as batch_op:
        batch_op.create_index(batch_op.f("ix_rehearsal_process_id"), ["process_id"], unique=False)

    op.create_table(
        "implementation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("title", kernel_types.JsonDocument, nullable=False),
        sa.Column("pot_title", kernel_types.JsonDocument, nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("won_on", sa.Date(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_implementation_pot_id_pot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_implementation_process_id_process"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_implementation_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_implementation")),
        sa.UniqueConstraint("project_id", name=op.f("uq_implementation_project_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_implementation_reference")),
    )
    with op.batch_alter_table("implementation") as batch_op:
        batch_op.create_index(batch_op.f("ix_implementation_pot_id"), ["pot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_implementation_process_id"), ["process_id"], unique=False)

    op.create_table(
        "implementation_follow",
        sa.Column("implementation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["implementation_id"],
            ["implementation.id"],
            name=op.f("fk_implementation_follow_implementation_id_implementation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_implementation_follow_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("implementation_id", "person_id", name=op.f("pk_implementation_follow")),
    )
    with op.batch_alter_table("implementation_follow") as batch_op:
        batch_op.create_index(batch_op.f("ix_implementation_follow_person_id"), ["person_id"], unique=False)

    op.create_table(
        "implementation_source",
        sa.Column("implementation_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["implementation_id"],
            ["implementation.id"],
            name=op.f("fk_implementation_source_implementation_id_implementation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_implementation_source_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("implementation_id", "proposal_id", name=op.f("pk_implementation_source")),
    )
    with op.batch_alter_table("implementation_source") as batch_op:
        batch_op.create_index(batch_op.f("ix_implementation_source_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("implementation_id", sa.Uuid(), nullable=False),
        sa.Column("title", kernel_types.JsonDocument, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "running",
                "delayed",
                "done",
                "stopped",
                name="milestonestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("planned_for", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("note", kernel_types.JsonDocument, nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_milestone_cost")),
        sa.ForeignKeyConstraint(
            ["implementation_id"],
            ["implementation.id"],
            name=op.f("fk_milestone_implementation_id_implementation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    with op.batch_alter_table("milestone") as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_implementation_id"), ["implementation_id"], unique=False)

    op.create_table(
        "milestone_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("content", kernel_types.JsonDocument, nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_milestone_version_milestone_id_milestone"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["person.id"], name=op.f("fk_milestone_version_officer_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_version")),
        sa.UniqueConstraint("milestone_id", "version", name=op.f("uq_milestone_version_milestone_id_version")),
    )
    with op.batch_alter_table("process") as batch_op:
        batch_op.add_column(sa.Column("rehearsal_of", sa.Uuid(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_process_rehearsal_of"), ["rehearsal_of"])
        batch_op.create_foreign_key(
            batch_op.f("fk_process_rehearsal_of_process"), "process", ["rehearsal_of"], ["id"], ondelete="RESTRICT"
        )
        batch_op.create_check_constraint(op.f("ck_process_rehearsal_is_draft"), "rehearsal_of IS NULL OR state = 'draft'")


def downgrade() -> None:
    with op.batch_alter_table("process") as batch_op:
        batch_op.drop_constraint(op.f("ck_process_rehearsal_is_draft"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_process_rehearsal_of_process"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_process_rehearsal_of"), type_="unique")
        batch_op.drop_column("rehearsal_of")

    op.drop_table("milestone_version")
    with op.batch_alter_table("milestone") as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_implementation_id"))

    op.drop_table("milestone")
    with op.batch_alter_table("implementation_source") as batch_op:
        batch_op.drop_index(batch_op.f("ix_implementation_source_proposal_id"))

    op.drop_table("implementation_source")
    with op.batch_alter_table("implementation_follow") as batch_op:
        batch_op.drop_index(batch_op.f("ix_implementation_follow_person_id"))

    op.drop_table("implementation_follow")
    with op.batch_alter_table("implementation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_implementation_process_id"))
        batch_op.drop_index(batch_op.f("ix_implementation_pot_id"))

    op.drop_table("implementation")
    with op.batch_alter_table("rehearsal") as batch_op:
        batch_op.drop_index(batch_op.f("ix_rehearsal_process_id"))

    op.drop_table("rehearsal")
