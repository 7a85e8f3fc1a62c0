"""Agreements name recipient, purpose and legal basis; revisions are reviewed and chained; events are numbered and kept."""

import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text  # noqa: F401  Alembic writes it so inside JSONB

from app.features.consents import event_ddl
from app.kernel import types as kernel_types

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
falls_away = {"consent_event": "answer = 'asked'"}
"""Rows that an older version cannot hold: the way down says how many there were."""

OLD_ANSWERS = ("given", "refused", "withdrawn", "expired")
ANSWERS = ("asked", "given", "refused", "withdrawn", "renewed", "expired", "objected")
STATES = ("draft", "submitted", "reviewed", "in_force", "superseded", "ended")
BASES = ("consent", "explicit_consent", "public_task", "legal_obligation", "contract", "vital_interest")
IN_FORCE = sa.text("state = 'in_force'")
IN_PROCESS = sa.text("state = 'in_force' AND process_id IS NOT NULL")
IN_CITY = sa.text("state = 'in_force' AND process_id IS NULL")
JSON, MOMENT = kernel_types.JsonDocument, kernel_types.UtcDateTime(timezone=True)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


AGREEMENT = sa.table(
    "data_agreement",
    sa.column("id", sa.Uuid()),
    sa.column("process_id", sa.Uuid()),
    sa.column("recipient_id", sa.Uuid()),
    sa.column("state", sa.String()),
    sa.column("months", sa.Integer()),
    sa.column("legal_basis", sa.String()),
    sa.column("created_at", MOMENT),
    sa.column("ended_at", MOMENT),
)
REVISION = sa.table(
    "agreement_revision",
    sa.column("id", sa.Uuid()),
    sa.column("agreement_id", sa.Uuid()),
    sa.column("number", sa.Integer()),
    sa.column("state", sa.String()),
    sa.column("purpose", JSON),
    sa.column("recipient", JSON),
    sa.column("notice", JSON),
    sa.column("material", sa.Boolean()),
    sa.column("months", sa.Integer()),
    sa.column("retention_days", sa.Integer()),
    sa.column("content", JSON),
    sa.column("digest", sa.String()),
    sa.column("previous_digest", sa.String()),
    sa.column("created_at", MOMENT),
    sa.column("in_force_at", MOMENT),
    sa.column("earlier_end_at", MOMENT),
    sa.column("out_of_force_at", MOMENT),
)
RECIPIENT = sa.table(
    "recipient",
    sa.column("id", sa.Uuid()),
    sa.column("name", JSON),
    *(sa.column(name, sa.String()) for name in ("organisation", "kind", "contact", "url", "country", "state")),
    sa.column("created_at", MOMENT),
)
EVENT = sa.table(
    "consent_event",
    sa.column("id", sa.Uuid()),
    sa.column("agreement_id", sa.Uuid()),
    sa.column("person_id", sa.Uuid()),
    sa.column("answer", sa.String()),
    sa.column("number", sa.Integer()),
    sa.column("at", MOMENT),
    sa.column("until", MOMENT),
)
RECORD = sa.table(
    "consent_record",
    sa.column("agreement_id", sa.Uuid()),
    sa.column("person_id", sa.Uuid()),
    sa.column("event_id", sa.Uuid()),
    sa.column("number", sa.Integer()),
    sa.column("expires_at", MOMENT),
)


def _allow(batch_op: Any, table: str, answers: tuple[str, ...]) -> None:
    batch_op.drop_constraint(op.f(f"ck_{table}_answer"), type_="check")
    allowed = ", ".join(f"'{answer}'" for answer in answers)
    batch_op.create_check_constraint(op.f(f"ck_{table}_answer"), f"answer IN ({allowed})")


def upgrade() -> None:
    _new_tables()
    op.drop_index("uq_data_agreement_in_force", table_name="data_agreement")
    with op.batch_alter_table("data_agreement") as batch_op:
        batch_op.add_column(sa.Column("recipient_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("purpose_term", sa.String(32), nullable=False, server_default="contact"))
        batch_op.add_column(sa.Column("legal_basis", _words("legalbasis", *BASES), nullable=False, server_default="consent"))
        batch_op.add_column(sa.Column("ended_at", MOMENT, nullable=True))
    with op.batch_alter_table("agreement_revision") as batch_op:
        for column in _revision_columns():
            batch_op.add_column(column)
        batch_op.create_foreign_key(
            op.f("fk_agreement_revision_reviewed_by_id_person"), "person", ["reviewed_by_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_check_constraint(op.f("ck_agreement_revision_months"), "months BETWEEN 1 AND 36")
    with op.batch_alter_table("consent_event") as batch_op:
        _allow(batch_op, "consent_event", ANSWERS)
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        giver = _words("giver", "self", "guardian", "nobody")
        batch_op.add_column(sa.Column("giver", giver, nullable=False, server_default="self"))
        batch_op.add_column(sa.Column("guardian_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("sheet", sa.String(32), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("remark", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("until", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("lapses", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(
            op.f("fk_consent_event_guardian_id_guardian"), "guardian", ["guardian_id"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("consent_record") as batch_op:
        _allow(batch_op, "consent_record", ANSWERS)
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("lapses", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("reminded_at", MOMENT, nullable=True))
    _fill_agreements()
    _number_events()
    _finish()
    event_ddl.create(op.get_bind())


def _revision_columns() -> list[sa.Column[Any]]:
    def empty(name: str, value: str) -> sa.Column[Any]:
        return sa.Column(name, JSON, nullable=False, server_default=value)

    return [
        sa.Column("state", _words("revisionstate", *STATES), nullable=False, server_default="in_force"),
        empty("categories", '["name", "contact"]'),
        sa.Column("months", sa.Integer(), nullable=False, server_default="12"),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        empty("retention", "{}"),
        sa.Column("storage", sa.String(32), nullable=False, server_default="city"),
        empty("storage_note", "{}"),
        sa.Column(
            "disclosure", _words("disclosure", "recipient", "totals", "open_rows"), nullable=False, server_default="recipient"
        ),
        sa.Column("impact_note", sa.Text(), nullable=False, server_default=""),
        empty("content", "{}"),
        empty("writers", "[]"),
        sa.Column("reviewed_by_id", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("review_reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("in_force_at", MOMENT, nullable=True),
        sa.Column("earlier_end_at", MOMENT, nullable=True),
        sa.Column("out_of_force_at", MOMENT, nullable=True),
    ]


DEFAULTED = {
    "data_agreement": ("purpose_term", "legal_basis"),
    "agreement_revision": (
        *("state", "categories", "months", "retention", "storage", "storage_note", "disclosure"),
        *("impact_note", "content", "writers", "review_reason"),
    ),
    "consent_event": ("giver", "sheet", "remark", "lapses"),
    "consent_record": ("lapses",),
}


def _finish() -> None:
    """Values are there: what may not be empty says so, and no default of the migration stays behind."""
    with op.batch_alter_table("data_agreement") as batch_op:
        batch_op.alter_column("recipient_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("months")
        batch_op.create_foreign_key(
            op.f("fk_data_agreement_recipient_id_recipient"), "recipient", ["recipient_id"], ["id"], ondelete="RESTRICT"
        )
        batch_op.create_index(op.f("ix_data_agreement_recipient_id"), ["recipient_id"])
        _no_defaults(batch_op, "data_agreement")
    one = ["process_id", "purpose_term", "recipient_id"]
    for name, columns, where in (
        ("uq_data_agreement_in_force", one, IN_PROCESS),
        ("uq_data_agreement_in_force_city", one[1:], IN_CITY),
    ):
        op.create_index(name, "data_agreement", columns, unique=True, sqlite_where=where, postgresql_where=where)
    with op.batch_alter_table("agreement_revision") as batch_op:
        _no_defaults(batch_op, "agreement_revision")
    op.create_index(
        "uq_agreement_revision_in_force",
        "agreement_revision",
        ["agreement_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    with op.batch_alter_table("consent_event") as batch_op:
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch_op.create_unique_constraint(
            op.f("uq_consent_event_agreement_id_person_id_number"), ["agreement_id", "person_id", "number"]
        )
        _no_defaults(batch_op, "consent_event")
    with op.batch_alter_table("consent_record") as batch_op:
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=False)
        _no_defaults(batch_op, "consent_record")


def _no_defaults(batch_op: Any, table: str) -> None:
    for column in DEFAULTED[table]:
        batch_op.alter_column(column, server_default=None)


def _new_tables() -> None:
    op.create_table(
        "recipient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("kind", _words("recipientkind", "controller", "processor", "third_party"), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("state", _words("recipientstate", "active", "retired"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
    )
    op.create_table(
        "minor",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("of_age_on", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_minor_person_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_minor")),
    )
    op.create_table(
        "guardian",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("minor_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["minor_id"], ["person.id"], name=op.f("fk_guardian_minor_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
        sa.UniqueConstraint("minor_id", "email", name=op.f("uq_guardian_minor_id_email")),
    )
    op.create_index(op.f("ix_guardian_minor_id"), "guardian", ["minor_id"])
    op.create_table(
        "guardian_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["guardian.id"], name=op.f("fk_guardian_request_guardian_id_guardian"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_guardian_request_agreement_id_data_agreement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian_request")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_guardian_request_token_hash")),
    )
    op.create_index(op.f("ix_guardian_request_guardian_id"), "guardian_request", ["guardian_id"])
    op.create_index(op.f("ix_guardian_request_agreement_id"), "guardian_request", ["agreement_id"])
    op.create_table(
        "consent_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_code_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_code")),
        sa.UniqueConstraint("person_id", name=op.f("uq_consent_code_person_id")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_consent_code_code_hash")),
    )
    op.create_table(
        "profile_detail",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("age_band", sa.String(16), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("gender", sa.String(80), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_profile_detail_agreement_id_data_agreement"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_profile_detail_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_profile_detail_area_id_area"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("agreement_id", "person_id", name=op.f("pk_profile_detail")),
    )
    op.create_index(op.f("ix_profile_detail_area_id"), "profile_detail", ["area_id"])


def _fill_agreements() -> None:
    """Each name of a recipient becomes a recipient; the newest revision is the one in force, earlier ones are superseded."""
    bind, now = op.get_bind(), datetime.now(UTC)
    recipients: dict[str, uuid.UUID] = {}
    for agreement in bind.execute(sa.select(AGREEMENT).order_by(AGREEMENT.c.created_at)).all():
        revisions = bind.execute(
            sa.select(REVISION).where(REVISION.c.agreement_id == agreement.id).order_by(REVISION.c.number)
        ).all()
        name = revisions[-1].recipient if revisions else {}
        key = json.dumps(name, sort_keys=True)
        if key not in recipients:
            recipients[key] = uuid.uuid4()
            values = {"organisation": "", "kind": "controller", "contact": "", "url": "", "country": "", "state": "active"}
            bind.execute(RECIPIENT.insert().values(id=recipients[key], name=name, created_at=now, **values))
        ended = now if agreement.state == "ended" else None
        bind.execute(
            AGREEMENT.update().where(AGREEMENT.c.id == agreement.id).values(recipient_id=recipients[key], ended_at=ended)
        )
        for place, row in enumerate(revisions):
            newer = revisions[place + 1] if place + 1 < len(revisions) else None
            content = _content(row, agreement.months)
            months = content.get("months", agreement.months)
            bind.execute(
                REVISION.update()
                .where(REVISION.c.id == row.id)
                .values(
                    state="superseded" if newer else agreement.state,
                    months=months,
                    retention_days=round(months * 30.4375),
                    content=content,
                    in_force_at=None if agreement.state == "draft" else row.created_at,
                    earlier_end_at=row.created_at if row.material else None,
                    out_of_force_at=newer.created_at if newer else ended,
                )
            )


def _content(row: Any, months: int) -> dict[str, Any]:
    """What the digest of an earlier version was calculated over. It included the months, which each revision could change and
    only the agreement kept: they are those with which the digest comes out. Empty where none does."""
    for guess in (months, *range(1, 37)):
        content = {
            "months": guess,
            "notice": row.notice,
            "previous": row.previous_digest,
            "purpose": row.purpose,
            "recipient": row.recipient,
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if hashlib.sha256(text.encode()).hexdigest() == row.digest:
            return content
    return {}


def _number_events() -> None:
    """Events get their place in the order of each person and agreement; a yes gets the day on which it runs out."""
    bind = op.get_bind()
    months = dict(bind.execute(sa.select(AGREEMENT.c.id, AGREEMENT.c.months)).tuples().all())
    records = {
        row.event_id: row for row in bind.execute(sa.select(RECORD.c.event_id, RECORD.c.expires_at)) if row.event_id is not None
    }
    last: dict[tuple[uuid.UUID, uuid.UUID], int] = {}
    events = bind.execute(sa.select(EVENT)).all()
    # of two events at the same moment the record tells which came last
    for row in sorted(events, key=lambda e: (e.at, e.id in records, str(e.id))):
        key = (row.agreement_id, row.person_id)
        last[key] = last.get(key, 0) + 1
        until = None
        if row.answer == "given":
            until = records[row.id].expires_at if row.id in records else _later(row.at, months[row.agreement_id])
        bind.execute(EVENT.update().where(EVENT.c.id == row.id).values(number=last[key], until=until))
    op.execute("UPDATE consent_event SET giver = 'nobody' WHERE answer = 'expired'")
    for (agreement_id, person_id), number in last.items():
        bind.execute(
            RECORD.update().where(RECORD.c.agreement_id == agreement_id, RECORD.c.person_id == person_id).values(number=number)
        )


def _later(moment: datetime, months: int) -> datetime:
    return moment + timedelta(days=round(months * 30.4375))


def downgrade() -> None:
    bind = op.get_bind()
    event_ddl.drop(bind)
    _end_what_is_unknown(bind)
    op.execute("UPDATE consent_event SET answer = 'given' WHERE answer = 'renewed'")
    for table in ("consent_event", "consent_record"):
        op.execute(f"UPDATE {table} SET answer = 'refused' WHERE answer = 'objected'")  # noqa: S608
    if asked := bind.execute(sa.text("DELETE FROM consent_event WHERE answer = 'asked'")).rowcount:
        click.echo(f"Notes that somebody was asked, removed because an older version knows none: {asked}.")
    with op.batch_alter_table("consent_record") as batch_op:
        _allow(batch_op, "consent_record", OLD_ANSWERS)
        for column in ("number", "lapses", "reminded_at"):
            batch_op.drop_column(column)
    with op.batch_alter_table("consent_event") as batch_op:
        _allow(batch_op, "consent_event", OLD_ANSWERS)
        batch_op.drop_constraint(op.f("uq_consent_event_agreement_id_person_id_number"), type_="unique")
        batch_op.drop_constraint(op.f("fk_consent_event_guardian_id_guardian"), type_="foreignkey")
        batch_op.drop_constraint(op.f("ck_consent_event_giver"), type_="check")
        for column in ("number", "giver", "guardian_id", "sheet", "remark", "until", "lapses"):
            batch_op.drop_column(column)
    _old_agreements(bind)
    for table in ("profile_detail", "consent_code", "guardian_request", "guardian", "minor", "recipient"):
        op.drop_table(table)


def _end_what_is_unknown(bind: Any) -> None:
    """An older version knows one question of contact in a process: everything else ends, so that nobody's details flow on.

    Addresses given for them stay where they are: an ended agreement opens nothing, and going down and up loses none.
    """
    kept = (
        "SELECT min(code) FROM data_agreement WHERE state = 'in_force' AND process_id IS NOT NULL "
        "AND legal_basis IN ('consent', 'explicit_consent') AND purpose_term = 'contact' GROUP BY process_id"
    )
    codes = sorted(
        bind.scalars(sa.text(f"SELECT code FROM data_agreement WHERE state = 'in_force' AND code NOT IN ({kept})"))  # noqa: S608
    )
    if codes:
        ending = f"(SELECT id FROM data_agreement WHERE state = 'in_force' AND code NOT IN ({kept}))"  # noqa: S608
        op.execute(f"UPDATE data_agreement SET state = 'ended' WHERE id IN {ending}")  # noqa: S608
        click.echo(
            f"An older version asks one question of contact in a process. Others have ended: {', '.join(codes)}. "
            "What people gave for them is used for nothing; it is deleted in the night after you come up again."
        )
    pending = (
        "agreement_revision WHERE state IN ('draft', 'submitted', 'reviewed') AND agreement_id IN "
        "(SELECT id FROM data_agreement WHERE state <> 'draft')"
    )
    if dropped := bind.execute(sa.text(f"DELETE FROM {pending}")).rowcount:  # noqa: S608
        click.echo(f"Revisions that were never put in force and are removed: {dropped}.")


def _old_agreements(bind: Any) -> None:
    op.drop_index("uq_agreement_revision_in_force", table_name="agreement_revision")
    for name in ("uq_data_agreement_in_force", "uq_data_agreement_in_force_city"):
        op.drop_index(name, table_name="data_agreement")
    with op.batch_alter_table("data_agreement") as batch_op:
        batch_op.add_column(sa.Column("months", sa.Integer(), nullable=False, server_default="12"))
    newest = sa.select(REVISION.c.agreement_id, REVISION.c.months).order_by(REVISION.c.number)
    for agreement_id, months in bind.execute(newest).all():
        bind.execute(AGREEMENT.update().where(AGREEMENT.c.id == agreement_id).values(months=months))
    with op.batch_alter_table("data_agreement") as batch_op:
        batch_op.alter_column("months", existing_type=sa.Integer(), server_default=None)
        batch_op.drop_constraint(op.f("fk_data_agreement_recipient_id_recipient"), type_="foreignkey")
        batch_op.drop_constraint(op.f("ck_data_agreement_legalbasis"), type_="check")
        batch_op.drop_index(op.f("ix_data_agreement_recipient_id"))
        for column in ("recipient_id", "purpose_term", "legal_basis", "ended_at"):
            batch_op.drop_column(column)
    op.create_index(
        "uq_data_agreement_in_force",
        "data_agreement",
        ["process_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    with op.batch_alter_table("agreement_revision") as batch_op:
        batch_op.drop_constraint(op.f("fk_agreement_revision_reviewed_by_id_person"), type_="foreignkey")
        for check in ("months", "revisionstate", "disclosure"):
            batch_op.drop_constraint(op.f(f"ck_agreement_revision_{check}"), type_="check")
        for column in _revision_columns():
            batch_op.drop_column(column.name)
