"""A box keeps the salt of each pot, which comes before its ballots in the digest that the openers signed."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ballot_box") as batch_op:
        batch_op.add_column(sa.Column("salts", kernel_types.JsonDocument, nullable=False, server_default=sa.text("'{}'")))
    with op.batch_alter_table("ballot_box") as batch_op:
        batch_op.alter_column("salts", existing_type=kernel_types.JsonDocument, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("ballot_box") as batch_op:
        batch_op.drop_column("salts")
