"""Who votes: how a process lets people vote, areas on the roll, codes by letter, contested participations."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _of_a_process(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["process_id"], ["process.id"], name=op.f(f"fk_{table}_process_id_process"), ondelete="CASCADE"
    )


def upgrade() -> None:
    with op.batch_alter_table("roll_entry") as batch_op:
        batch_op.add_column(sa.Column("area_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("age_bracket", sa.String(length=8), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("sex", sa.String(length=1), nullable=False, server_default=""))
        batch_op.create_foreign_key(op.f("fk_roll_entry_area_id_area"), "area", ["area_id"], ["id"], ondelete="RESTRICT")
    with op.batch_alter_table("roll_entry") as batch_op:
        batch_op.alter_column("age_bracket", existing_type=sa.String(length=8), server_default=None)
        batch_op.alter_column("sex", existing_type=sa.String(length=1), server_default=None)
    op.create_table(
        "voting_setup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("slots", _words("all", "one", "own", "own_plus_one", name="slotmode"), nullable=False),
        sa.Column("by_code", sa.Boolean(), nullable=False),
        sa.Column("by_card", sa.Boolean(), nullable=False),
        sa.Column("by_account", sa.Boolean(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        _of_a_process("voting_setup"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voting_setup")),
        sa.UniqueConstraint("process_id", name=op.f("uq_voting_setup_process_id")),
    )
    op.create_table(
        "voting_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("voter_key", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("state", _words("issued", "voided", "undelivered", name="codestate"), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        _of_a_process("voting_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voting_code")),
        sa.UniqueConstraint("process_id", "code_hash", name=op.f("uq_voting_code_process_id_code_hash")),
    )
    op.create_index("ix_voting_code_voter", "voting_code", ["process_id", "voter_key"], unique=False)
    op.create_index(
        "uq_voting_code_in_force",
        "voting_code",
        ["process_id", "voter_key"],
        unique=True,
        sqlite_where=sa.text("state = 'issued'"),
        postgresql_where=sa.text("state = 'issued'"),
    )
    op.create_table(
        "code_print",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("deleted_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        _of_a_process("code_print"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_print")),
    )
    op.create_index(op.f("ix_code_print_process_id"), "code_print", ["process_id"], unique=False)
    op.create_table(
        "voting_contest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("voter_key", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("state", _words("open", "upheld", "dismissed", name="conteststate"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("granted_slot", sa.String(length=40), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_voting_contest_pot_id_pot"), ondelete="CASCADE"),
        _of_a_process("voting_contest"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voting_contest")),
        sa.UniqueConstraint("reference", name=op.f("uq_voting_contest_reference")),
    )
    op.create_index("ix_voting_contest_voter", "voting_contest", ["process_id", "voter_key"], unique=False)
    op.create_index(
        "uq_voting_contest_open",
        "voting_contest",
        ["pot_id", "voter_key"],
        unique=True,
        sqlite_where=sa.text("state <> 'dismissed'"),
        postgresql_where=sa.text("state <> 'dismissed'"),
    )


def downgrade() -> None:
    op.drop_table("voting_contest")
    op.drop_table("code_print")
    op.drop_table("voting_code")
    op.drop_table("voting_setup")
    with op.batch_alter_table("roll_entry") as batch_op:
        batch_op.drop_constraint(op.f("fk_roll_entry_area_id_area"), type_="foreignkey")
        batch_op.drop_column("sex")
        batch_op.drop_column("age_bracket")
        batch_op.drop_column("area_id")
