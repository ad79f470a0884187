"""The tables. On SQLite they are in two files, on PostgreSQL in one database with two roles.

Instants are whole seconds since 1970 (UTC), days are dates, ids are 128 random bits as 32
hexadecimal digits.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    and_,
    literal_column,
    text,
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as whole seconds, alike and sortable in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)


ID_LENGTH: Final = 32
NAMES: Final = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_name)s_key",
    "ix": "%(table_name)s_%(column_0_name)s_idx",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
}
INBOX: Final = MetaData(naming_convention=NAMES)
STORE: Final = MetaData(naming_convention=NAMES)

# The number only orders; the id is never used again, even after a restore.
request = Table(
    "request",
    INBOX,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("id", String(ID_LENGTH), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

pulse = Table(
    "pulse",
    INBOX,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("facts", Text, nullable=False),  # JSON
    CheckConstraint("id = 1", "one"),
)

subscriber = Table(
    "subscriber",
    STORE,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("is_active", Boolean, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("address_index", LargeBinary, nullable=False, unique=True),
    Column("language", String(3), nullable=False),
    Column("zone", String(40), nullable=False),
    Column("hour", SmallInteger, nullable=False),
    Column("topics", Text, nullable=False),  # ,cuba,peace, or nothing for all
    Column("leads", String(20), nullable=False),  # ,7,1, or nothing for readers of a digest
    Column("series_leads", String(20), nullable=False),
    Column("digest", String(8), nullable=False),
    Column("discreet", Boolean, nullable=False),
    Column("consent", String(40), nullable=False),  # version of the text
    Column("confirmed_on", Date),
    Column("token_version", Integer, nullable=False),
    Column("known_on", Date),  # when last told that the address is known already
    Column("bounces", SmallInteger, nullable=False),
    Column("bounced_on", Date),
    # Of the sign-up; nothing of it is left once the row is active.
    Column("pending_at", Instant),
    Column("asked", SmallInteger),
    Column("asked_at", Instant),
)
Index(
    "subscriber_zone_idx",
    subscriber.c.zone,
    subscriber.c.hour,
    # In the very words of the statements, without which SQLite does not use the index.
    sqlite_where=text("is_active = 1"),
    postgresql_where=text("is_active"),
)
Index(
    "subscriber_pending_idx",
    subscriber.c.pending_at,
    sqlite_where=subscriber.c.pending_at.is_not(None),
    postgresql_where=subscriber.c.pending_at.is_not(None),
)

delivery = Table(
    "delivery",
    STORE,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column(
        "subscriber_id",
        String(ID_LENGTH),
        ForeignKey("subscriber.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("kind", String(10), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("on_date", String(40), nullable=False),
    Column("lead", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("mail", String(ID_LENGTH), nullable=False),  # what was first tried together, or nothing
    Column("error", String(80), nullable=False),
    UniqueConstraint("subscriber_id", "kind", "subject", "on_date", "lead"),
)
# Written out and not bound: a plan made for any value could not use an index made for one.
IS_TODO: Final = delivery.c.state == literal_column("'todo'")
IS_TOLD: Final = and_(
    delivery.c.state == literal_column("'sent'"),
    delivery.c.kind.in_([literal_column("'reminder'"), literal_column("'correction'")]),
)
Index(
    "delivery_todo_idx",
    delivery.c.not_before,
    sqlite_where=IS_TODO,
    postgresql_where=IS_TODO,
)
Index(
    "delivery_told_idx",
    delivery.c.subject,
    delivery.c.on_date,
    delivery.c.lead,
    sqlite_where=IS_TOLD,
    postgresql_where=IS_TOLD,
)
Index("delivery_expires_idx", delivery.c.expires_at)

planner = Table(
    "planner",
    STORE,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("planned_until", Instant, nullable=False),
    Column("edition", String(40), nullable=False),
    Column("edition_since", Instant, nullable=False),
    CheckConstraint("id = 1", "one"),
)

suppressed = Table(
    "suppressed",
    STORE,
    Column("address_index", LargeBinary, primary_key=True),
    Column("reason", String(16), nullable=False),
    Column("since_on", Date, nullable=False),
)
