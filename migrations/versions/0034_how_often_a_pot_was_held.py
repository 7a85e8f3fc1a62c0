"""A pot counts how often somebody who changes the vote has held it, so that one statement can hold it and read what stands there.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has held one yet."""
    op.add_column("pot", sa.Column("held", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("pot") as pot:
        pot.drop_column("held")
