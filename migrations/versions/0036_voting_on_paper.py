"""Voting on paper: stations hand out ballots, what is in the boxes is typed and read twice; how paper is read is announced.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kernel import types as kernel_types

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    overvote = sa.Enum("invalid", "blank", name="overvote", native_enum=False, create_constraint=True, length=32)
    incomplete = sa.Enum("counts", "invalid", name="incompleteset", native_enum=False, create_constraint=True, length=32)
    with op.batch_alter_table("voting_setup") as batch_op:
        batch_op.add_column(sa.Column("on_paper", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("overvote", overvote, nullable=False, server_default="invalid"))
        batch_op.add_column(sa.Column("incomplete_set", incomplete, nullable=False, server_default="counts"))
        batch_op.add_column(sa.Column("postal_until", kernel_types.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table("voting_setup") as batch_op:
        for name in ("on_paper", "overvote", "incomplete_set"):
            batch_op.alter_column(name, server_default=None)
    op.create_table(
        "ballot_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("declared", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "entered",
                "reading",
                "reconciled",
                "closed",
                name="batchstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("typed_by", sa.Uuid(), nullable=True),
        sa.Column("typed_name", sa.String(length=80), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=True),
        sa.Column("read_name", sa.String(length=80), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("short_because", sa.Text(), nullable=False),
        sa.Column("reopened_because", sa.Text(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("declared >= 1", name=op.f("ck_ballot_batch_declared")),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_ballot_batch_pot_id_pot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["read_by"], ["person.id"], name=op.f("fk_ballot_batch_read_by_person"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["station_id"], ["paper_station.id"], name=op.f("fk_ballot_batch_station_id_paper_station"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["typed_by"], ["person.id"], name=op.f("fk_ballot_batch_typed_by_person"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_batch")),
        sa.UniqueConstraint("station_id", "pot_id", "number", name=op.f("uq_ballot_batch_station_id_pot_id_number")),
    )
    op.create_index(op.f("ix_ballot_batch_pot_id"), "ballot_batch", ["pot_id"], unique=False)
    op.create_table(
        "outer_envelope",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("provisional", "postal", name="envelopekind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("voter_key", sa.String(length=64), nullable=False),
        sa.Column("arrived_at", kernel_types.UtcDateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "accepted", "returned", name="envelopestate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("because", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_outer_envelope_pot_id_pot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["station_id"], ["paper_station.id"], name=op.f("fk_outer_envelope_station_id_paper_station"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outer_envelope")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_outer_envelope_pot_id"), "outer_envelope", ["pot_id"], unique=False)
    op.create_table(
        "paper_issue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("stub", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "issued",
                "returning",
                "returned",
                "spoilt",
                name="issuestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("returning_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_paper_issue_pot_id_pot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["returning_by"], ["person.id"], name=op.f("fk_paper_issue_returning_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["paper_station.id"], name=op.f("fk_paper_issue_station_id_paper_station"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_issue")),
        sa.UniqueConstraint("station_id", "pot_id", "stub", name=op.f("uq_paper_issue_station_id_pot_id_stub")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_paper_issue_pot_id"), "paper_issue", ["pot_id"], unique=False)
    op.create_table(
        "paper_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_paper_row_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_row")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_paper_row_pot_id", "paper_row", ["pot_id"], unique=False)
    op.create_table(
        "paper_sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("drawn", "enough", "all", name="samplestate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("seed", sa.String(length=200), nullable=False),
        sa.Column("committed", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_paper_sample_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sample")),
        sa.UniqueConstraint("pot_id", name=op.f("uq_paper_sample_pot_id")),
    )
    op.create_table(
        "station_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("pot_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "polling",
                "opened",
                "proposed",
                "signed",
                name="countstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("handed_back", sa.Integer(), nullable=False),
        sa.Column("spoilt", sa.Integer(), nullable=False),
        sa.Column("left_without", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first_hand", sa.Uuid(), nullable=True),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("second_hand", sa.Uuid(), nullable=True),
        sa.Column("second_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'signed' OR (first_hand IS NOT NULL AND second_hand IS NOT NULL AND first_hand <> second_hand)",
            name=op.f("ck_station_count_two_people"),
        ),
        sa.CheckConstraint(
            "issued >= 0 AND handed_back >= 0 AND spoilt >= 0 AND left_without >= 0 AND accepted >= 0",
            name=op.f("ck_station_count_numbers"),
        ),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_station_count_pot_id_pot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["station_id"], ["paper_station.id"], name=op.f("fk_station_count_station_id_paper_station"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_count")),
        sa.UniqueConstraint("station_id", "pot_id", name=op.f("uq_station_count_station_id_pot_id")),
    )
    op.create_index(op.f("ix_station_count_pot_id"), "station_count", ["pot_id"], unique=False)
    op.create_table(
        "station_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person_name", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_station_shift_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["paper_station.id"], name=op.f("fk_station_shift_station_id_paper_station"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_shift")),
        sa.UniqueConstraint("station_id", "person_id", "day", name=op.f("uq_station_shift_station_id_person_id_day")),
    )
    op.create_index(op.f("ix_station_shift_person_id"), "station_shift", ["person_id"], unique=False)
    op.create_table(
        "paper_ballot",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("unsettled", sa.Boolean(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("settled", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["ballot_batch.id"], name=op.f("fk_paper_ballot_batch_id_ballot_batch"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_paper_ballot_proposed_by_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_paper_ballot")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("paper_ballot")
    op.drop_table("station_shift")
    op.drop_table("station_count")
    op.drop_table("paper_sample")
    op.drop_table("paper_row")
    op.drop_table("paper_issue")
    op.drop_table("outer_envelope")
    op.drop_table("ballot_batch")
    with op.batch_alter_table("voting_setup") as batch_op:
        batch_op.drop_constraint(op.f("ck_voting_setup_overvote"), type_="check")
        batch_op.drop_constraint(op.f("ck_voting_setup_incompleteset"), type_="check")
        for name in ("on_paper", "overvote", "incomplete_set", "postal_until"):
            batch_op.drop_column(name)
