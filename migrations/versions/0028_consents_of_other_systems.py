"""Policies, agreements in GovStack's words, individuals, webhooks and signatures of other systems."""

import sqlalchemy as sa
from alembic import op

from app.kernel import types as kernel_types

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interface_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deleted_at", kernel_types.UtcDateTime(), nullable=True),
        sa.Column("created_at", kernel_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_policy")),
    )
    op.create_table(
        "interface_policy_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", kernel_types.JsonDocument, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("at", kernel_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["interface_client.id"],
            name=op.f("fk_interface_policy_revision_client_id_interface_client"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["interface_policy.id"],
            name=op.f("fk_interface_policy_revision_policy_id_interface_policy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_policy_revision")),
        sa.UniqueConstraint("policy_id", "number", name=op.f("uq_interface_policy_revision_policy_id_number")),
    )
    op.create_table(
        "interface_agreement",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("data_use", sa.String(length=40), nullable=False),
        sa.Column("forgettable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["data_agreement.id"],
            name=op.f("fk_interface_agreement_agreement_id_data_agreement"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["interface_policy.id"],
            name=op.f("fk_interface_agreement_policy_id_interface_policy"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_interface_agreement")),
    )
    op.create_index(op.f("ix_interface_agreement_policy_id"), "interface_agreement", ["policy_id"], unique=False)
    op.create_table(
        "interface_individual",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=254), nullable=False),
        sa.Column("external_id_type", sa.String(length=60), nullable=False),
        sa.Column("identity_provider_id", sa.String(length=254), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["interface_client.id"],
            name=op.f("fk_interface_individual_client_id_interface_client"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_interface_individual_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_individual")),
    )
    op.create_index(op.f("ix_interface_individual_person_id"), "interface_individual", ["person_id"], unique=False)
    op.create_index(
        "uq_interface_individual_external",
        "interface_individual",
        ["client_id", "external_id_type", "identity_provider_id", "external_id"],
        unique=True,
    )
    op.create_table(
        "interface_webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("content_type", sa.String(length=80), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("created_at", kernel_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["interface_client.id"],
            name=op.f("fk_interface_webhook_client_id_interface_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_webhook")),
    )
    op.create_index(op.f("ix_interface_webhook_client_id"), "interface_webhook", ["client_id"], unique=False)
    op.create_table(
        "interface_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("said", kernel_types.JsonDocument, nullable=False),
        sa.Column("at", kernel_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["interface_client.id"],
            name=op.f("fk_interface_signature_client_id_interface_client"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["consent_event.id"], name=op.f("fk_interface_signature_event_id_consent_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interface_signature")),
        sa.UniqueConstraint("event_id", name=op.f("uq_interface_signature_event_id")),
    )


def downgrade() -> None:
    tables = ("signature", "webhook", "individual", "agreement", "policy_revision", "policy")
    for table in tables:
        op.drop_table(f"interface_{table}")
