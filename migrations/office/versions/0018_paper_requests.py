"""Somebody is asked to write a case paper by a day: one request at a time for a case."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WAITS = "accepted_at IS NULL AND withdrawn_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "paper_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_paper_request_asked_by_id_person")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_paper_request_case_id_case")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_paper_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_request")),
    )
    op.create_index("ix_paper_request_case_id", "paper_request", ["case_id"])
    op.create_index("ix_paper_request_person_id", "paper_request", ["person_id"])
    op.create_index(
        "uq_paper_request_open", "paper_request", ["case_id"], unique=True, sqlite_where=sa.text(WAITS), postgresql_where=sa.text(WAITS)
    )


def downgrade() -> None:
    op.drop_table("paper_request")
