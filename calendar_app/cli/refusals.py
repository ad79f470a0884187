"""What a database refuses, told like any other fault.

Apart from the other faults, since SQLAlchemy takes longer to import than most commands run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import wraps
from typing import Any

from sqlalchemy.exc import DBAPIError

from calendar_app.cli.faults import with_faults
from calendar_app.core.errors import CalendarError
from calendar_app.store.database import reason
from calendar_app.values import PREFIX


def with_store_faults(command: Callable[..., None], code: int = 1) -> Callable[..., None]:
    """For a command that opens the store or the inbox; ``code`` is that of its exit."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except DBAPIError as error:
            # Without a statement it was the connection that failed: DATABASE_URL names the wrong
            # server, or one that is down.
            has_address = error.statement is None and not isinstance(error.orig, sqlite3.Error)
            what = f"{PREFIX}DATABASE_URL" if has_address else "the database refuses"
            raise CalendarError(f"{what}: {reason(error)}") from error

    return with_faults(run, code)
