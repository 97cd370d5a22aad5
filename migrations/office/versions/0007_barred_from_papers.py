"""A disqualified person is barred from the closed papers for good; the log of acts is read in order by thing."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("paper_access") as table:
        table.add_column(sa.Column("is_barred", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("paper_access") as table:
        table.alter_column("is_barred", existing_type=sa.Boolean(), server_default=None)
    op.drop_index("ix_audit_entry_thing", table_name="audit_entry")
    op.create_index("ix_audit_entry_thing", "audit_entry", ["thing", "thing_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_entry_thing", table_name="audit_entry")
    op.create_index("ix_audit_entry_thing", "audit_entry", ["thing", "thing_id"])
    with op.batch_alter_table("paper_access") as table:
        table.drop_column("is_barred")
