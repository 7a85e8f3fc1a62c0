"""Whoever wrote an objection down for somebody is known by their account, so that they take no part in deciding it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("objection") as batch_op:
        batch_op.add_column(sa.Column("recorded_by", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_objection_recorded_by_person"), "person", ["recorded_by"], ["id"], ondelete="SET NULL"
        )
    # the audit log knows who it was; accounts that were deleted since are not there any more
    op.execute(
        "UPDATE objection SET recorded_by = (SELECT person.id FROM person JOIN audit_entry ON audit_entry.actor_id = person.id"
        " WHERE audit_entry.subject_id = objection.id AND audit_entry.action = 'objection.recorded')"
        " WHERE recorded_name <> ''"
    )


def downgrade() -> None:
    with op.batch_alter_table("objection") as batch_op:
        batch_op.drop_constraint(op.f("fk_objection_recorded_by_person"), type_="foreignkey")
        batch_op.drop_column("recorded_by")
