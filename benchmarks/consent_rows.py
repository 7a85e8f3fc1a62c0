"""Many people, their answers and the uses of their data, made by the database itself: sending them one by one takes hours."""

import os
import uuid
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, MetaData, String, Table, Uuid, text
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.consents.commands import PutInForce, ReviewAgreement, SubmitAgreement, WriteAgreement, WriteRecipient
from app.features.consents.use_cases import (
    put_in_force,
    review_agreement,
    submit_agreement,
    write_agreement,
    write_recipient,
)
from app.kernel.database import intent
from app.kernel.permissions import SYSTEM, Actor, Role
from app.kernel.types import UtcDateTime

SECOND = Actor(client_id=uuid.uuid4(), everywhere=frozenset({Role.STEWARD}))
"""Whoever reviews what the system has written: it is no second person itself."""
PEOPLE = int(os.environ.get("PLAZA_BENCH_PEOPLE", "1000000"))
AGREEMENTS = 20
USAGES_EACH = 10
BUSIEST = 10_000
"""Usages of the person with the most of them."""
NOW = datetime.now(UTC).replace(microsecond=0)


def person_id(number: int) -> uuid.UUID:
    """The id of the person with that number, from 1."""
    return uuid.UUID(int=(0x4000 << 64 | 0x8000 << 48) + number)


def _id(base: str) -> str:
    """SQL for the id that `person_id` gives for the number in `base`."""
    if db.is_sqlite:
        return f"printf('00000000000040008000%012x', {base})"
    return f"('00000000-0000-4000-8000-' || lpad(to_hex({base}), 12, '0'))::uuid"


def series(until: int) -> str:
    """SQL for a table `series` of whole numbers `n` from 1."""
    if db.is_sqlite:
        return f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {until}) SELECT n FROM s) AS series"
    return f"generate_series(1::bigint, {until}) AS series(n)"


def _new_id(kind: int, base: str) -> str:
    """SQL for an id of another kind of row: no two kinds share one."""
    if db.is_sqlite:
        return f"printf('{kind:08x}000040008000%012x', {base})"
    return f"('{kind:08x}-0000-4000-8000-' || lpad(to_hex({base}), 12, '0'))::uuid"


def _at(seconds_ago: str) -> str:
    """SQL for a moment so many seconds before now, as the database keeps moments."""
    if db.is_sqlite:
        return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{NOW:%Y-%m-%d %H:%M:%S}', printf('%+d seconds', -({seconds_ago})))"
    return f"timestamptz '{NOW.isoformat()}' - ({seconds_ago}) * interval '1 second'"


class Filling:
    """A connection that fills tables without checking each row against others: what is filled here is right by making."""

    def __enter__(self) -> Connection:
        self._intent = intent(writing=True)
        self._intent.__enter__()
        self._engine = db.engine
        self.connection = self._engine.connect()
        if db.is_sqlite:
            for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-400000", "temp_store=MEMORY"):
                self.connection.connection.cursor().execute(f"PRAGMA {pragma}")
        else:
            for setting in ("session_replication_role = replica", "synchronous_commit = off", "maintenance_work_mem = '512MB'"):
                self.connection.execute(text(f"SET {setting}"))
        return self.connection

    def __exit__(self, *_error: object) -> None:
        self.connection.commit()
        if db.is_sqlite:
            for pragma in ("foreign_keys=ON", "synchronous=FULL"):
                self.connection.connection.cursor().execute(f"PRAGMA {pragma}")
        self.connection.invalidate()
        self.connection.close()
        self._intent.__exit__(None, None, None)


def _unlogged(connection: Connection, table: str, without: bool) -> None:
    """Fill an empty table of PostgreSQL without a log for crashes: half the time, and reading costs what it costs."""
    if not db.is_sqlite:
        connection.execute(text(f"ALTER TABLE {table} SET {'UNLOGGED' if without else 'LOGGED'}"))


def empty(connection: Connection, table: str) -> None:
    """Throw the rows away; what is written into it from now on is logged as it should be."""
    connection.execute(text(f"DELETE FROM {table}" if db.is_sqlite else f"TRUNCATE {table}"))
    _unlogged(connection, table, False)


def fill_people(connection: Connection, people: int) -> None:
    """People with accounts, numbered from 1."""
    no, now = ("0", _at("0")) if db.is_sqlite else ("false", _at("0"))
    connection.execute(
        text(
            "INSERT INTO person (id, email, display_name, locale, department, is_administrator, created_at, last_used_at)"
            f" SELECT {_id('n')}, 'person' || n || '@example.org', 'Person ' || n, 'en', '', {no}, {now}, {now}"
            f" FROM {series(people)}"
        )
    )
    connection.commit()


def fill_usages(connection: Connection, people: int) -> int:
    """Ten usages for everybody, spread over 500 days, and more for the first person. Returns how many."""
    number = people * USAGES_EACH
    connection.execute(text("DROP INDEX ix_usage_person"))
    _unlogged(connection, "usage", True)
    columns = "(id, person_id, at, kind, by_role, by_department, basis, details)"
    for first, who, count in ((0, f"(n - 1) % {people} + 1", number), (number, "1", BUSIEST)):
        connection.execute(
            text(
                f"INSERT INTO usage {columns} SELECT {_new_id(7, f'(n + {first})')}, {_id(who)},"
                f" {_at('(n * 7919) % 43200000')}, CASE n % 3 WHEN 0 THEN 'release' WHEN 1 THEN 'desk' ELSE 'staff_page' END,"
                f" 'administrator', 'Registry ' || (n % 20), 'public_task', '{{}}'"
                f" FROM {series(count)}"
            )
        )
        connection.commit()
    connection.execute(text("CREATE INDEX ix_usage_person ON usage (person_id, at)"))
    connection.commit()
    return number + BUSIEST


def make_agreements(session: Session, number: int = AGREEMENTS) -> list[uuid.UUID]:
    """So many agreements in force for the whole city, each for a recipient of its own. Returns their ids."""
    made = []
    for count in range(1, number + 1):
        recipient = write_recipient(session, SYSTEM, WriteRecipient(name={"en": f"Department {count}"}))
        command = WriteAgreement(
            process_id=None,
            recipient_id=recipient.id,
            purpose={"en": f"Contact number {count}"},
            notice={"en": "They may contact me."},
            retention_days=365,
        )
        about = write_agreement(session, SYSTEM, command)
        submit_agreement(session, SYSTEM, SubmitAgreement(about.id))
        review_agreement(session, SECOND, ReviewAgreement(about.id, approve=True, reason="Measured and thrown away."))
        put_in_force(session, SYSTEM, PutInForce(about.id))
        made.append(about.id)
    return made


def fill_answers(connection: Connection, people: int, agreements: list[uuid.UUID]) -> int:
    """An answer of everybody to every agreement: nine in ten say yes, one has taken it back. Returns how many.

    They share one event an agreement: nothing that is measured looks at events.
    """
    no, empty = ("0" if db.is_sqlite else "false"), "''"
    later = _at("-86400 * 200")
    for about in agreements:
        key = f"'{about.hex}'" if db.is_sqlite else f"'{about}'::uuid"
        revision = f"(SELECT id FROM agreement_revision WHERE agreement_id = {key})"
        connection.execute(
            text(
                "INSERT INTO consent_event (id, agreement_id, revision_id, person_id, number, answer, shown_text, language,"
                f" channel, giver, sheet, remark, lapses, at) SELECT {key}, {key}, {revision}, {_id('1')}, 1, 'given', {empty},"
                f" 'en', 'web', 'self', {empty}, {empty}, {no}, {_at('86400')}"
            )
        )
    _unlogged(connection, "consent_record", True)
    if not db.is_sqlite:
        for index in ("ix_consent_record_person_id", "ix_consent_record_in_force"):
            connection.execute(text(f"DROP INDEX {index}"))
    for place, about in enumerate(sorted(agreements, key=lambda one: one.hex)):
        key = f"'{about.hex}'" if db.is_sqlite else f"'{about}'::uuid"
        revision = f"(SELECT id FROM agreement_revision WHERE agreement_id = {key})"
        said = "CASE WHEN n % 10 = 3 THEN 'withdrawn' ELSE 'given' END"
        connection.execute(
            text(
                "INSERT INTO consent_record (id, agreement_id, person_id, revision_id, event_id, answer, number, since,"
                f" expires_at, lapses) SELECT {_new_id(8, f'(n + {place * people})')}, {key}, {_id('n')}, {revision},"
                f" {key}, {said}, 1, {_at('86400')}, CASE WHEN n % 10 = 3 THEN NULL ELSE {later} END, {no}"
                f" FROM {series(people)}"
            )
        )
        connection.commit()
    if not db.is_sqlite:
        connection.execute(text("CREATE INDEX ix_consent_record_person_id ON consent_record (person_id)"))
        columns = "agreement_id, answer, expires_at"
        connection.execute(text(f"CREATE INDEX ix_consent_record_in_force ON consent_record ({columns})"))
        connection.commit()
    return people * len(agreements)


def fill_details(connection: Connection, people: int, about: uuid.UUID) -> None:
    """What those who say yes gave under one agreement; and the same rows in a table that needs no consent."""
    key = f"'{about.hex}'" if db.is_sqlite else f"'{about}'::uuid"
    connection.execute(
        text(
            "INSERT INTO contact_detail (agreement_id, person_id, name, address, created_at)"
            f" SELECT {key}, {_id('n')}, 'Person ' || n, 'person' || n || '@example.org', {_at('86400')} FROM {series(people)}"
            " WHERE n % 10 <> 3"
        )
    )
    PLAIN.create(connection)
    columns = "person_id, name, address, since, expires_at"
    connection.execute(
        text(
            f"INSERT INTO plain_detail ({columns}) SELECT d.person_id, d.name, d.address, r.since, r.expires_at"
            " FROM contact_detail d JOIN consent_record r ON r.agreement_id = d.agreement_id AND r.person_id = d.person_id"
        )
    )
    connection.commit()


PLAIN = Table(
    "plain_detail",
    MetaData(),
    Column("person_id", Uuid, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("address", String(254), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
)
"""The same rows where no consent is asked for: what a release of them takes by itself."""
