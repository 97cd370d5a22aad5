"""Tasks know who holds them and when their time was set; letters know their deadline, and are found by their state."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_task", sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox_task", sa.Column("lease", sa.String(length=32), server_default="", nullable=False))
    op.add_column("letter", sa.Column("due_by", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_letter_state", "letter", ["state", "due_by"])


def downgrade() -> None:
    op.execute("UPDATE letter SET state = 'failed' WHERE state = 'told'")
    op.drop_index("ix_letter_state", table_name="letter")
    op.drop_column("letter", "due_by")
    op.drop_column("outbox_task", "lease")
    op.drop_column("outbox_task", "placed_at")
