"""Where recipients' servers take messages, each message until it is confirmed; when the rows of a release were read."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KINDS = (
    "consent.withdrawn",
    "consent.refused",
    "consent.expired",
    "consent.objected",
    "agreement.replaced",
    "agreement.ended",
    "person.erased",
    "test",
)


def upgrade() -> None:
    op.create_table(
        "recipient_endpoint",
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=255), nullable=False),
        sa.Column("previous_secret", sa.String(length=255), nullable=True),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipient.id"], name=op.f("fk_recipient_endpoint_recipient_id_recipient"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recipient_id", name=op.f("pk_recipient_endpoint")),
    )
    op.create_table(
        "recipient_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind", sa.Enum(*KINDS, name="noticekind", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=80), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_hand", sa.Boolean(), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipient.id"], name=op.f("fk_recipient_notice_recipient_id_recipient"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_recipient_notice_agreement_id_data_agreement"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recipient_notice_person_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_notice")),
    )
    op.create_index(op.f("ix_recipient_notice_agreement_id"), "recipient_notice", ["agreement_id"])
    op.create_index("ix_recipient_notice_recipient", "recipient_notice", ["recipient_id", "at"])
    op.create_index("ix_recipient_notice_person", "recipient_notice", ["person_id", "agreement_id", "at"])
    with op.batch_alter_table("release") as batch_op:
        batch_op.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("agreement_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_release_agreement_id_data_agreement"), "data_agreement", ["agreement_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("release") as batch_op:
        batch_op.drop_constraint(op.f("fk_release_agreement_id_data_agreement"), type_="foreignkey")
        batch_op.drop_column("agreement_id")
        batch_op.drop_column("read_at")
    op.drop_table("recipient_notice")
    op.drop_table("recipient_endpoint")
