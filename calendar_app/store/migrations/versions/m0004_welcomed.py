"""The dates that a welcome tells are deliveries, found by the index of what was told.

Of who was welcomed before it is not known what they were told.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    if "store" not in context.config.attributes["parts"]:
        return
    where = sa.text(
        "state = 'sent' AND kind IN ('reminder', 'correction', 'welcome') AND on_date != ''"
    )
    op.drop_index("delivery_told_idx")
    op.create_index(
        "delivery_told_idx",
        "delivery",
        ["subject", "on_date", "lead"],
        sqlite_where=where,
        postgresql_where=where,
    )
