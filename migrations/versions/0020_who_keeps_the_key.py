"""Who keeps the key of a box is chosen; the list of voters is noted when the vote has begun and when the box is closed."""

import uuid

import sqlalchemy as sa
from alembic import op

from app.kernel import clock
from app.kernel import types as kernel_types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    custody = sa.Enum("server", "committee", name="custody", native_enum=False, create_constraint=True, length=32)
    with op.batch_alter_table("voting_setup") as batch_op:
        batch_op.add_column(sa.Column("custody", custody, nullable=False, server_default="server"))
    with op.batch_alter_table("voting_setup") as batch_op:
        batch_op.alter_column("custody", server_default=None)
    _choose_what_is_there()

    op.create_table(
        "frozen_roll",
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("closed_entries", sa.Integer(), nullable=True),
        sa.Column("closed_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_frozen_roll_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("process_id", name=op.f("pk_frozen_roll")),
    )


def _choose_what_is_there() -> None:
    """Where the committee has brought its key, it was chosen; rehearsals say nothing."""
    setup = sa.table(
        "voting_setup",
        sa.column("id", sa.Uuid()),
        sa.column("process_id", sa.Uuid()),
        *(sa.column(name, sa.String()) for name in ("slots", "custody")),
        *(sa.column(name, sa.Boolean()) for name in ("by_code", "by_card", "by_account")),
        sa.column("created_at", kernel_types.UtcDateTime(timezone=True)),
    )
    box = sa.table("ballot_box", sa.column("process_id", sa.Uuid()), sa.column("custody", sa.String()))
    process = sa.table("process", sa.column("id", sa.Uuid()), sa.column("rehearsal_of", sa.Uuid()))
    connection = op.get_bind()
    theirs = (
        sa.select(box.c.process_id)
        .outerjoin(process, process.c.id == box.c.process_id)
        .where(box.c.custody == "committee", process.c.rehearsal_of.is_(None))
    )
    for process_id in connection.execute(theirs).scalars().all():
        known = connection.execute(sa.update(setup).where(setup.c.process_id == process_id).values(custody="committee"))
        if not known.rowcount:
            connection.execute(
                sa.insert(setup).values(
                    id=uuid.uuid4(),
                    process_id=process_id,
                    slots="all",
                    custody="committee",
                    by_code=True,
                    by_card=True,
                    by_account=True,
                    created_at=clock.now(),
                )
            )


def downgrade() -> None:
    op.drop_table("frozen_roll")
    with op.batch_alter_table("voting_setup") as batch_op:
        batch_op.drop_constraint(op.f("ck_voting_setup_custody"), type_="check")
        batch_op.drop_column("custody")
