"""The kinds of columns that are alike in both databases.

Instants are whole seconds since 1970 (UTC), days are dates. Ids are 128 random bits: 16 bytes in
the tables, and 32 hexadecimal digits everywhere else.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Dialect, LargeBinary, String, Text, TypeDecorator, Uuid
from sqlalchemy.types import TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware datetime as whole seconds, alike and sortable in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Id(TypeDecorator[str]):
    """128 bits as 32 hexadecimal digits; ``uuid`` on PostgreSQL, bytes on SQLite."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Uuid() if dialect.name == "postgresql" else LargeBinary(16))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return UUID(value) if dialect.name == "postgresql" else bytes.fromhex(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(value.hex if isinstance(value, UUID) else value.hex())


def words(length: int | None = None) -> TypeEngine[str]:
    """Text that only this program reads: it is compared by its bytes, whatever the language of the
    database, as SQLite does it anyway."""
    kind = Text if length is None else String
    return kind(length).with_variant(kind(length, collation="C"), "postgresql")
