"""Who bounced when is found by an index, and how often says when it was first.

Two of before may be as far apart as was counted then: a third comes no sooner than it would have.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    if "store" in context.config.attributes["parts"]:
        op.execute("UPDATE subscriber SET bounces = 16 WHERE bounces > 1")
        where = sa.text("bounced_on IS NOT NULL")
        op.create_index(
            "subscriber_bounced_idx",
            "subscriber",
            ["bounced_on", "bounces"],
            sqlite_where=where,
            postgresql_where=where,
        )
