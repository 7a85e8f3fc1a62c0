"""How Alembic finds our tables and the database."""

from alembic import context

from app.extensions import db
from app.kernel.database import intent
from app.kernel.model import Model


def include_object(_object: object, name: str | None, kind: str, _reflected: bool, _compare: object) -> bool:
    """Full-text tables are written by hand in the migrations."""
    return not (kind == "table" and name and "_fts" in name)


with intent(writing=True), db.engine.connect() as connection:
    if db.is_sqlite:
        # Rebuilding and dropping tables must not run into references that are whole again at the end. Outside a
        # transaction, where alone SQLite listens to this.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=include_object,
        user_module_prefix="kernel_types.",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    if db.is_sqlite:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
