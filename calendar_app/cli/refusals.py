"""What a database refuses, told like any other fault.

Apart from the other faults, since SQLAlchemy takes longer to import than most commands run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from sqlalchemy.exc import DBAPIError

from calendar_app.cli.faults import with_faults
from calendar_app.core.errors import CalendarError


def with_store_faults(command: Callable[..., None]) -> Callable[..., None]:
    """For a command that opens the store or the inbox."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except DBAPIError as error:
            raise CalendarError(f"the database refuses: {str(error.orig).strip()}") from error

    return with_faults(run)
