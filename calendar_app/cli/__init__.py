"""The command ``calendar-app``.

Each command is imported when it is called: all of them together take longer to import than most
of them run, and a server is started by one that needs neither mail nor a database.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from calendar_app import __version__
from calendar_app.sealing.memory import keep_memory_to_itself

# The module of each; it holds the command under the same name, or the one that is given.
COMMANDS: Final = {
    "backup": "copies",
    "bounce": "returned",
    "check": "data",
    "db": "admin",
    "erase": "admin",
    "export": "export",
    "export-person": "admin:export_person",
    "keys": "keys",
    "mail": "mail",
    "readmit": "admin",
    "restore": "copies",
    "revise": "data",
    "schema": "data",
    "serve": "serve",
    "simulate": "simulate",
    "subscribers": "admin:count_subscribers",
    "upcoming": "data",
    "worker": "worker",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = import_module(f"calendar_app.cli.{module}")
        command: click.Command = getattr(found, name or cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Dates from political action plans, as calendar feeds and a web agenda."""
    keep_memory_to_itself()  # an address comes by standard input before a key is read
