"""The command that writes the public site as files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from calendar_app.cli.faults import shown, with_faults
from calendar_app.config import settings_from_environment
from calendar_app.public.folders import ExportError, copy_out, publish
from calendar_app.public.routes import paths
from calendar_app.wiring import make_clock, make_editions


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--relative", is_flag=True, help="A copy to open from a folder, without a server.")
@with_faults
def export(folder: Path, relative: bool) -> None:
    """Write every page and feed of today as files.

    DIR becomes a link to a folder beside it, set when everything is there. With --relative, DIR
    is a plain folder to carry away.
    """
    settings = settings_from_environment()
    edition = make_editions(settings, make_clock(settings)).current()
    every = [path for _, path in paths(edition.site)]
    try:
        # On anything but a terminal there is nothing to see of it.
        with click.progressbar(every, file=sys.stderr, hidden=not sys.stderr.isatty()) as watched:
            if relative:
                result = copy_out(folder, edition, watched)
            else:
                result = publish(folder, edition, watched)
    except ExportError as error:
        raise click.ClickException(shown(str(error))) from error
    state = "done" if result.is_news else "nothing new"
    counts = f"{result.written} files written, {result.unchanged} unchanged, {result.removed} gone"
    click.echo(f"{folder}: edition {edition.id}: {state}: {counts}")
