"""Decisions that one click took on several things carry one mark, so that one click can take them back."""

from typing import Any

import click
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

VERBS = ("approve", "hide", "restore", "dismiss")


def _allow(batch_op: Any, verbs: tuple[str, ...]) -> None:
    """The older words and the newer ones would both have to hold, so the one goes before the other comes."""
    batch_op.drop_constraint(op.f("ck_decision_verb"), type_="check")
    allowed = ", ".join(f"'{verb}'" for verb in verbs)
    batch_op.create_check_constraint(op.f("ck_decision_verb"), f"verb IN ({allowed})")


def upgrade() -> None:
    with op.batch_alter_table("decision") as batch_op:
        batch_op.add_column(sa.Column("together_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_decision_together_id"), ["together_id"], unique=False)
        _allow(batch_op, (*VERBS, "undo"))


def downgrade() -> None:
    # What an undo led back stays where it is; that it was an undo cannot be said in the older words.
    if removed := op.get_bind().execute(sa.text("DELETE FROM decision WHERE verb = 'undo'")).rowcount:
        click.echo(f"Decisions removed because they were an undo: {removed}.")
    with op.batch_alter_table("decision") as batch_op:
        _allow(batch_op, VERBS)
        batch_op.drop_index(batch_op.f("ix_decision_together_id"))
        batch_op.drop_column("together_id")
