"""The planner knows how new its edition is, and when a worker that has it was last there.

Nothing is known of it in stores of before; any other edition is taken for newer there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    if "store" in context.config.attributes["parts"]:
        op.add_column("planner", sa.Column("number", sa.BigInteger()))
        op.add_column("planner", sa.Column("seen_at", sa.BigInteger()))
