"""The texts that new case papers start from: per council, kind of case and language, valid for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("council_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recommendation", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_paper_template_ends_after_it_began")),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name=op.f("fk_paper_template_council_id_council")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_template")),
        sa.UniqueConstraint(
            "council_id", "kind", "language", "valid_from", name=op.f("uq_paper_template_council_id_kind_language_valid_from")
        ),
    )


def downgrade() -> None:
    op.drop_table("paper_template")
