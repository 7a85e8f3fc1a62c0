"""Who brought the first opening, which keys a vote has, and who signed a decision, for good."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vote_key",
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_vote_key_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("process_id", "purpose", name=op.f("pk_vote_key")),
    )
    with op.batch_alter_table("ballot_box") as batch_op:
        batch_op.add_column(sa.Column("opened_by", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_ballot_box_opened_by_person"), "person", ["opened_by"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("committee_decision") as batch_op:
        batch_op.add_column(sa.Column("first_hand", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("second_hand", sa.Uuid(), nullable=True))
        batch_op.drop_constraint(op.f("ck_committee_decision_two_people"), type_="check")
    op.execute("UPDATE committee_decision SET first_hand = COALESCE(proposed_by, id)")
    op.execute("UPDATE committee_decision SET second_hand = COALESCE(decided_by, process_id) WHERE state = 'in_force'")
    with op.batch_alter_table("committee_decision") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_committee_decision_two_people"),
            "state <> 'in_force' OR (first_hand IS NOT NULL AND second_hand IS NOT NULL AND first_hand <> second_hand)",
        )


def downgrade() -> None:
    with op.batch_alter_table("committee_decision") as batch_op:
        batch_op.drop_constraint(op.f("ck_committee_decision_two_people"), type_="check")
        batch_op.drop_column("second_hand")
        batch_op.drop_column("first_hand")
        batch_op.create_check_constraint(
            op.f("ck_committee_decision_two_people"), "state <> 'in_force' OR decided_by <> proposed_by"
        )
    op.drop_table("vote_key")
    with op.batch_alter_table("ballot_box") as batch_op:
        batch_op.drop_constraint(op.f("fk_ballot_box_opened_by_person"), type_="foreignkey")
        batch_op.drop_column("opened_by")
