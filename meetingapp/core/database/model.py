"""What all tables share: naming of constraints, aware times, enums kept as text."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, registry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python on both databases. SQLite drops the zone, so it is put back; a naive value is refused at the door."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not reach the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


# Kept as the member's value in text, so that a new state needs no change of type in the database.
ENUM = Enum(enum.Enum, native_enum=False, create_constraint=False, length=40, values_callable=lambda members: [m.value for m in members])


class Base(DeclarativeBase):
    # The map stands on the registry: Flask-SQLAlchemy copies the class body, and SQLAlchemy refuses a map beside a registry.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime,
            str: Text,
            dict[str, Any]: JSON,
            list[Any]: JSON,
            list[int]: JSON,
            list[str]: JSON,
            enum.Enum: ENUM,
        },
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:

    class Model(Base):
        """What mypy sees instead of `db.Model`, which it cannot follow."""

        __abstract__ = True
        __bind_key__: str | None

        def __init__(self, **given: Any) -> None: ...

else:
    Model = db.Model
