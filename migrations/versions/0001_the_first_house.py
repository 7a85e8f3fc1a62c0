"""The first house: people, processes, proposals, decisions, answers, budgets, votes, consents, releases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text  # noqa: F401  Alembic writes it so inside JSONB

from app.features.proposals import search_ddl, version_ddl
from app.kernel import types as kernel_types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", kernel_types.JsonDocument, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("geojson", sa.Text(), nullable=False),
        sa.Column("size", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("west", sa.Double(), nullable=False),
        sa.Column("south", sa.Double(), nullable=False),
        sa.Column("east", sa.Double(), nullable=False),
        sa.Column("north", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("west <= east AND south <= north", name=op.f("ck_area_bounds")),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id_area"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index("ix_area_bounds", ["west", "east", "south", "north"], unique=False)
        batch_op.create_index(batch_op.f("ix_area_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "attempt_counter",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempt_counter")),
    )
    with op.batch_alter_table("attempt_counter", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_counter_last_at", ["last_at"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("voice_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=True),
        sa.Column("details", kernel_types.JsonDocument, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_at", ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_process_id"), ["process_id"], unique=False)
        batch_op.create_index("ix_audit_entry_subject", ["subject_type", "subject_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("payload", kernel_types.JsonDocument, nullable=False),
        sa.Column("available_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("gave_up_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_due", ["delivered_at", "available_at"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("email_confirmed_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("department", sa.String(length=120), nullable=False),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.String(length=255), nullable=True),
        sa.Column("totp_confirmed_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("blocked_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("erased_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "area_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("options", kernel_types.JsonDocument, nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_area_upload_person_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_upload")),
    )
    with op.batch_alter_table("area_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_upload_person_id"), ["person_id"], unique=False)

    op.create_table(
        "mail_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("address_hash", sa.String(length=64), nullable=True),
        sa.Column(
            "news",
            sa.Enum(
                "answers", "comments", "followed_comments", name="news", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (address_hash IS NULL)", name=op.f("ck_mail_choice_one_reader")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_choice")),
        sa.UniqueConstraint("address_hash", "news", name=op.f("uq_mail_choice_address_hash_news")),
        sa.UniqueConstraint("person_id", "news", name=op.f("uq_mail_choice_person_id_news")),
    )
    op.create_table(
        "process",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", kernel_types.JsonDocument, nullable=False),
        sa.Column("summary", kernel_types.JsonDocument, nullable=False),
        sa.Column("description", kernel_types.JsonDocument, nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "published", "archived", name="processstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "publication",
            sa.Enum("at_once", "after_approval", name="publication", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "participation",
            sa.Enum("account", "anybody", name="participation", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_process_area_id_area"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process")),
        sa.UniqueConstraint("slug", name=op.f("uq_process_slug")),
    )
    with op.batch_alter_table("process", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_process_area_id"), ["area_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("person_id", "code_hash", name=op.f("uq_recovery_code_person_id_code_hash")),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data_set", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("files", kernel_types.JsonDocument, nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_release_made_by_id_person"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("data_set", "number", name=op.f("uq_release_data_set_number")),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "sign_in", "sign_up", "new_email", name="linkpurpose", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("next_path", sa.String(length=500), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("pending_name", sa.String(length=80), nullable=False),
        sa.Column("pending_password_hash", sa.String(length=255), nullable=True),
        sa.Column("expires_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_link_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_link_email"), ["email"], unique=False)

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("last_seen_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "answer_promise",
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_answer_promise_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("process_id", name=op.f("pk_answer_promise")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", kernel_types.JsonDocument, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_category_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("process_id", "code", name=op.f("uq_category_process_id_code")),
    )
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_category_process_id"), ["process_id"], unique=False)

    op.create_table(
        "data_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("draft", "in_force", "ended", name="agreementstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_data_agreement_process_id_process"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_agreement")),
        sa.UniqueConstraint("code", name=op.f("uq_data_agreement_code")),
    )
    with op.batch_alter_table("data_agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_agreement_process_id"), ["process_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject_type",
            sa.Enum("proposal", "comment", name="subject", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=True),
        sa.Column(
            "verb",
            sa.Enum("approve", "hide", "restore", "dismiss", name="verb", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "insult",
                "personal_data",
                "off_topic",
                "duplicate",
                "advertising",
                "illegal",
                "other",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state_before", sa.String(length=16), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["person.id"], name=op.f("fk_decision_moderator_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_decision_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_process_id"), ["process_id"], unique=False)
        batch_op.create_index("ix_decision_subject", ["subject_type", "subject_id", "created_at"], unique=False)

    op.create_table(
        "former_address",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_former_address_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_former_address")),
    )
    with op.batch_alter_table("former_address", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_address_process_id"), ["process_id"], unique=False)

    op.create_table(
        "phase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("title", kernel_types.JsonDocument, nullable=False),
        sa.Column("description", kernel_types.JsonDocument, nullable=False),
        sa.Column("starts_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actions", kernel_types.JsonDocument, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_phase_order")),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_phase_process_id_process"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
    )
    with op.batch_alter_table("phase", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phase_process_id"), ["process_id"], unique=False)

    op.create_table(
        "pot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("title", kernel_types.JsonDocument, nullable=False),
        sa.Column("description", kernel_types.JsonDocument, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("vote_type", sa.String(length=24), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("limit_by_cost", sa.Boolean(), nullable=False),
        sa.Column("min_projects", sa.Integer(), nullable=False),
        sa.Column("max_projects", sa.Integer(), nullable=True),
        sa.Column("max_points", sa.Integer(), nullable=True),
        sa.Column("options", kernel_types.JsonDocument, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "ready", "counted", "certified", name="potstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("result", kernel_types.JsonDocument, nullable=True),
        sa.Column("counted_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("certified_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_pot_amount")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_pot_area_id_area"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_pot_process_id_process"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pot")),
    )
    with op.batch_alter_table("pot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pot_process_id"), ["process_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject_type",
            sa.Enum("proposal", "comment", name="subject", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "insult",
                "personal_data",
                "off_topic",
                "duplicate",
                "advertising",
                "illegal",
                "other",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "upheld", "dismissed", name="reportstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("decided_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_report_process_id_process"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_report_reporter_id_person"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "subject_type", "subject_id", "reporter_id", name=op.f("uq_report_subject_type_subject_id_reporter_id")
        ),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index("ix_report_queue", ["process_id", "state", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_reporter_id"), ["reporter_id"], unique=False)
        batch_op.create_index("ix_report_subject", ["subject_type", "subject_id"], unique=False)

    op.create_table(
        "role_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "moderator",
                "clerk",
                "officer",
                "committee",
                "steward",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("given_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["person.id"], name=op.f("fk_role_assignment_given_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_role_assignment_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_role_assignment_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignment")),
        sa.UniqueConstraint("person_id", "process_id", "role", name=op.f("uq_role_assignment_person_id_process_id_role")),
    )
    with op.batch_alter_table("role_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_assignment_process_id"), ["process_id"], unique=False)

    op.create_table(
        "roll_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("voter_key", sa.String(length=64), nullable=False),
        sa.Column("birth_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_roll_entry_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_entry")),
        sa.UniqueConstraint("process_id", "voter_key", name=op.f("uq_roll_entry_process_id_voter_key")),
    )
    op.create_table(
        "voter_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("voter_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_voter_identity_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_voter_identity_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voter_identity")),
        sa.UniqueConstraint("process_id", "person_id", name=op.f("uq_voter_identity_process_id_person_id")),
        sa.UniqueConstraint("process_id", "voter_key", name=op.f("uq_voter_identity_process_id_voter_key")),
    )
    with op.batch_alter_table("voter_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voter_identity_person_id"), ["person_id"], unique=False)

    op.create_table(
        "agreement_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", kernel_types.JsonDocument, nullable=False),
        sa.Column("recipient", kernel_types.JsonDocument, nullable=False),
        sa.Column("notice", kernel_types.JsonDocument, nullable=False),
        sa.Column("material", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_agreement_revision_agreement_id_data_agreement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_revision")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_revision_agreement_id_number")),
    )
    op.create_table(
        "ballot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_ballot_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.create_index("ix_ballot_pot", ["pot_id"], unique=False)

    op.create_table(
        "contact_detail",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_contact_detail_agreement_id_data_agreement"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_detail_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agreement_id", "person_id", name=op.f("pk_contact_detail")),
    )
    op.create_table(
        "election_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("meta", kernel_types.JsonDocument, nullable=False),
        sa.Column("summary", kernel_types.JsonDocument, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_election_import_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election_import")),
        sa.UniqueConstraint("identity", name=op.f("uq_election_import_identity")),
        sa.UniqueConstraint("pot_id", name=op.f("uq_election_import_pot_id")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("title", kernel_types.JsonDocument, nullable=False),
        sa.Column("description", kernel_types.JsonDocument, nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("official_selected", sa.Boolean(), nullable=True),
        sa.Column("extra", kernel_types.JsonDocument, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_project_cost")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_project_area_id_area"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_project_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("pot_id", "number", name=op.f("uq_project_pot_id_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_project_reference")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_pot_id"), ["pot_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("draw", sa.BigInteger(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "pending",
                "published",
                "hidden",
                "withdrawn",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("name_hidden", sa.Boolean(), nullable=False),
        sa.Column("hands_id", sa.Uuid(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "web", "kiosk", "paper", "desk", "phone", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("follow_token_hash", sa.String(length=64), nullable=True),
        sa.Column(
            "place_kind",
            sa.Enum(
                "point",
                "line",
                "polygon",
                "area",
                "whole_city",
                name="placekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("place_label", sa.String(length=160), nullable=False),
        sa.Column("geojson", kernel_types.JsonDocument, nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("west", sa.Double(), nullable=True),
        sa.Column("south", sa.Double(), nullable=True),
        sa.Column("east", sa.Double(), nullable=True),
        sa.Column("north", sa.Double(), nullable=True),
        sa.Column("published_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("changed_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_from", sa.String(length=16), nullable=True),
        sa.Column("supports_count", sa.Integer(), nullable=False),
        sa.Column("comments_count", sa.Integer(), nullable=False),
        sa.Column("answer_status", sa.String(length=24), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("supports_count >= 0 AND comments_count >= 0", name=op.f("ck_proposal_counts")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_proposal_area_id_area"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_proposal_author_id_person"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_proposal_category_id_category"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["hands_id"], ["person.id"], name=op.f("fk_proposal_hands_id_person"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_proposal_process_id_process"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("draw", name=op.f("uq_proposal_draw")),
        sa.UniqueConstraint("follow_token_hash", name=op.f("uq_proposal_follow_token_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_proposal_reference")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_answer_status"), ["answer_status"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_category_id"), ["category_id"], unique=False)
        batch_op.create_index("ix_proposal_comments", ["state", "comments_count", "draw", "process_id"], unique=False)
        batch_op.create_index(
            "ix_proposal_draw",
            ["state", "process_id", "category_id", "area_id", "answer_status", "place_kind", "draw"],
            unique=False,
        )
        batch_op.create_index("ix_proposal_newest", ["state", "published_at", "draw", "process_id"], unique=False)
        batch_op.create_index("ix_proposal_place", ["state", "lon", "lat"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_process_id"), ["process_id"], unique=False)
        batch_op.create_index("ix_proposal_supports", ["state", "supports_count", "draw", "process_id"], unique=False)

    op.create_table(
        "usage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by_role", sa.String(length=32), nullable=False),
        sa.Column("by_department", sa.String(length=120), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("details", kernel_types.JsonDocument, nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["data_agreement.id"], name=op.f("fk_usage_agreement_id_data_agreement"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_usage_person_id_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage")),
    )
    with op.batch_alter_table("usage", schema=None) as batch_op:
        batch_op.create_index("ix_usage_person", ["person_id", "at"], unique=False)

    op.create_table(
        "voting_participation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("voter_key", sa.String(length=64), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "web", "kiosk", "paper", "desk", "phone", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_voting_participation_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voting_participation")),
        sa.UniqueConstraint("pot_id", "voter_key", name=op.f("uq_voting_participation_pot_id_voter_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("hands_id", sa.Uuid(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "web", "kiosk", "paper", "desk", "phone", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "stance",
            sa.Enum("in_favour", "against", "neutral", name="stance", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "published", "hidden", "withdrawn", name="commentstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_comment_author_id_person"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["hands_id"], ["person.id"], name=op.f("fk_comment_hands_id_person"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id_comment"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_comment_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_comment_thread", ["proposal_id", "state", "created_at"], unique=False)

    op.create_table(
        "consent_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "given", "refused", "withdrawn", "expired", name="answer", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("shown_text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "web", "kiosk", "paper", "desk", "phone", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("hands_id", sa.Uuid(), nullable=True),
        sa.Column("at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_consent_event_agreement_id_data_agreement"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["hands_id"], ["person.id"], name=op.f("fk_consent_event_hands_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_event_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["agreement_revision.id"],
            name=op.f("fk_consent_event_revision_id_agreement_revision"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
    )
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_event_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index("ix_consent_event_person", ["person_id", "at"], unique=False)

    op.create_table(
        "follow",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_follow_person_id_person"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_follow_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("proposal_id", "person_id", name=op.f("uq_follow_proposal_id_person_id")),
    )
    with op.batch_alter_table("follow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_person_id"), ["person_id"], unique=False)

    op.create_table(
        "guest_contact",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("postal", sa.Text(), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_guest_contact_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_guest_contact")),
    )
    op.create_table(
        "official_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "accepted",
                "rejected",
                "under_evaluation",
                name="answerstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("planned_for", sa.Date(), nullable=True),
        sa.Column("department", sa.String(length=120), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["person.id"], name=op.f("fk_official_answer_officer_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_official_answer_process_id_process"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_official_answer_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_answer")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_official_answer_proposal_id")),
    )
    with op.batch_alter_table("official_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_official_answer_process_id"), ["process_id"], unique=False)

    op.create_table(
        "photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=48), nullable=False),
        sa.Column("alternative_text", sa.String(length=300), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_photo_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "project_category",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_project_category_category_id_category"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_category_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "category_id", name=op.f("pk_project_category")),
    )
    op.create_table(
        "project_proposal",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_proposal_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_project_proposal_proposal_id_proposal"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("project_id", "proposal_id", name=op.f("pk_project_proposal")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_project_proposal_proposal_id")),
    )
    op.create_table(
        "proposal_content_version",
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_proposal_content_version_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("process_id", name=op.f("pk_proposal_content_version")),
    )
    op.create_table(
        "support",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "web", "kiosk", "paper", "desk", "phone", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_support_person_id_person"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_support_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support")),
        sa.UniqueConstraint("proposal_id", "person_id", name=op.f("uq_support_proposal_id_person_id")),
    )
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_support_person_id"), ["person_id"], unique=False)

    op.create_table(
        "answer_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("content", kernel_types.JsonDocument, nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["official_answer.id"], name=op.f("fk_answer_version_answer_id_official_answer"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["person.id"], name=op.f("fk_answer_version_officer_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_version")),
        sa.UniqueConstraint("answer_id", "version", name=op.f("uq_answer_version_answer_id_version")),
    )
    op.create_table(
        "consent_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "given", "refused", "withdrawn", "expired", name="answer", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("since", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_consent_record_agreement_id_data_agreement"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["consent_event.id"], name=op.f("fk_consent_record_event_id_consent_event"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_record_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["agreement_revision.id"],
            name=op.f("fk_consent_record_revision_id_agreement_revision"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_record")),
        sa.UniqueConstraint("agreement_id", "person_id", name=op.f("uq_consent_record_agreement_id_person_id")),
    )
    with op.batch_alter_table("consent_record", schema=None) as batch_op:
        batch_op.create_index("ix_consent_record_in_force", ["agreement_id", "answer", "expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_consent_record_person_id"), ["person_id"], unique=False)
    search_ddl.create(op.get_bind())
    version_ddl.create(op.get_bind())


def downgrade() -> None:
    version_ddl.drop(op.get_bind())
    search_ddl.drop(op.get_bind())
    with op.batch_alter_table("consent_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_record_person_id"))
        batch_op.drop_index("ix_consent_record_in_force")

    op.drop_table("consent_record")
    op.drop_table("answer_version")
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_support_person_id"))

    op.drop_table("support")
    op.drop_table("proposal_content_version")
    op.drop_table("project_proposal")
    op.drop_table("project_category")
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_proposal_id"))

    op.drop_table("photo")
    with op.batch_alter_table("official_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_answer_process_id"))

    op.drop_table("official_answer")
    op.drop_table("guest_contact")
    with op.batch_alter_table("follow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_person_id"))

    op.drop_table("follow")
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_event_person")
        batch_op.drop_index(batch_op.f("ix_consent_event_agreement_id"))

    op.drop_table("consent_event")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_thread")
        batch_op.drop_index(batch_op.f("ix_comment_parent_id"))
        batch_op.drop_index(batch_op.f("ix_comment_author_id"))

    op.drop_table("comment")
    op.drop_table("voting_participation")
    with op.batch_alter_table("usage", schema=None) as batch_op:
        batch_op.drop_index("ix_usage_person")

    op.drop_table("usage")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_proposal_supports")
        batch_op.drop_index(batch_op.f("ix_proposal_process_id"))
        batch_op.drop_index("ix_proposal_place")
        batch_op.drop_index("ix_proposal_newest")
        batch_op.drop_index("ix_proposal_draw")
        batch_op.drop_index("ix_proposal_comments")
        batch_op.drop_index(batch_op.f("ix_proposal_category_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_author_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_area_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_answer_status"))

    op.drop_table("proposal")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_pot_id"))

    op.drop_table("project")
    op.drop_table("election_import")
    op.drop_table("contact_detail")
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.drop_index("ix_ballot_pot")

    op.drop_table("ballot")
    op.drop_table("agreement_revision")
    with op.batch_alter_table("voter_identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voter_identity_person_id"))

    op.drop_table("voter_identity")
    op.drop_table("roll_entry")
    with op.batch_alter_table("role_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_assignment_process_id"))

    op.drop_table("role_assignment")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index("ix_report_subject")
        batch_op.drop_index(batch_op.f("ix_report_reporter_id"))
        batch_op.drop_index("ix_report_queue")

    op.drop_table("report")
    with op.batch_alter_table("pot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pot_process_id"))

    op.drop_table("pot")
    with op.batch_alter_table("phase", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phase_process_id"))

    op.drop_table("phase")
    with op.batch_alter_table("former_address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_former_address_process_id"))

    op.drop_table("former_address")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index("ix_decision_subject")
        batch_op.drop_index(batch_op.f("ix_decision_process_id"))

    op.drop_table("decision")
    with op.batch_alter_table("data_agreement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_agreement_process_id"))

    op.drop_table("data_agreement")
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_category_process_id"))

    op.drop_table("category")
    op.drop_table("answer_promise")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_person_id"))

    op.drop_table("sign_in_session")
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_link_email"))

    op.drop_table("sign_in_link")
    op.drop_table("release")
    op.drop_table("recovery_code")
    with op.batch_alter_table("process", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_process_area_id"))

    op.drop_table("process")
    op.drop_table("mail_choice")
    with op.batch_alter_table("area_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_upload_person_id"))

    op.drop_table("area_upload")
    op.drop_table("person")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_due")

    op.drop_table("outbox")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_subject")
        batch_op.drop_index(batch_op.f("ix_audit_entry_process_id"))
        batch_op.drop_index("ix_audit_entry_at")

    op.drop_table("audit_entry")
    with op.batch_alter_table("attempt_counter", schema=None) as batch_op:
        batch_op.drop_index("ix_attempt_counter_last_at")

    op.drop_table("attempt_counter")
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_parent_id"))
        batch_op.drop_index("ix_area_bounds")

    op.drop_table("area")
