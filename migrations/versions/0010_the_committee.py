"""The committee: decisions with two signatures, objections, certificates, totals of paper, and the end of a vote's data."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "open", "upheld", "dismissed", name="objectionoutcome", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("decided_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_objection_person_id_person"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_objection_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_process_id"), ["process_id"], unique=False)

    op.create_table(
        "paper_station",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_paper_station_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_station")),
        sa.UniqueConstraint("process_id", "name", name=op.f("uq_paper_station_process_id_name")),
    )
    op.create_table(
        "voting_retention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("objection_days", sa.Integer(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("announced_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("forgotten_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("forgotten", kernel_types.JsonDocument, nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("objection_days >= 1 AND keep_days >= 0", name=op.f("ck_voting_retention_days")),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_voting_retention_process_id_process"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voting_retention")),
        sa.UniqueConstraint("process_id", name=op.f("uq_voting_retention_process_id")),
    )
    op.create_table(
        "committee_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "extension",
                "interruption",
                "resumption",
                "annulment",
                "objection",
                "recount",
                "certification",
                "correction",
                "destruction",
                name="decisionkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "in_force",
                "declined",
                "withdrawn",
                name="decisionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("reason", kernel_types.JsonDocument, nullable=False),
        sa.Column("details", kernel_types.JsonDocument, nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_name", sa.String(length=80), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("outcome", kernel_types.JsonDocument, nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state <> 'in_force' OR decided_by <> proposed_by", name=op.f("ck_committee_decision_two_people")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_committee_decision_decided_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_committee_decision_pot_id_pot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["process_id"], ["process.id"], name=op.f("fk_committee_decision_process_id_process"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_committee_decision_proposed_by_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_decision")),
    )
    with op.batch_alter_table("committee_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_committee_decision_pot_id"), ["pot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_committee_decision_process_id"), ["process_id"], unique=False)
        batch_op.create_index(
            "uq_committee_decision_open",
            ["process_id", "subject"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "difference_explained",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("difference", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_difference_explained_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_difference_explained_pot_id_pot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["paper_station.id"],
            name=op.f("fk_difference_explained_station_id_paper_station"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_difference_explained")),
    )
    with op.batch_alter_table("difference_explained", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_difference_explained_pot_id"), ["pot_id"], unique=False)

    op.create_table(
        "paper_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person_name", sa.String(length=80), nullable=False),
        sa.Column("participations", sa.Integer(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("blank", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Integer(), nullable=False),
        sa.Column("votes", kernel_types.JsonDocument, nullable=False),
        sa.Column("points", kernel_types.JsonDocument, nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "participations >= 0 AND ballots >= 0 AND blank >= 0 AND invalid >= 0", name=op.f("ck_paper_entry_numbers")
        ),
        sa.CheckConstraint("turn IN (1, 2)", name=op.f("ck_paper_entry_turn")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_paper_entry_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_paper_entry_pot_id_pot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["station_id"], ["paper_station.id"], name=op.f("fk_paper_entry_station_id_paper_station"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_entry")),
        sa.UniqueConstraint("station_id", "pot_id", "person_id", name=op.f("uq_paper_entry_station_id_pot_id_person_id")),
        sa.UniqueConstraint("station_id", "pot_id", "turn", name=op.f("uq_paper_entry_station_id_pot_id_turn")),
    )
    with op.batch_alter_table("paper_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_entry_pot_id"), ["pot_id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", kernel_types.JsonDocument, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["committee_decision.id"],
            name=op.f("fk_certificate_decision_id_committee_decision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_certificate_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("pot_id", "version", name=op.f("uq_certificate_pot_id_version")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_decision_id"), ["decision_id"], unique=False)

    with op.batch_alter_table("ballot_box", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closing", kernel_types.JsonDocument, nullable=False, server_default=sa.text("'{}'")))
    with op.batch_alter_table("ballot_box", schema=None) as batch_op:
        batch_op.alter_column("closing", existing_type=kernel_types.JsonDocument, server_default=None)

    with op.batch_alter_table("pot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("annulled_at", kernel_types.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table("process", schema=None) as batch_op:
        batch_op.add_column(sa.Column("interrupted_at", kernel_types.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("process", schema=None) as batch_op:
        batch_op.drop_column("interrupted_at")

    with op.batch_alter_table("pot", schema=None) as batch_op:
        batch_op.drop_column("annulled_at")

    with op.batch_alter_table("ballot_box", schema=None) as batch_op:
        batch_op.drop_column("closing")

    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_decision_id"))

    op.drop_table("certificate")
    with op.batch_alter_table("paper_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_entry_pot_id"))

    op.drop_table("paper_entry")
    with op.batch_alter_table("difference_explained", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_difference_explained_pot_id"))

    op.drop_table("difference_explained")
    with op.batch_alter_table("committee_decision", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_committee_decision_open",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.drop_index(batch_op.f("ix_committee_decision_process_id"))
        batch_op.drop_index(batch_op.f("ix_committee_decision_pot_id"))

    op.drop_table("committee_decision")
    op.drop_table("voting_retention")
    op.drop_table("paper_station")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_process_id"))
        batch_op.drop_index(batch_op.f("ix_objection_person_id"))

    op.drop_table("objection")
