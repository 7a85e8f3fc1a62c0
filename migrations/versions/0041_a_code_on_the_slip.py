"""A short code on the slip of a public screen: what is kept of it is its hash.

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the hash. Proposals from before have none: their slips carry the link alone."""
    op.add_column("proposal", sa.Column("follow_code_hash", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_proposal_follow_code_hash"), "proposal", ["follow_code_hash"], unique=True)


def downgrade() -> None:
    """Drop it: codes on slips open nothing then, links go on."""
    op.drop_index(op.f("ix_proposal_follow_code_hash"), table_name="proposal")
    op.drop_column("proposal", "follow_code_hash")
