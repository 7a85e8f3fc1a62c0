"""The trigger that keeps consent events as they were written: what was answered is never changed afterwards.

Deleting stays possible, because an account and its history can be erased; and who typed an answer or spoke for somebody may
be forgotten (`hands_id`, `guardian_id` become NULL when those people are erased).
"""

from typing import Any

from sqlalchemy import Connection, Table

KEPT = (
    "id, agreement_id, revision_id, person_id, number, answer, shown_text, language, channel, giver, sheet, remark, until, "
    "lapses, at"
)
REFUSAL = "consent events are never changed"


def create(connection: Connection) -> None:
    """Make the trigger on `consent_event`."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS consent_event_kept BEFORE UPDATE OF {KEPT} ON consent_event "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        return
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION consent_event_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE OR REPLACE TRIGGER consent_event_kept BEFORE UPDATE OF {KEPT} ON consent_event "
        "FOR EACH ROW EXECUTE FUNCTION consent_event_kept()"
    )


def drop(connection: Connection) -> None:
    """Remove what `create` made."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS consent_event_kept")
        return
    connection.exec_driver_sql("DROP TRIGGER IF EXISTS consent_event_kept ON consent_event")
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS consent_event_kept()")


def after_create(_target: Table, connection: Connection, **_options: Any) -> None:
    """For tables that are created from the models."""
    create(connection)


def before_drop(_target: Table, connection: Connection, **_options: Any) -> None:
    """For tables that are dropped by the models."""
    drop(connection)
