"""How commands tell what is wrong: a line for each fault and an exit code, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from calendar_app.config import SettingsError
from calendar_app.core.errors import CalendarError, DataError


def with_faults(command: Callable[..., None], code: int = 1) -> Callable[..., None]:
    """Prints faults one a line and exits with this code, instead of a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except (CalendarError, OSError) as error:
            for line in lines_of(error):
                click.echo(line, err=True)
            raise SystemExit(code) from error

    return run


def lines_of(error: CalendarError | OSError) -> list[str]:
    if isinstance(error, SettingsError):
        return error.faults
    if isinstance(error, DataError):
        n = len(error.faults)
        lines = [shown(str(found)) for found in error.faults]
        return [*lines, "1 fault" if n == 1 else f"{n} faults"]
    if isinstance(error, OSError):
        return [f"{shown(str(error.filename))}: {error.strerror}"]
    return [shown(str(error))]


def shown(text: str) -> str:
    """Paths below the working folder as one would type them."""
    return text.replace(f"{Path.cwd()}/", "")
