"""One agreement in force for a process is kept by an index; where two stand, the older one has ended."""

import click
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("state = 'in_force'")


def upgrade() -> None:
    # Consents to an agreement that has ended are out of force, so what was given for contact goes with it.
    older = """
        SELECT older.id FROM data_agreement AS older JOIN data_agreement AS newer ON newer.process_id = older.process_id
        WHERE older.state = 'in_force' AND newer.state = 'in_force'
          AND (newer.created_at > older.created_at OR (newer.created_at = older.created_at AND newer.id > older.id))
    """
    codes = [str(code) for code in op.get_bind().scalars(sa.text(f"SELECT code FROM data_agreement WHERE id IN ({older})"))]  # noqa: S608
    if codes:
        details = op.get_bind().execute(sa.text(f"DELETE FROM contact_detail WHERE agreement_id IN ({older})")).rowcount  # noqa: S608
        op.execute(f"UPDATE data_agreement SET state = 'ended' WHERE id IN ({older})")  # noqa: S608
        click.echo(
            f"Two agreements were in force for one process. The older ones have ended: {', '.join(sorted(codes))}. "
            f"Contact details removed with them: {details}."
        )
    op.create_index(
        "uq_data_agreement_in_force",
        "data_agreement",
        ["process_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )


def downgrade() -> None:
    op.drop_index("uq_data_agreement_in_force", table_name="data_agreement")
