"""Who recorded, decided and granted: another ballot after a complaint needs two members of the committee."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
HANDS = ("opened_by", "decided_by", "granted_by")


def upgrade() -> None:
    with op.batch_alter_table("voting_contest") as batch_op:
        batch_op.add_column(sa.Column("asked_slot", sa.String(length=40), nullable=False, server_default=""))
        for name in HANDS:
            batch_op.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_voting_contest_{name}_person"), "person", [name], ["id"], ondelete="SET NULL")
    with op.batch_alter_table("voting_contest") as batch_op:
        batch_op.alter_column("asked_slot", server_default=None)
    op.execute("UPDATE voting_contest SET asked_slot = granted_slot")


def downgrade() -> None:
    with op.batch_alter_table("voting_contest") as batch_op:
        for name in HANDS:
            batch_op.drop_constraint(op.f(f"fk_voting_contest_{name}_person"), type_="foreignkey")
            batch_op.drop_column(name)
        batch_op.drop_column("asked_slot")
