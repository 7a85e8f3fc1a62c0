"""Triggers that count, per process, the changes of what maps and feeds show: so that an ETag costs one small statement.

Supports and comments do not count: maps do not show them. Migrations call `create` and `drop`; on SQLite a migration that
rebuilds the table `proposal` (batch mode) has to call `create` afterwards.
"""

from typing import Any, cast

from sqlalchemy import Connection, Table, event

from app.features.proposals.models import ContentVersion, Proposal

SHOWN = "state, process_id, category_id, area_id, title, text, place_kind, place_label, geojson, lon, lat, answer_status"
_GROW = (
    "INSERT INTO proposal_content_version (process_id, number) {source} "
    "ON CONFLICT (process_id) DO UPDATE SET number = proposal_content_version.number + 1"
)


def create(connection: Connection) -> None:
    """Create the triggers where they are missing."""
    for statement in _sqlite() if connection.dialect.name == "sqlite" else _postgresql():
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Remove the triggers."""
    sqlite = connection.dialect.name == "sqlite"
    for name in ("insert", "update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS proposal_version_{name}" + ("" if sqlite else " ON proposal"))
    if sqlite:
        return
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS proposal_version_grow(), proposal_version_grow_by_statement()")


def _sqlite() -> list[str]:
    trigger = "CREATE TRIGGER IF NOT EXISTS proposal_version_{name} AFTER {event} ON proposal WHEN {when} BEGIN {grow}; END"
    new = _GROW.format(source="SELECT NEW.process_id, 1 WHERE true")
    old = _GROW.format(source="SELECT OLD.process_id, 1 WHERE true")
    return [
        trigger.format(name="insert", event="INSERT", when="NEW.state = 'published'", grow=new),
        trigger.format(
            name="update",
            event=f"UPDATE OF {SHOWN}",
            when="NEW.state = 'published' OR OLD.state = 'published'",
            grow=f"{old}; {new}",
        ),
        trigger.format(name="delete", event="DELETE", when="OLD.state = 'published'", grow=old),
    ]


def _postgresql() -> list[str]:
    """New and deleted rows are counted once a statement, so that an import of thousands does not change one row as often."""
    statement = (
        "CREATE OR REPLACE TRIGGER proposal_version_{name} AFTER {event} ON proposal REFERENCING {side} TABLE AS changed "
        "FOR EACH STATEMENT EXECUTE FUNCTION proposal_version_grow_by_statement()"
    )
    together = _GROW.format(
        source="SELECT DISTINCT process_id, 1 FROM changed WHERE state = 'published' "
        "AND EXISTS (SELECT 1 FROM process WHERE process.id = changed.process_id)"
    )
    return [
        f"""
        CREATE OR REPLACE FUNCTION proposal_version_grow_by_statement() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {together};
            RETURN NULL;
        END $$
        """,
        f"""
        CREATE OR REPLACE FUNCTION proposal_version_grow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state = 'published' OR NEW.state = 'published' THEN
                {_GROW.format(source="SELECT OLD.process_id, 1 UNION SELECT NEW.process_id, 1")};
            END IF;
            RETURN NULL;
        END $$
        """,
        statement.format(name="insert", event="INSERT", side="NEW"),
        statement.format(name="delete", event="DELETE", side="OLD"),
        (
            f"CREATE OR REPLACE TRIGGER proposal_version_update AFTER UPDATE OF {SHOWN} ON proposal "
            "FOR EACH ROW EXECUTE FUNCTION proposal_version_grow()"
        ),
    ]


def _after_create(_target: Table, connection: Connection, **_options: Any) -> None:
    create(connection)


def _before_drop(_target: Table, connection: Connection, **_options: Any) -> None:
    drop(connection)


cast("Table", ContentVersion.__table__).add_is_dependent_on(cast("Table", Proposal.__table__))
event.listen(ContentVersion.__table__, "after_create", _after_create)
event.listen(ContentVersion.__table__, "before_drop", _before_drop)
