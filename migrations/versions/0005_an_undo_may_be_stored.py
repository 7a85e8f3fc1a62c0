"""On SQLite an earlier 0003 kept the older words for decisions beside the newer ones, so that no undo could be stored."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

VERBS = ("approve", "hide", "restore", "dismiss", "undo")


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    # Of constraints with one name SQLite's reflection knows one: rebuilding the table drops the others.
    with op.batch_alter_table("decision", recreate="always") as batch_op:
        batch_op.drop_constraint(op.f("ck_decision_verb"), type_="check")
        allowed = ", ".join(f"'{verb}'" for verb in VERBS)
        batch_op.create_check_constraint(op.f("ck_decision_verb"), f"verb IN ({allowed})")


def downgrade() -> None:
    """What 0003 makes now is right already."""
