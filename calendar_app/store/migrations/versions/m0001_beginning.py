"""The tables of the beginning."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0001"
down_revision = None


def upgrade() -> None:
    parts = context.config.attributes["parts"]
    if "inbox" in parts:
        _make_inbox()
    if "store" in parts:
        _make_subscriber()
        _make_delivery()
        _make_rest()


def _make_inbox() -> None:
    op.create_table(
        "request",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(),
            nullable=False,
        ),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="request_pkey"),
        sa.UniqueConstraint("id", name="request_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pulse",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pulse_pkey"),
        sa.CheckConstraint("id = 1", name="pulse_one_check"),
    )


def _make_subscriber() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.String(32), nullable=False),
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
    op.create_index(
        "subscriber_zone_idx",
        "subscriber",
        ["zone", "hour"],
        sqlite_where=sa.text("is_active = 1"),
        postgresql_where=sa.text("is_active"),
    )
    _partial("subscriber_pending_idx", "subscriber", ["pending_at"], "pending_at IS NOT NULL")


def _make_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("subscriber_id", sa.String(32), nullable=False),
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
        sa.Column("mail", sa.String(32), nullable=False),
        sa.Column("error", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="delivery_pkey"),
        sa.UniqueConstraint(
            "subscriber_id", "kind", "subject", "on_date", "lead", name="delivery_subscriber_id_key"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name="delivery_subscriber_id_fkey",
            ondelete="CASCADE",
        ),
    )
    _partial("delivery_todo_idx", "delivery", ["not_before"], "state = 'todo'")
    _partial(
        "delivery_told_idx",
        "delivery",
        ["subject", "on_date", "lead"],
        "state = 'sent' AND kind IN ('reminder', 'correction')",
    )
    op.create_index("delivery_expires_idx", "delivery", ["expires_at"])


def _make_rest() -> None:
    op.create_table(
        "planner",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("planned_until", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.String(40), nullable=False),
        sa.Column("edition_since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="planner_pkey"),
        sa.CheckConstraint("id = 1", name="planner_one_check"),
    )
    op.create_table(
        "suppressed",
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("address_index", name="suppressed_pkey"),
    )


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
