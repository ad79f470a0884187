"""Ids as bytes instead of digits; a delivery is known by what it tells whom, and has no id of its
own. The id of a mail that was tried already stays, so that it is the same mail when it is tried
again and when it comes back.

PostgreSQL changes the tables in place. SQLite cannot, and copies them.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0002"
down_revision = "0001"

_WORDS = {
    "subscriber": {
        "language": "VARCHAR(3)",
        "zone": "VARCHAR(40)",
        "topics": "TEXT",
        "leads": "VARCHAR(20)",
        "series_leads": "VARCHAR(20)",
        "digest": "VARCHAR(8)",
        "consent": "VARCHAR(40)",
    },
    "delivery": {
        "kind": "VARCHAR(10)",
        "subject": "VARCHAR(80)",
        "on_date": "VARCHAR(40)",
        "state": "VARCHAR(8)",
        "error": "VARCHAR(80)",
    },
    "planner": {"edition": "VARCHAR(40)"},
    "suppressed": {"reason": "VARCHAR(16)"},
}
_INDEXES = (
    "subscriber_zone_idx",
    "subscriber_pending_idx",
    "delivery_todo_idx",
    "delivery_told_idx",
    "delivery_expires_idx",
)
_COPIED = {
    "subscriber": "is_active, address, address_index, language, zone, hour, topics, leads, "
    "series_leads, digest, discreet, consent, confirmed_on, token_version, known_on, bounces, "
    "bounced_on, pending_at, asked, asked_at",
    "delivery": "kind, subject, on_date, lead, sequence, due_at, expires_at, state, attempts, "
    "not_before, error",
}


def upgrade() -> None:
    if "store" not in context.config.attributes["parts"]:
        return
    for name in _INDEXES:
        op.drop_index(name)
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        _alter()
    else:
        _copy(connection)
    _make_indexes()


def _alter() -> None:
    """Each table is written anew once, so all that changes of it is one statement."""
    op.drop_constraint("delivery_subscriber_id_fkey", "delivery")
    changes = {
        table: [_as_bytes_compared(*one) for one in _WORDS[table].items()] for table in _WORDS
    }
    changes["subscriber"].append("ALTER id TYPE uuid USING id::uuid")
    changes["delivery"] += [
        "DROP CONSTRAINT delivery_pkey",
        "DROP CONSTRAINT delivery_subscriber_id_key",
        "DROP id",
        "ALTER subscriber_id TYPE uuid USING subscriber_id::uuid",
        "ALTER mail DROP NOT NULL",
        "ALTER mail TYPE uuid USING nullif(mail, '')::uuid",
        "ADD CONSTRAINT delivery_pkey PRIMARY KEY (subscriber_id, kind, subject, on_date, lead)",
    ]
    for table, parts in changes.items():
        op.execute(f"ALTER TABLE {table} {', '.join(parts)}")


def _as_bytes_compared(column: str, kind: str) -> str:
    return f'ALTER {column} TYPE {kind} COLLATE "C"'


def _copy(connection: sa.Connection) -> None:
    # SQLite before 3.41 has no unhex().
    file: Any = connection.connection.driver_connection
    file.create_function(
        "bytes_of", 1, lambda digits: bytes.fromhex(digits) if digits else None, deterministic=True
    )
    for table in ("subscriber", "delivery"):
        op.rename_table(table, f"{table}_0001")
    _make_subscriber()
    _make_delivery()
    for table, ids, given in (
        ("subscriber", "id", "bytes_of(id)"),
        ("delivery", "subscriber_id, mail", "bytes_of(subscriber_id), bytes_of(nullif(mail, ''))"),
    ):
        columns = _COPIED[table]
        op.execute(
            f"INSERT INTO {table} ({ids}, {columns}) SELECT {given}, {columns} "  # noqa: S608 -- ours
            f"FROM {table}_0001"
        )
    for table in ("delivery", "subscriber"):
        op.drop_table(f"{table}_0001")


def _make_subscriber() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.LargeBinary(16), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("zone", sa.String(40), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("leads", sa.String(20), nullable=False),
        sa.Column("series_leads", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(8), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.String(40), nullable=False),
        sa.Column("confirmed_on", sa.Date()),
        sa.Column("token_version", sa.Integer(), nullable=False),
        sa.Column("known_on", sa.Date()),
        sa.Column("bounces", sa.SmallInteger(), nullable=False),
        sa.Column("bounced_on", sa.Date()),
        sa.Column("pending_at", sa.BigInteger()),
        sa.Column("asked", sa.SmallInteger()),
        sa.Column("asked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="subscriber_pkey"),
        sa.UniqueConstraint("address_index", name="subscriber_address_index_key"),
    )


def _make_delivery() -> None:
    key = ("subscriber_id", "kind", "subject", "on_date", "lead")
    op.create_table(
        "delivery",
        sa.Column("subscriber_id", sa.LargeBinary(16), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("on_date", sa.String(40), nullable=False),
        sa.Column("lead", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("mail", sa.LargeBinary(16)),
        sa.Column("error", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint(*key, name="delivery_pkey"),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name="delivery_subscriber_id_fkey",
            ondelete="CASCADE",
        ),
    )


def _make_indexes() -> None:
    op.create_index(
        "subscriber_zone_idx",
        "subscriber",
        ["zone", "hour", "id", "leads", "series_leads", "digest", "topics"],
        sqlite_where=sa.text("is_active = 1"),
        postgresql_where=sa.text("is_active"),
    )
    _partial("subscriber_pending_idx", "subscriber", ["pending_at"], "pending_at IS NOT NULL")
    _partial("delivery_todo_idx", "delivery", ["not_before"], "state = 'todo'")
    _partial(
        "delivery_told_idx",
        "delivery",
        ["subject", "on_date", "lead"],
        "state = 'sent' AND kind IN ('reminder', 'correction')",
    )
    _partial("delivery_mail_idx", "delivery", ["mail"], "mail IS NOT NULL")
    op.create_index(
        "delivery_expires_idx",
        "delivery",
        ["expires_at"],
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
    )


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
