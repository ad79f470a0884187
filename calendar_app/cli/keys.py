"""Commands for the worker's keys."""

from __future__ import annotations

import sys

import click

from calendar_app.cli.refusals import with_store_faults
from calendar_app.config import settings_from_environment
from calendar_app.sealing.keyfile import destroy, read_ring, write_public_key
from calendar_app.store.database import STORE_FILE, disposing, store_engine
from calendar_app.store.erasure import erase_everybody
from calendar_app.store.schema import require_current
from calendar_app.worker import rotation
from calendar_app.worker.alone import without_workers


@click.group()
def keys() -> None:
    """Look after the keys that everything personal is sealed with."""


@keys.command()
@with_store_faults
def rotate() -> None:
    """Seal every address with a new key and forget the old one; no worker may run meanwhile.

    Links that were mailed stay good. If it is broken off, run it again.
    """
    settings = settings_from_environment()
    folder = settings.state_dir
    require_current(folder, settings.database_url)
    engine = store_engine(folder, settings.database_url)
    with disposing(engine), without_workers(engine, folder):
        done, unreadable = rotation.rotate(engine, folder, _tell)
    click.echo(f"{done} addresses sealed anew")
    if unreadable:
        click.echo(f"{unreadable} could not be opened and stay as they are", err=True)


def _tell(done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done}", err=True, nl=False)


@keys.command("export")
@with_store_faults
def export_key() -> None:
    """Write worker.pub again and print it: all that the web needs."""
    folder = settings_from_environment().state_dir
    ring = read_ring(folder)
    write_public_key(folder, ring)
    click.echo(ring.current.requests.public_key().public_bytes_raw().hex())


@keys.command("destroy")
@click.confirmation_option(prompt="Nobody can ever be written to again. Destroy the keys?")
@with_store_faults
def destroy_keys() -> None:
    """Erase everything personal at once, backups too, by erasing the keys.

    Then what they sealed is erased from the store, so that a worker can begin anew there.
    """
    settings = settings_from_environment()
    destroy(settings.state_dir)
    click.echo("the keys are gone; stop the worker if one runs, since it has them in memory")
    if not settings.database_url and not (settings.state_dir / STORE_FILE).exists():
        return  # nobody was ever stored
    require_current(settings.state_dir, settings.database_url)
    engine = store_engine(settings.state_dir, settings.database_url)
    with disposing(engine), engine.begin() as connection:
        count = erase_everybody(connection)
    click.echo(f"{count} people erased")
