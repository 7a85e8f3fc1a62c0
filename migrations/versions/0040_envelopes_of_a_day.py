"""The day on which a station took an outer envelope in, and numbers on envelopes that are not on the list of voters.

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both. Envelopes from before were on the list, and nobody kept their day."""
    with op.batch_alter_table("outer_envelope", table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.add_column(sa.Column("proof", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("given_on", sa.Date(), nullable=True))
    with op.batch_alter_table("outer_envelope", table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.alter_column("proof", existing_type=sa.String(length=64), server_default=None)


def downgrade() -> None:
    """Drop both. An envelope that waits and was not on the list goes back now: without its date of birth nobody could tell a
    number that is not on the list from one that stands there for somebody else, whose vote it would use up.
    """
    op.execute("UPDATE outer_envelope SET state = 'returned', because = 'used' WHERE state = 'waiting' AND proof <> ''")
    with op.batch_alter_table("outer_envelope", table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.drop_column("given_on")
        batch_op.drop_column("proof")
