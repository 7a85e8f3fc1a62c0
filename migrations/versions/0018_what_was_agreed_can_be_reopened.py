"""Two members can have the totals of a station typed again, or a draw entered again."""

from typing import Any

import click
import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KINDS = (
    *("extension", "interruption", "resumption", "annulment", "objection", "recount"),
    *("certification", "correction", "destruction"),
)
NEW = ("totals_again", "draw_again")


def _allow(batch_op: Any, kinds: tuple[str, ...]) -> None:
    batch_op.drop_constraint(op.f("ck_committee_decision_decisionkind"), type_="check")
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    batch_op.create_check_constraint(op.f("ck_committee_decision_decisionkind"), f"kind IN ({allowed})")


def upgrade() -> None:
    with op.batch_alter_table("committee_decision") as batch_op:
        _allow(batch_op, (*KINDS, *NEW))


def downgrade() -> None:
    # An older version has no words for these decisions; what they reopened stays open, and is typed or entered again there.
    removed = (
        op.get_bind().execute(sa.text("DELETE FROM committee_decision WHERE kind IN ('totals_again', 'draw_again')")).rowcount
    )
    if removed:
        click.echo(f"Decisions to type totals or to enter a draw again that were removed: {removed}.")
    with op.batch_alter_table("committee_decision") as batch_op:
        _allow(batch_op, KINDS)
