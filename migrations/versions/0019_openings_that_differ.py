"""An opening of the box that differs from the first is kept, and two members of the committee can have the box opened anew."""

from typing import Any

import click
import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATES = ("open", "closed", "opened", "confirmed")
KINDS = (
    *("extension", "interruption", "resumption", "annulment", "objection", "recount"),
    *("certification", "correction", "destruction", "totals_again", "draw_again"),
)
EMPTY = sa.text("'[]'")


def _allow(batch_op: Any, name: str, column: str, words: tuple[str, ...]) -> None:
    batch_op.drop_constraint(op.f(name), type_="check")
    allowed = ", ".join(f"'{word}'" for word in words)
    batch_op.create_check_constraint(op.f(name), f"{column} IN ({allowed})")


def upgrade() -> None:
    with op.batch_alter_table("ballot_box") as batch_op:
        for column in ("brought", "discarded"):
            batch_op.add_column(sa.Column(column, kernel_types.JsonDocument, nullable=False, server_default=EMPTY))
        _allow(batch_op, "ck_ballot_box_boxstate", "state", (*STATES, "disputed"))
    with op.batch_alter_table("ballot_box") as batch_op:
        for column in ("brought", "discarded"):
            batch_op.alter_column(column, server_default=None)
    with op.batch_alter_table("committee_decision") as batch_op:
        _allow(batch_op, "ck_committee_decision_decisionkind", "kind", (*KINDS, "opening_anew"))


def downgrade() -> None:
    # The older words know no dispute: of what was brought the first opening stays, as if nobody had brought another one.
    # A decision to open anew cannot be kept by an older version, either.
    bind = op.get_bind()
    if disputed := bind.execute(sa.text("UPDATE ballot_box SET state = 'opened' WHERE state = 'disputed'")).rowcount:
        click.echo(f"Boxes that are not called disputed any more, with all that was brought: {disputed}.")
    if removed := bind.execute(sa.text("DELETE FROM committee_decision WHERE kind = 'opening_anew'")).rowcount:
        click.echo(f"Decisions to open a box anew that were removed: {removed}.")
    with op.batch_alter_table("committee_decision") as batch_op:
        _allow(batch_op, "ck_committee_decision_decisionkind", "kind", KINDS)
    with op.batch_alter_table("ballot_box") as batch_op:
        _allow(batch_op, "ck_ballot_box_boxstate", "state", STATES)
        batch_op.drop_column("discarded")
        batch_op.drop_column("brought")
