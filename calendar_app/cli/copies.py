"""Commands for copies of the store: made, tried, put back. The keys are in none of them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from calendar_app.cli.refusals import with_store_faults
from calendar_app.config import Settings, settings_from_environment
from calendar_app.sealing.ring import KEY_FILE, read_ring
from calendar_app.store import erasure
from calendar_app.store.copies import CopyError, back_up, put_back, scratch
from calendar_app.store.database import lone_store_engine, reading, store_engine
from calendar_app.store.erased import erased
from calendar_app.store.planner import read_planner
from calendar_app.store.schema import drift, require_current, upgrade
from calendar_app.store.upkeep import count_people
from calendar_app.worker.alone import without_workers
from calendar_app.worker.opening import count_opened

# Standard output or input, for a pipe through what encrypts.
_PIPE: Final = "-"
_FILE: Final = click.Path(path_type=Path, dir_okay=False, allow_dash=True)


@click.command()
@click.argument("file", type=_FILE)
@with_store_faults
def backup(file: Path) -> None:
    """Copy the store into a file, also while it is in use; the keys are not in it.

    With - for FILE the copy goes to standard output, to be encrypted.
    """
    settings = settings_from_environment()
    if settings.database_url:
        raise click.ClickException("for PostgreSQL use pg_dump")
    if str(file) != _PIPE:
        back_up(settings.state_dir, file)
        click.echo(f"{file}: written; without the keys nobody can read an address in it")
        return
    if sys.stdout.isatty():
        raise click.ClickException("a copy is no text to be shown; let another program read it")
    with scratch(settings.state_dir) as folder:
        back_up(settings.state_dir, folder / "copy")
        with open(folder / "copy", "rb") as copy:
            shutil.copyfileobj(copy, sys.stdout.buffer)


@click.command()
@click.argument("file", required=False, type=_FILE)
@click.option("--check", "is_trial", is_flag=True, help="Try it aside, and change nothing.")
@with_store_faults
def restore(file: Path | None, *, is_trial: bool) -> None:
    """Put a copy of the store back, and erase again who was erased since; no worker may run.

    With - for FILE the copy is read from standard input. After pg_restore, without FILE, it only
    erases again. With --check the copy is put back into a folder aside, compared with the tables
    of this version and opened with the key of this machine, if there is one; exits with 1 if
    anything is wrong.
    """
    settings = settings_from_environment()
    if is_trial:
        if file is None:
            raise click.ClickException("name the FILE to try")
        with _named(settings, file) as copy:
            click.echo(f"{file}: {_tried(settings, copy)}")
        return
    if (file is None) is not bool(settings.database_url):
        raise click.ClickException("name a FILE for SQLite; for PostgreSQL use pg_restore before")
    engine = store_engine(settings.state_dir, settings.database_url)
    try:
        with without_workers(engine, settings.state_dir):
            if file is not None:
                with _named(settings, file) as copy:
                    put_back(settings.state_dir, copy)
                upgrade(settings.state_dir)
            require_current(settings.state_dir, settings.database_url)
            with engine.begin() as connection:
                ids = sorted(erased(settings.state_dir))
                again = sum(erasure.erase(connection, id_) for id_ in ids)
    finally:
        engine.dispose()
    click.echo(f"the store is back; {again} people were erased again")


def _tried(settings: Settings, copy: Path) -> str:
    """What is in a copy that can be put back. Raises CopyError or KeyFileError."""
    has_key = (settings.state_dir / KEY_FILE).exists()
    with scratch(settings.state_dir) as folder:
        put_back(folder, copy)
        upgrade(folder)
        if found := drift(folder):
            raise CopyError(f"the tables of the copy are not those of this version: {found[0]}")
        engine = lone_store_engine(folder)
        try:
            with reading(engine) as connection:
                people = sum(row[3] for row in count_people(connection))
                planner = read_planner(connection)
                ring = read_ring(settings.state_dir) if has_key else None
                opened = count_opened(connection, ring) if ring else people
        finally:
            engine.dispose()
    if opened < people:
        raise CopyError(f"{people - opened} of {people} addresses do not open with the key here")
    until = f"{planner.planned_until:%Y-%m-%d %H:%M} UTC" if planner else "never"
    keys = "every address opens with the key here" if ring else "no key is here to open it with"
    return f"can be put back; {people} people, planned until {until}; {keys}"


@contextmanager
def _named(settings: Settings, file: Path) -> Iterator[Path]:
    """The file, or what standard input holds as one."""
    if str(file) != _PIPE:
        yield file
        return
    with scratch(settings.state_dir) as folder:
        with open(folder / "copy", "wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        yield folder / "copy"
