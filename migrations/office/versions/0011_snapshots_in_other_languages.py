"""Snapshots hold the same page told in the council's other languages."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Older snapshots have none: their pages are shown in the council's own language, and say so with `lang`.
    op.add_column("snapshot", sa.Column("translations", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("snapshot", "translations")
