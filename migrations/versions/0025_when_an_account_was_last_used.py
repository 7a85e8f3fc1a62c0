"""When an account was last used, to the day: accounts that nobody uses are erased after they were told so."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = kernel_types.UtcDateTime(timezone=True)
    # Whoever has an account now counts as using it today: sessions that were forgotten cannot say when it was.
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("last_used_at", moment, nullable=False, server_default=sa.func.current_timestamp()))
        batch_op.add_column(sa.Column("unused_told_at", moment, nullable=True))
    with op.batch_alter_table("person") as batch_op:
        batch_op.alter_column("last_used_at", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_column("unused_told_at")
        batch_op.drop_column("last_used_at")
