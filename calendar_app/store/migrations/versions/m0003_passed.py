"""The planner knows how much time is believed to have passed, and what was forgotten.

Nothing is known of it in stores of before, and the code says what holds then.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if "store" in context.config.attributes["parts"]:
        for name in ("passed_until", "leapt_at", "forgotten_at"):
            op.add_column("planner", sa.Column(name, sa.BigInteger()))
