"""Ballots are sealed: a box with its key, envelopes, the board in blocks, signed heads; a participation uses up a slot."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# On SQLite the table is written anew, and must not get the row numbers back that would tell the order of voting.
_WITHOUT_ROW_NUMBERS = {"sqlite_with_rowid": False}
_AS_TEXT = {
    "postgresql": "pot_id::text",
    "sqlite": "substr(pot_id, 1, 8) || '-' || substr(pot_id, 9, 4) || '-' || substr(pot_id, 13, 4)"
    " || '-' || substr(pot_id, 17, 4) || '-' || substr(pot_id, 21)",
}


def upgrade() -> None:
    op.create_table(
        "ballot_box",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column(
            "custody",
            sa.Enum("server", "committee", name="custody", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open", "closed", "opened", "confirmed", name="boxstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("key", kernel_types.JsonDocument, nullable=False),
        sa.Column("board_key", sa.String(length=64), nullable=False),
        sa.Column("rehearsed_on", sa.String(length=10), nullable=False),
        sa.Column("statements", kernel_types.JsonDocument, nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_ballot_box_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_box")),
        sa.UniqueConstraint("process_id", name=op.f("uq_ballot_box_process_id")),
    )
    op.create_table(
        "board_head",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pots", kernel_types.JsonDocument, nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_board_head_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_head")),
        sa.UniqueConstraint("process_id", "day", name=op.f("uq_board_head_process_id_day")),
    )
    op.create_table(
        "board_block",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_board_block_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_block")),
        sa.UniqueConstraint("pot_id", "number", name=op.f("uq_board_block_pot_id_number")),
    )
    op.create_table(
        "envelope",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_envelope_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelope")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("envelope", schema=None) as batch_op:
        batch_op.create_index("ix_envelope_pot", ["pot_id"], unique=False)

    op.create_table(
        "board_entry",
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("envelope_id", sa.Uuid(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["board_block.id"], name=op.f("fk_board_entry_block_id_board_block"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("receipt", name=op.f("pk_board_entry")),
        sa.UniqueConstraint("block_id", "place", name=op.f("uq_board_entry_block_id_place")),
        sa.UniqueConstraint("envelope_id", name=op.f("uq_board_entry_envelope_id")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("voting_participation", table_kwargs=_WITHOUT_ROW_NUMBERS) as batch_op:
        batch_op.add_column(sa.Column("process_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("slot", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("station", sa.String(length=80), nullable=False, server_default=""))
    op.execute(
        "UPDATE voting_participation SET "  # noqa: S608
        "process_id = (SELECT process_id FROM pot WHERE pot.id = voting_participation.pot_id), "
        f"slot = {_AS_TEXT[op.get_context().dialect.name]}"
    )
    with op.batch_alter_table("voting_participation", table_kwargs=_WITHOUT_ROW_NUMBERS) as batch_op:
        batch_op.alter_column("process_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.alter_column("slot", existing_type=sa.String(length=40), nullable=False)
        batch_op.alter_column("station", existing_type=sa.String(length=80), server_default=None)
        batch_op.drop_constraint(op.f("uq_voting_participation_pot_id_voter_key"), type_="unique")
        batch_op.create_index("ix_voting_participation_pot", ["pot_id"], unique=False)
        batch_op.create_unique_constraint(
            op.f("uq_voting_participation_process_id_voter_key_slot"), ["process_id", "voter_key", "slot"]
        )
        batch_op.create_foreign_key(
            op.f("fk_voting_participation_process_id_process"), "process", ["process_id"], ["id"], ondelete="CASCADE"
        )


def downgrade() -> None:
    with op.batch_alter_table("voting_participation", table_kwargs=_WITHOUT_ROW_NUMBERS) as batch_op:
        batch_op.drop_constraint(op.f("fk_voting_participation_process_id_process"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_voting_participation_process_id_voter_key_slot"), type_="unique")
        batch_op.drop_index("ix_voting_participation_pot")
        batch_op.create_unique_constraint(op.f("uq_voting_participation_pot_id_voter_key"), ["pot_id", "voter_key"])
        batch_op.drop_column("station")
        batch_op.drop_column("slot")
        batch_op.drop_column("process_id")
    op.drop_table("board_entry")
    with op.batch_alter_table("envelope") as batch_op:
        batch_op.drop_index("ix_envelope_pot")
    op.drop_table("envelope")
    op.drop_table("board_block")
    op.drop_table("board_head")
    op.drop_table("ballot_box")
