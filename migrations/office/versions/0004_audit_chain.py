"""The log of acts becomes a chain that refuses to be changed; entries that exist get their links."""

from datetime import UTC

import sqlalchemy as sa
from alembic import op
from flask import current_app

from meetingapp.core.audit.chain import Act, link_hash
from meetingapp.core.database.fixed import fix, loosen

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

BATCH = 5000
KEPT = ("audit_entry", "audit_link")
entries = sa.table(
    "audit_entry",
    sa.column("id", sa.Integer),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("action", sa.String),
    sa.column("thing", sa.String),
    sa.column("thing_id", sa.Integer),
    sa.column("person_id", sa.Integer),
    sa.column("details", sa.JSON),
)


def upgrade() -> None:
    links = op.create_table(
        "audit_link",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_link_entry_id_audit_entry")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_link_entry_id")),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_there_is_one_head")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_index("ix_audit_entry_person", "audit_entry", ["person_id", "id"])
    count, last = _link_all(links)
    op.bulk_insert(head, [{"id": 1, "count": count, "hash": last}])
    for table in KEPT:
        fix(op.get_bind(), table)


def _link_all(links: sa.Table) -> tuple[int, str]:
    """Links for the entries that exist, in the order of their ids; how many, and the last hash."""
    key, connection = str(current_app.config["AUDIT_KEY"]).encode(), op.get_bind()
    count, last, newest = 0, "", 0
    while True:
        rows = connection.execute(sa.select(entries).where(entries.c.id > newest).order_by(entries.c.id).limit(BATCH)).all()
        if not rows:
            return count, last
        new = []
        for row in rows:
            count, newest = count + 1, row.id
            at = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
            last = link_hash(key, last, count, Act(row.id, at, row.action, row.thing, row.thing_id, row.person_id, row.details))
            new.append({"place": count, "entry_id": row.id, "hash": last})
        op.bulk_insert(links, new)


def downgrade() -> None:
    for table in KEPT:
        loosen(op.get_bind(), table)
    op.drop_table("audit_head")
    op.drop_table("audit_link")
    op.drop_index("ix_audit_entry_person", table_name="audit_entry")
