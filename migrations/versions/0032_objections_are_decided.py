"""What the city decides about objections; the numbers of answers that everybody sees, counted once a day.

Recipients are told, too, when an objection is over.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

RULINGS = ("proposed", "sent_back", "upheld", "compelling")
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
ENDED = "objection.ended"
NOTICE = sa.table("recipient_notice", sa.column("kind", sa.String()))


def _kinds(*kinds: str) -> None:
    with op.batch_alter_table("recipient_notice") as batch_op:
        batch_op.drop_constraint(op.f("ck_recipient_notice_noticekind"), type_="check")
        allowed = ", ".join(f"'{kind}'" for kind in kinds)
        batch_op.create_check_constraint(op.f("ck_recipient_notice_noticekind"), f"kind IN ({allowed})")


def upgrade() -> None:
    _kinds(*KINDS, ENDED)
    op.create_table(
        "objection_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state", sa.Enum(*RULINGS, name="ruling", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("sent_back_reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> proposed_by_id", name=op.f("ck_objection_decision_two_people")
        ),
        sa.CheckConstraint(
            "state NOT IN ('upheld', 'compelling') OR decided_at IS NOT NULL", name=op.f("ck_objection_decision_decided_at")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["consent_event.id"], name=op.f("fk_objection_decision_event_id_consent_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_objection_decision_agreement_id_data_agreement"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_objection_decision_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_objection_decision_proposed_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_objection_decision_confirmed_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_decision")),
        sa.UniqueConstraint("event_id", name=op.f("uq_objection_decision_event_id")),
    )
    op.create_index(op.f("ix_objection_decision_agreement_id"), "objection_decision", ["agreement_id"])
    op.create_index(op.f("ix_objection_decision_person_id"), "objection_decision", ["person_id"])
    op.create_table(
        "register_numbers",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("objected", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_register_numbers_agreement_id_data_agreement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_register_numbers")),
    )


def downgrade() -> None:
    op.drop_table("register_numbers")
    op.drop_table("objection_decision")
    op.execute(sa.delete(NOTICE).where(NOTICE.c.kind == ENDED))
    _kinds(*KINDS)
