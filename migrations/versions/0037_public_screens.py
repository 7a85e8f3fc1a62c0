"""Public screens are enrolled and can be switched off; what is handed over to phones, prints that are asked for, letters on paper.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

MOMENT = kernel_types.UtcDateTime(timezone=True)
JSON = kernel_types.JsonDocument


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "kiosk_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("process_ids", JSON, nullable=False),
        sa.Column("supports", sa.Boolean(), nullable=False),
        sa.Column("voting", sa.Boolean(), nullable=False),
        sa.Column("lower_half", sa.Boolean(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=True),
        sa.Column("code_until", MOMENT, nullable=True),
        sa.Column("enrolled_at", MOMENT, nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("copied_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_device")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_kiosk_device_code_hash")),
    )
    op.create_table(
        "kiosk_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["kiosk_device.id"], name=op.f("fk_kiosk_token_device_id_kiosk_device"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosk_token_token_hash")),
    )
    op.create_index(op.f("ix_kiosk_token_device_id"), "kiosk_token", ["device_id"])
    op.create_table(
        "kiosk_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_handover")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosk_handover_token_hash")),
    )
    op.create_index("ix_kiosk_handover_until", "kiosk_handover", ["until"])
    op.create_table(
        "print_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["kiosk_device.id"], name=op.f("fk_print_wish_device_id_kiosk_device"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_print_wish_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_wish")),
        sa.UniqueConstraint("day", "number", name=op.f("uq_print_wish_day_number")),
    )
    op.create_index("ix_print_wish_done_at", "print_wish", ["done_at"])
    op.create_index(op.f("ix_print_wish_device_id"), "print_wish", ["device_id"])
    op.create_index(op.f("ix_print_wish_process_id"), "print_wish", ["process_id"])
    op.create_table(
        "paper_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("mail", sa.String(64), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("printed_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_paper_letter_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_paper_letter_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_paper_letter_key")),
    )
    op.create_index("ix_paper_letter_sent_at", "paper_letter", ["sent_at", "created_at"])
    op.create_index(op.f("ix_paper_letter_proposal_id"), "paper_letter", ["proposal_id"])
    op.create_index(op.f("ix_paper_letter_process_id"), "paper_letter", ["process_id"])
    with op.batch_alter_table("guest_contact") as contact:
        contact.add_column(sa.Column("large_print", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Screens become unknown, what waits to be printed is forgotten."""
    with op.batch_alter_table("guest_contact") as contact:
        contact.drop_column("large_print")
    for table in ("paper_letter", "print_wish", "kiosk_handover", "kiosk_token", "kiosk_device"):
        op.drop_table(table)
