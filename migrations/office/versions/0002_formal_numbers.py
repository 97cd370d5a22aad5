"""Formal items get numbers too, from the same counter as the cases."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("formal_number",
    sa.Column("item_id", sa.Integer(), nullable=False),
    sa.Column("body_id", sa.Integer(), nullable=False),
    sa.Column("series", sa.String(length=40), nullable=False),
    sa.Column("year", sa.Integer(), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("text", sa.String(length=60), nullable=False),
    sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_formal_number_body_id_body")),
    sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_formal_number_item_id_agenda_item")),
    sa.PrimaryKeyConstraint("item_id", name=op.f("pk_formal_number")),
    sa.UniqueConstraint("body_id", "series", "year", "number", name=op.f("uq_formal_number_body_id_series_year_number"))
    )
    with op.batch_alter_table("case_number", schema=None) as batch_op:
        batch_op.alter_column("series",
               existing_type=sa.VARCHAR(length=20),
               type_=sa.String(length=40),
               existing_nullable=False)



def downgrade() -> None:
    with op.batch_alter_table("case_number", schema=None) as batch_op:
        batch_op.alter_column("series",
               existing_type=sa.String(length=40),
               type_=sa.VARCHAR(length=20),
               existing_nullable=False)

    op.drop_table("formal_number")
