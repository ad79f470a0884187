"""Which key the workers have stands in a row of its own, before anything is sealed with it.

Workers of before said so in their pulse, on PostgreSQL beside the store.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    if "store" not in context.config.attributes["parts"]:
        return
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "worker",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(8, collation=None if is_sqlite else "C"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="worker_pkey"),
        sa.CheckConstraint("id = 1", name="worker_one_check"),
    )
    if not is_sqlite:
        op.execute(
            "INSERT INTO worker (id, key) SELECT 1, facts::json ->> 'key' FROM pulse "
            "WHERE facts::json ->> 'key' IS NOT NULL"
        )
