"""The number of comments on a proposal counts comments; replies belong to them and are counted apart."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COUNT = """
UPDATE proposal SET comments_count = (
    SELECT count(*) FROM comment
    WHERE comment.proposal_id = proposal.id AND comment.state = 'published' {without_replies}
)
WHERE id IN (SELECT proposal_id FROM comment WHERE parent_id IS NOT NULL)
"""


def upgrade() -> None:
    op.execute(COUNT.format(without_replies="AND comment.parent_id IS NULL"))


def downgrade() -> None:
    op.execute(COUNT.format(without_replies=""))
