"""The register of what was printed, and scanned forms with what people decided about them.

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kernel import types as kernel_types

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
MOMENT = kernel_types.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of print runs and of scans."""
    _printing()
    _scans()


def _printing() -> None:
    op.create_table(
        "printed_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.Column("short_revision", sa.String(length=16), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_printed_form_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_form")),
        sa.UniqueConstraint("revision", name=op.f("uq_printed_form_revision")),
    )
    op.create_index("ix_printed_form_code", "printed_form", ["kind", "subject", "short_revision"], unique=False)
    op.create_index(op.f("ix_printed_form_process_id"), "printed_form", ["process_id"], unique=False)
    op.create_table(
        "print_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("variant", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("paper", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "printing",
                "ready",
                "failed",
                "cancelled",
                "deleted",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ordered_by", sa.Uuid(), nullable=True),
        sa.Column("issued_to", sa.String(length=120), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=True),
        sa.Column("moved_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("number >= 1 AND done >= 0 AND done <= number", name=op.f("ck_print_run_numbers")),
        sa.ForeignKeyConstraint(
            ["form_id"], ["printed_form.id"], name=op.f("fk_print_run_form_id_printed_form"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ordered_by"], ["person.id"], name=op.f("fk_print_run_ordered_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_print_run_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_run")),
    )
    op.create_index(op.f("ix_print_run_form_id"), "print_run", ["form_id"], unique=False)
    op.create_index(op.f("ix_print_run_ordered_by"), "print_run", ["ordered_by"], unique=False)
    op.create_index("ix_print_run_process_id", "print_run", ["process_id", "created_at"], unique=False)
    op.create_table(
        "printed_copy",
        sa.Column("serial", sa.String(length=16), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["print_run.id"], name=op.f("fk_printed_copy_run_id_print_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_printed_copy")),
    )
    op.create_index(op.f("ix_printed_copy_run_id"), "printed_copy", ["run_id"], unique=False)


def _scans() -> None:
    op.create_table(
        "scan_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "reading", "read", "failed", name="filestate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("fault", sa.String(length=32), nullable=False),
        sa.Column("pages_total", sa.Integer(), nullable=False),
        sa.Column("pages_done", sa.Integer(), nullable=False),
        sa.Column("moved_at", MOMENT, nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("pages_done >= 0 AND bytes > 0", name=op.f("ck_scan_file_numbers")),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_scan_file_process_id_process"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["person.id"], name=op.f("fk_scan_file_uploaded_by_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_file")),
        sa.UniqueConstraint("process_id", "digest", name=op.f("uq_scan_file_process_id_digest")),
    )
    op.create_index(op.f("ix_scan_file_uploaded_by"), "scan_file", ["uploaded_by"], unique=False)
    op.create_table(
        "scan_page",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column(
            "tray",
            sa.Enum(
                "read",
                "turned",
                "two_on_one",
                "outdated",
                "duplicate",
                "foreign",
                "damaged",
                "unknown",
                "test_print",
                "blank",
                "broken",
                name="pagetray",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "to_review",
                "second",
                "different",
                "reviewed",
                "in_tray",
                "set_aside",
                name="pagestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("turned", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=32), nullable=False),
        sa.Column("form_kind", sa.String(length=1), nullable=False),
        sa.Column("form_subject", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.String(length=16), nullable=False),
        sa.Column("look", sa.String(length=40), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("copy_key", sa.String(length=100), nullable=True),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("readings", JSON, nullable=False),
        sa.Column("image_key", sa.String(length=48), nullable=False),
        sa.Column("result", JSON, nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.String(length=80), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["scan_file.id"], name=op.f("fk_scan_page_file_id_scan_file"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_scan_page_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_page")),
        sa.UniqueConstraint("file_id", "number", "part", name=op.f("uq_scan_page_file_id_number_part")),
        sa.UniqueConstraint("process_id", "copy_key", name=op.f("uq_scan_page_process_id_copy_key")),
    )
    op.create_index("ix_scan_page_queue", "scan_page", ["process_id", "state", "form_kind", "code", "page"], unique=False)
    op.create_index("ix_scan_page_taken_by", "scan_page", ["taken_by"], unique=False)
    op.create_table(
        "scan_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["scan_page.id"], name=op.f("fk_scan_decision_page_id_scan_page"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_scan_decision_person_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_decision")),
    )
    op.create_index(op.f("ix_scan_decision_person_id"), "scan_decision", ["person_id"], unique=False)
    op.create_index(
        "uq_scan_decision_in_force",
        "scan_decision",
        ["page_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )


def downgrade() -> None:
    """Scans and the register go; their files stay in the store until somebody clears it."""
    for table in ("scan_decision", "scan_page", "scan_file", "printed_copy", "print_run", "printed_form"):
        op.drop_table(table)
