"""Two members of the committee can withdraw a project while people vote."""

from typing import Any

import click
import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS = (
    *("extension", "interruption", "resumption", "annulment", "objection", "recount"),
    *("certification", "correction", "destruction", "totals_again", "draw_again", "opening_anew"),
)
POT = sa.table("pot", sa.column("id", sa.Uuid()), sa.column("options", kernel_types.JsonDocument))


def _allow(batch_op: Any, kinds: tuple[str, ...]) -> None:
    batch_op.drop_constraint(op.f("ck_committee_decision_decisionkind"), type_="check")
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    batch_op.create_check_constraint(op.f("ck_committee_decision_decisionkind"), f"kind IN ({allowed})")


def upgrade() -> None:
    with op.batch_alter_table("committee_decision") as batch_op:
        _allow(batch_op, (*KINDS, "withdrawal"))


def downgrade() -> None:
    # An older version knows no withdrawal, so it would count these projects like all others: whoever goes back must know.
    bind = op.get_bind()
    if removed := bind.execute(sa.text("DELETE FROM committee_decision WHERE kind = 'withdrawal'")).rowcount:
        click.echo(f"Decisions to withdraw a project that were removed: {removed}. The projects can be chosen and win again.")
    rows = bind.execute(sa.select(POT.c.id, POT.c.options).where(POT.c.options["withdrawn"].as_string().is_not(None))).all()
    for pot_id, options in rows:
        kept = {name: value for name, value in options.items() if name != "withdrawn"}
        bind.execute(POT.update().where(POT.c.id == pot_id).values(options=kept))
    with op.batch_alter_table("committee_decision") as batch_op:
        _allow(batch_op, KINDS)
