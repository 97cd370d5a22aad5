"""Each person's choice of light or dark; and the address that a personal link went to, so that a sign-in link dies with it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("scheme", sa.String(length=5), nullable=False, server_default=""))
    op.add_column("personal_link", sa.Column("sent_to", sa.String(length=320), nullable=False, server_default=""))
    address = "SELECT email FROM person WHERE person.id = personal_link.person_id"
    op.execute(sa.text(f"UPDATE personal_link SET sent_to = ({address})"))


def downgrade() -> None:
    op.drop_column("personal_link", "sent_to")
    op.drop_column("person", "scheme")
