"""Agendas get setups, a log of changes and places chosen by hand; meetings get co-hosts; decisions get a kind."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INDIVIDUAL = "NOT is_individual OR decision_kind IN ('grant', 'internal')"


def upgrade() -> None:
    op.create_table(
        "agenda_setup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_agenda_setup_ends_after_it_began")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_agenda_setup_body_id_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_setup")),
        sa.UniqueConstraint("body_id", "valid_from", name=op.f("uq_agenda_setup_body_id_valid_from")),
    )
    op.create_index(op.f("ix_agenda_setup_body_id"), "agenda_setup", ["body_id"])
    op.create_table(
        "agenda_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_change_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_agenda_change_case_id_case")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_agenda_change_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_change")),
    )
    op.create_index("ix_agenda_change_order", "agenda_change", ["meeting_id", "id"])
    op.create_table(
        "co_host",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_co_host_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_co_host_organisation_id_organisation")),
        sa.PrimaryKeyConstraint("meeting_id", "organisation_id", name=op.f("pk_co_host")),
    )
    op.create_index(op.f("ix_co_host_organisation_id"), "co_host", ["organisation_id"])
    with op.batch_alter_table("agenda_item") as table:
        table.add_column(sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("approves_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.create_foreign_key(op.f("fk_agenda_item_approves_id_meeting"), "meeting", ["approves_id"], ["id"])
        table.create_index(op.f("ix_agenda_item_approves_id"), ["approves_id"])
    with op.batch_alter_table("agenda_item") as table:
        table.alter_column("by_hand", existing_type=sa.Boolean(), server_default=None)
        table.alter_column("version", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("meeting") as table:
        table.add_column(sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
    locked = (
        "SELECT min(edition.locked_at) FROM edition JOIN minutes ON minutes.id = edition.minutes_id WHERE minutes.meeting_id = meeting.id"
    )
    op.execute(f"UPDATE meeting SET recorded_at = ({locked})")
    with op.batch_alter_table("deliberation") as table:
        table.add_column(sa.Column("decision_kind", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("is_individual", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_check_constraint(op.f("ck_deliberation_individual_decisions_are_grants_or_internal"), INDIVIDUAL)
    with op.batch_alter_table("deliberation") as table:
        table.alter_column("is_individual", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("deliberation") as table:
        table.drop_constraint(op.f("ck_deliberation_individual_decisions_are_grants_or_internal"), type_="check")
        table.drop_column("is_individual")
        table.drop_column("decision_kind")
    with op.batch_alter_table("meeting") as table:
        table.drop_column("recorded_at")
    with op.batch_alter_table("agenda_item") as table:
        table.drop_index(op.f("ix_agenda_item_approves_id"))
        table.drop_constraint(op.f("fk_agenda_item_approves_id_meeting"), type_="foreignkey")
        table.drop_column("version")
        table.drop_column("approves_id")
        table.drop_column("by_hand")
    op.drop_index(op.f("ix_co_host_organisation_id"), table_name="co_host")
    op.drop_table("co_host")
    op.drop_index("ix_agenda_change_order", table_name="agenda_change")
    op.drop_table("agenda_change")
    op.drop_index(op.f("ix_agenda_setup_body_id"), table_name="agenda_setup")
    op.drop_table("agenda_setup")
