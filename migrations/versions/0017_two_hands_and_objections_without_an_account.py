"""Contested participations, draws and what is published need two members; objections need no account."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
CONTEST = "state = 'open' OR first_hand IS NULL OR (second_hand IS NOT NULL AND first_hand <> second_hand)"
CHOICE = "NOT confirmed OR first_hand IS NULL OR (second_hand IS NOT NULL AND first_hand <> second_hand)"
TEXTS = {"name": sa.String(length=120), "contact": sa.String(length=200), "recorded_name": sa.String(length=80)}


def upgrade() -> None:
    with op.batch_alter_table("voting_contest") as batch_op:
        batch_op.add_column(sa.Column("proposed", sa.String(length=16), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("first_hand", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("second_hand", sa.Uuid(), nullable=True))
    # what was upheld by one member, and waits for another one to grant a ballot, is an answer that waits for a second signature
    op.execute(
        "UPDATE voting_contest SET state = 'open', proposed = 'upheld', first_hand = decided_by"
        " WHERE state = 'upheld' AND asked_slot <> '' AND granted_slot = ''"
    )
    with op.batch_alter_table("voting_contest") as batch_op:
        batch_op.alter_column("proposed", server_default=None)
        batch_op.create_check_constraint(op.f("ck_voting_contest_two_people"), CONTEST)

    with op.batch_alter_table("publication_choice") as batch_op:
        batch_op.add_column(sa.Column("confirmed", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("first_hand", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("second_hand", sa.Uuid(), nullable=True))
    with op.batch_alter_table("publication_choice") as batch_op:
        batch_op.alter_column("confirmed", server_default=None)
        batch_op.create_check_constraint(op.f("ck_publication_choice_two_people"), CHOICE)

    op.create_table(
        "draw_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("orders", kernel_types.JsonDocument, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("first_hand", sa.Uuid(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_draw_entry_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_entry")),
        sa.UniqueConstraint("pot_id", name=op.f("uq_draw_entry_pot_id")),
    )

    with op.batch_alter_table("objection") as batch_op:
        for name, kind in TEXTS.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("reference", sa.String(length=16), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_objection_reference"), ["reference"])
    with op.batch_alter_table("objection") as batch_op:
        for name in TEXTS:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("objection") as batch_op:
        batch_op.drop_constraint(op.f("uq_objection_reference"), type_="unique")
        for name in ("reference", *TEXTS):
            batch_op.drop_column(name)
    op.drop_table("draw_entry")
    op.execute("DELETE FROM publication_choice WHERE NOT confirmed")  # one member decides it again
    with op.batch_alter_table("publication_choice") as batch_op:
        batch_op.drop_constraint(op.f("ck_publication_choice_two_people"), type_="check")
        for name in ("confirmed", "first_hand", "second_hand"):
            batch_op.drop_column(name)
    with op.batch_alter_table("voting_contest") as batch_op:
        batch_op.drop_constraint(op.f("ck_voting_contest_two_people"), type_="check")
    op.execute("UPDATE voting_contest SET state = proposed WHERE state = 'open' AND proposed = 'upheld' AND asked_slot <> ''")
    op.execute(
        "UPDATE voting_contest SET outcome = '', reason = '', decided_on = NULL, decided_by = NULL, asked_slot = ''"
        " WHERE state = 'open'"
    )
    with op.batch_alter_table("voting_contest") as batch_op:
        for name in ("proposed", "first_hand", "second_hand"):
            batch_op.drop_column(name)
