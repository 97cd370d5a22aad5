"""Indexes to search in, one for what is open and one for what is closed; each person's own notes; help that was put away."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEXES = ("search_open", "search_closed")


def upgrade() -> None:
    for name in INDEXES:
        _entries(name)
        if op.get_bind().dialect.name == "sqlite":
            _fts(name)
        else:
            _vector(name)
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("paper_version", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_note_case_id_case")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_note_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_case_id", "note", ["case_id"])
    op.create_index("ix_note_person_id", "note", ["person_id"])
    op.create_table(
        "put_away",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_put_away_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_put_away")),
        sa.UniqueConstraint("person_id", "what", name=op.f("uq_put_away_person_id_what")),
    )


def _entries(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.Column("lock", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("title_stems", sa.Text(), nullable=False),
        sa.Column("text_stems", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("source", "source_id", "part", name=op.f(f"uq_{name}_source_source_id_part")),
    )


def _fts(name: str) -> None:
    """An external-content index that the table's triggers keep. The stems are folded already; no letter loses its sign."""
    columns = "title_stems, text_stems"
    new, old = "new.title_stems, new.text_stems", "old.title_stems, old.text_stems"
    away = f"INSERT INTO {name}_fts ({name}_fts, rowid, {columns}) VALUES ('delete', old.id, {old});"
    into = f"INSERT INTO {name}_fts (rowid, {columns}) VALUES (new.id, {new});"
    op.execute(
        f"CREATE VIRTUAL TABLE {name}_fts USING fts5({columns}, content='{name}', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 0')"
    )
    op.execute(f"CREATE TRIGGER {name}_after_insert AFTER INSERT ON {name} BEGIN {into} END")
    op.execute(f"CREATE TRIGGER {name}_after_delete AFTER DELETE ON {name} BEGIN {away} END")
    op.execute(f"CREATE TRIGGER {name}_after_update AFTER UPDATE ON {name} BEGIN {away} {into} END")


def _vector(name: str) -> None:
    """A generated column: the stems are made before they come here, so the configuration is `simple`."""
    made = "setweight(to_tsvector('simple', title_stems), 'A') || setweight(to_tsvector('simple', text_stems), 'D')"
    op.execute(f"ALTER TABLE {name} ADD COLUMN vector tsvector GENERATED ALWAYS AS ({made}) STORED")
    op.execute(f"CREATE INDEX ix_{name}_vector ON {name} USING gin (vector)")


def downgrade() -> None:
    op.drop_table("put_away")
    op.drop_table("note")
    for name in INDEXES:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TABLE {name}_fts")
        op.drop_table(name)
