"""Paper comes in batches, and every sheet is read by two people before anything of it appears.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BATCH, SHEET = "intake_batch", "intake_sheet"
ONCE = sa.text("state <> 'void' AND serial <> ''")
KINDS = ("proposal", "consent")
BATCH_STATES = ("open", "entered", "second_reading", "reconciled", "closed", "reopened")
SHEET_STATES = ("entered", "read", "differs", "settled", "void")


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, kernel_types.UtcDateTime(timezone=True), nullable=nullable)


def _refers(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete)


def _words(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _uuid(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=True)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        BATCH,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        _uuid("process_id"),
        sa.Column("kind", _words("sheetkind", KINDS), nullable=False),
        _uuid("agreement_id"),
        _uuid("revision_id"),
        sa.Column("station", sa.String(80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _moment("received_at", nullable=False),
        sa.Column("declared", sa.Integer(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("state", _words("batchstate", BATCH_STATES), nullable=False),
        sa.Column("count_reason", sa.Text(), nullable=False),
        sa.Column("reopened_reason", sa.Text(), nullable=False),
        _uuid("opened_by"),
        _uuid("entered_by"),
        _moment("entered_at"),
        _uuid("reconciled_by"),
        _moment("reconciled_at"),
        _uuid("closed_by"),
        _moment("closed_at"),
        _moment("changed_at", nullable=False),
        _moment("created_at", nullable=False),
        sa.CheckConstraint("declared > 0", name=op.f("ck_intake_batch_declared")),
        _refers(BATCH, "process_id", "process", "RESTRICT"),
        _refers(BATCH, "agreement_id", "data_agreement", "RESTRICT"),
        _refers(BATCH, "revision_id", "agreement_revision", "RESTRICT"),
        *(_refers(BATCH, name, "person", "SET NULL") for name in ("opened_by", "entered_by", "reconciled_by", "closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_batch")),
        sa.UniqueConstraint("reference", name=op.f("uq_intake_batch_reference")),
    )
    op.create_index("ix_intake_batch_state", BATCH, ["process_id", "state", "changed_at"])
    op.create_index(op.f("ix_intake_batch_agreement_id"), BATCH, ["agreement_id"])
    op.create_index(op.f("ix_intake_batch_opened_by"), BATCH, ["opened_by"])
    op.create_table(
        SHEET,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(32), nullable=False),
        sa.Column("state", _words("sheetstate", SHEET_STATES), nullable=False),
        sa.Column("first", kernel_types.JsonDocument, nullable=False),
        _uuid("first_by"),
        sa.Column("second", kernel_types.JsonDocument, nullable=False),
        _uuid("second_by"),
        _moment("second_at"),
        sa.Column("settled", kernel_types.JsonDocument, nullable=False),
        _uuid("settled_by"),
        _moment("settled_at"),
        sa.Column("void_reason", sa.Text(), nullable=False),
        _uuid("void_by"),
        _uuid("proposal_id"),
        _uuid("person_id"),
        _moment("became_at"),
        sa.Column("slip_hash", sa.String(64), nullable=True),
        _moment("created_at", nullable=False),
        _refers(SHEET, "batch_id", BATCH, "CASCADE"),
        _refers(SHEET, "proposal_id", "proposal", "SET NULL"),
        *(
            _refers(SHEET, name, "person", "SET NULL")
            for name in ("first_by", "second_by", "settled_by", "void_by", "person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_sheet")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_intake_sheet_batch_id_number")),
    )
    op.create_index("uq_intake_sheet_serial", SHEET, ["serial"], unique=True, sqlite_where=ONCE, postgresql_where=ONCE)
    op.create_index("uq_intake_sheet_slip_hash", SHEET, ["slip_hash"], unique=True)
    op.create_index("ix_intake_sheet_first_by", SHEET, ["first_by", "created_at"])
    op.create_index("ix_intake_sheet_second_by", SHEET, ["second_by", "second_at"])
    op.create_index(op.f("ix_intake_sheet_proposal_id"), SHEET, ["proposal_id"])
    op.create_index(op.f("ix_intake_sheet_person_id"), SHEET, ["person_id"])


def downgrade() -> None:
    """Batches go; what has become of their sheets stays."""
    op.drop_table(SHEET)
    op.drop_table(BATCH)
