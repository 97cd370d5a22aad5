"""Long lists stand in their order in an index: nothing is sorted, and no row is read that is not shown."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NEW = {
    "ix_case_list": ("case", ["council_id", "created_at", "id"]),
    "ix_case_commitment_id": ("case", ["commitment_id"]),
    "ix_case_proposed_by_id": ("case", ["proposed_by_id"]),
    "ix_paper_access_person_id": ("paper_access", ["person_id"]),
    "ix_meeting_list": ("meeting", ["council_id", "starts_at", "id"]),
    "ix_meeting_starts_at": ("meeting", ["starts_at"]),
    "ix_meeting_ends_at": ("meeting", ["ends_at"]),
    "ix_meeting_state": ("meeting", ["state"]),
    "ix_agenda_item_parent_id": ("agenda_item", ["parent_id"]),
    "ix_call_paper_paper_id": ("call_paper", ["paper_id"]),
    "ix_call_paper_attachment_id": ("call_paper", ["attachment_id"]),
    "ix_minutes_state": ("minutes", ["state"]),
    "ix_signatory_person_id": ("signatory", ["person_id"]),
    "ix_action_list": ("action", ["council_id", "due", "id"]),
    "ix_action_owner_state": ("action_owner", ["state", "action_id"]),
    "ix_letter_list": ("letter", ["realm", "id"]),
    "ix_letter_trouble": ("letter", ["realm", "state", "id"]),
    "ix_letter_address": ("letter", ["to_address", "state", "id"]),
    "ix_publication_list": ("publication", ["council_id", "id"]),
}
COVERED = {  # what a new one begins with
    "ix_case_council_id": ("case", ["council_id"]),
    "ix_action_council_id": ("action", ["council_id"]),
    "ix_letter_realm": ("letter", ["realm"]),
}
STATE = "ix_case_state"  # the index keeps its name, and finds the states of one council


def upgrade() -> None:
    _change(NEW, COVERED)
    op.drop_index(STATE, "case", if_exists=True)
    op.create_index(STATE, "case", ["council_id", "state", "created_at", "id"])


def downgrade() -> None:
    _change(COVERED, NEW)
    op.drop_index(STATE, "case", if_exists=True)
    op.create_index(STATE, "case", ["state"])


def _change(made: dict[str, tuple[str, list[str]]], dropped: dict[str, tuple[str, list[str]]]) -> None:
    for name, (table, columns) in made.items():
        op.create_index(name, table, columns, if_not_exists=True)
    for name, (table, _columns) in dropped.items():
        op.drop_index(name, table, if_exists=True)
