"""The command ``calendar-app``."""

from __future__ import annotations

import click

from calendar_app import __version__
from calendar_app.cli.admin import (
    backup,
    count_subscribers,
    db,
    erase,
    export_person,
    restore,
)
from calendar_app.cli.data import check, revise, schema, upcoming
from calendar_app.cli.export import export
from calendar_app.cli.keys import keys
from calendar_app.cli.reminders import worker
from calendar_app.cli.returned import bounce, mail
from calendar_app.cli.run import serve
from calendar_app.cli.simulate import simulate


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Dates from political action plans, as calendar feeds and a web agenda."""


for _command in (check, export, revise, schema, serve, simulate, upcoming, worker):
    main.add_command(_command)
for _command in (backup, bounce, count_subscribers, db, erase, export_person, keys, mail, restore):
    main.add_command(_command)
