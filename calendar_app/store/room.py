"""Whether the inbox has room: who floods it must not fill the disk.

SQLite refuses to make the file larger than the web allows (``max_page_count``). On PostgreSQL the
web looks at the size of the table, for which it needs no right to read it; what was taken out,
autovacuum gives back.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine, func, literal_column, select
from sqlalchemy.exc import DBAPIError

from calendar_app.store.database import reading, reason
from calendar_app.store.inbox import InboxError

# As much as SQLite's pages come to.
MAX_BYTES: Final = 64 * 1024 * 1024
_SIZE: Final = select(func.pg_total_relation_size(literal_column("'request'")))


def require_room(engine: Engine) -> None:
    """Raises InboxError."""
    if engine.dialect.name == "sqlite":
        return
    try:
        with reading(engine) as connection:
            size = connection.execute(_SIZE).scalar_one()
    except DBAPIError as error:
        raise InboxError(f"the inbox cannot be written: {reason(error)}") from error
    if size >= MAX_BYTES:
        raise InboxError("the inbox is full")
