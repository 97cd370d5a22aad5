"""The key from a council to its seat municipality, which the first tables left out on PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

SEAT = "fk_council_seat_municipality_id_organisation"


def upgrade() -> None:
    if _is_postgresql() and SEAT not in _keys():
        op.create_foreign_key(SEAT, "council", "organisation", ["seat_municipality_id"], ["id"])


def downgrade() -> None:
    if _is_postgresql():
        op.drop_constraint(SEAT, "council", type_="foreignkey")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _keys() -> set[str]:
    return {str(key["name"]) for key in sa.inspect(op.get_bind()).get_foreign_keys("council")}
