"""The tables. On SQLite they are in two files, on PostgreSQL in one database with two roles."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    and_,
    literal_column,
    text,
)

from calendar_app.store.columns import Id, Instant, words

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
    Column("id", String(32), nullable=False, unique=True),
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
    Column("id", Id, primary_key=True),
    Column("is_active", Boolean, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("address_index", LargeBinary, nullable=False, unique=True),
    Column("language", words(3), nullable=False),
    Column("zone", words(40), nullable=False),
    Column("hour", SmallInteger, nullable=False),
    Column("topics", words(), nullable=False),  # ,cuba,peace, or nothing for all
    Column("leads", words(20), nullable=False),  # ,7,1, or nothing for readers of a digest
    Column("series_leads", words(20), nullable=False),
    Column("digest", words(8), nullable=False),
    Column("discreet", Boolean, nullable=False),
    Column("consent", words(40), nullable=False),  # version of the text
    Column("confirmed_on", Date),
    Column("token_version", Integer, nullable=False),
    Column("known_on", Date),  # when last told that the address is known already
    Column("bounces", SmallInteger, nullable=False),  # as store.bounced counts
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
    # All that planning asks of a person, in the order in which deliveries are kept.
    subscriber.c.id,
    subscriber.c.leads,
    subscriber.c.series_leads,
    subscriber.c.digest,
    subscriber.c.topics,
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

Index(
    "subscriber_bounced_idx",
    subscriber.c.bounced_on,
    subscriber.c.bounces,
    sqlite_where=subscriber.c.bounced_on.is_not(None),
    postgresql_where=subscriber.c.bounced_on.is_not(None),
)

delivery = Table(
    "delivery",
    STORE,
    # What a person is told at most once.
    Column("subscriber_id", Id, primary_key=True),
    Column("kind", words(10), primary_key=True),
    Column("subject", words(80), primary_key=True),
    Column("on_date", words(40), primary_key=True),
    Column("lead", Integer, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", words(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant, nullable=False),  # of a digest that was sent: what it knew
    Column("mail", Id),  # the id of the mail it was first tried in
    Column("error", words(80), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    # On PostgreSQL to check it for each row costs several times as much as the row (store.erasure).
    ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], ondelete="CASCADE").ddl_if(
        dialect="sqlite"
    ),
)
# Written out and not bound: a plan made for any value could not use an index made for one.
IS_TODO: Final = delivery.c.state == literal_column("'todo'")
# A list that is bound cannot be in a statement for many rows at once either.
REMINDING: Final[list[ColumnElement[str]]] = [
    literal_column("'reminder'"),
    literal_column("'correction'"),
]
IS_TOLD: Final = and_(
    delivery.c.state == literal_column("'sent'"),
    delivery.c.kind.in_([*REMINDING, literal_column("'welcome'")]),
    delivery.c.on_date != literal_column("''"),  # as that of a welcome itself is
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
Index(
    "delivery_mail_idx",
    delivery.c.mail,
    sqlite_where=delivery.c.mail.is_not(None),
    postgresql_where=delivery.c.mail.is_not(None),
)
# What is planned together is over at about the same time, so that a summary of pages will do.
Index(
    "delivery_expires_idx",
    delivery.c.expires_at,
    postgresql_using="brin",
    postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
)

planner = Table(
    "planner",
    STORE,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("planned_until", Instant, nullable=False),
    Column("edition", words(40), nullable=False),
    Column("edition_since", Instant, nullable=False),
    Column("passed_until", Instant),
    Column("leapt_at", Instant),
    Column("forgotten_at", Instant),
    Column("number", BigInteger),  # of the edition
    Column("seen_at", Instant),
    CheckConstraint("id = 1", "one"),
)

suppressed = Table(
    "suppressed",
    STORE,
    Column("address_index", LargeBinary, primary_key=True),
    Column("reason", words(16), nullable=False),
    Column("since_on", Date, nullable=False),
)

# On PostgreSQL only: a store in files has one worker, and its key is beside it.
worker = Table(
    "worker",
    STORE,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("key", words(8), nullable=False),  # the id of the one that all have
    CheckConstraint("id = 1", "one"),
)
