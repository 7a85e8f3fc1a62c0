"""A participation has an index less: the constraint of one ballot in a pot begins with the pot, and answers the same.

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLE, INDEX = "voting_participation", "ix_voting_participation_pot"


def upgrade() -> None:
    """Drop it."""
    op.drop_index(INDEX, table_name=TABLE)


def downgrade() -> None:
    """Make it again."""
    op.create_index(INDEX, TABLE, ["pot_id"])
