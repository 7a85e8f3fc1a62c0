"""An entry of the register has one ballot in a pot, whatever slot it used, and one more where the committee granted it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# On SQLite the table is written anew, and must not get the row numbers back that would tell the order of voting.
_WITHOUT_ROW_NUMBERS = {"sqlite_with_rowid": False}


def upgrade() -> None:
    with op.batch_alter_table("voting_participation", table_kwargs=_WITHOUT_ROW_NUMBERS) as batch_op:
        batch_op.add_column(sa.Column("granted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE voting_participation SET granted = true WHERE slot LIKE '%+1'"))
    with op.batch_alter_table("voting_participation", table_kwargs=_WITHOUT_ROW_NUMBERS) as batch_op:
        batch_op.alter_column("granted", existing_type=sa.Boolean(), server_default=None)
        batch_op.create_unique_constraint(
            op.f("uq_voting_participation_pot_id_voter_key_granted"), ["pot_id", "voter_key", "granted"]
        )


def downgrade() -> None:
    with op.batch_alter_table("voting_participation", table_kwargs=_WITHOUT_ROW_NUMBERS) as batch_op:
        batch_op.drop_constraint(op.f("uq_voting_participation_pot_id_voter_key_granted"), type_="unique")
        batch_op.drop_column("granted")
