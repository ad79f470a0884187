"""Who bounced when is found by an index, and how often says when it was first.

Two of before are taken for one on a day and one on the day before it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    if "store" in context.config.attributes["parts"]:
        where = sa.text("bounced_on IS NOT NULL")
        op.create_index(
            "subscriber_bounced_idx",
            "subscriber",
            ["bounced_on", "bounces"],
            sqlite_where=where,
            postgresql_where=where,
        )
