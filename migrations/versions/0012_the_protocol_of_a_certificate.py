"""Each certificate keeps the protocol as it was when it was signed: the package holds it and never changes."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.add_column(sa.Column("protocol", kernel_types.JsonDocument, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.drop_column("protocol")
