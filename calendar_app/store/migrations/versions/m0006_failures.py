"""How often a mail failed is counted by itself; what was tried may not have been the mail's fault.

Of what was tried before it is not known, and taken for none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    if "store" in context.config.attributes["parts"]:
        failures = sa.Column("failures", sa.Integer(), nullable=False, server_default="0")
        op.add_column("delivery", failures)
