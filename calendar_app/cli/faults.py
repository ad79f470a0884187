"""How commands tell what is wrong: a line for each fault and exit code 1, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from calendar_app.config import SettingsError
from calendar_app.core.errors import DataError


def with_faults(command: Callable[..., None]) -> Callable[..., None]:
    """Prints faults one a line and exits with 1, instead of a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except SettingsError as error:
            for fault in error.faults:
                click.echo(fault, err=True)
            raise SystemExit(1) from error
        except DataError as error:
            for found in error.faults:
                click.echo(shown(str(found)), err=True)
            n = len(error.faults)
            click.echo("1 fault" if n == 1 else f"{n} faults", err=True)
            raise SystemExit(1) from error
        except OSError as error:
            click.echo(f"{shown(str(error.filename))}: {error.strerror}", err=True)
            raise SystemExit(1) from error

    return run


def shown(text: str) -> str:
    """Paths below the working folder as one would type them."""
    return text.replace(f"{Path.cwd()}/", "")
