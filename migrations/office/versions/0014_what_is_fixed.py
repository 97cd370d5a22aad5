"""What has been sent, locked or made public is fixed in the database itself."""

from alembic import op

from meetingapp.core.database.fixed import fix, loosen

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Rows of these tables are written once: what went out, what was locked, what was said, what was given.
FIXED = ("snapshot", "edition", "case_paper", "call_paper", "letter_event", "reply_history", "action_update", "case_number", "stored_file")


def upgrade() -> None:
    for table in FIXED:
        fix(op.get_bind(), table)


def downgrade() -> None:
    for table in FIXED:
        loosen(op.get_bind(), table)
