"""Commands for copies of the store: made, tried, put back. The keys are in none of them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Engine

from calendar_app.cli.refusals import with_store_faults
from calendar_app.config import Settings, settings_from_environment
from calendar_app.sealing.keyfile import KEY_FILE, read_ring
from calendar_app.store.copies import CopyError, back_up, put_back, scratch, unpack
from calendar_app.store.counts import count_people, holds_anybody
from calendar_app.store.database import disposing, lone_store_engine, reading, store_engine
from calendar_app.store.erased import ERASED_FILE, erased
from calendar_app.store.erasure import erase_again
from calendar_app.store.planner import Planner, read_planner
from calendar_app.store.schema import SchemaError, drift, require_current, upgrade, upgrade_inbox
from calendar_app.worker.alone import without_workers
from calendar_app.worker.opening import count_opened

# Standard output or input, for a pipe through what encrypts.
_PIPE: Final = "-"
_MAILED_AGAIN: Final = (
    "what was due since then is mailed when a worker starts, also what had been mailed; to see how "
    "much: calendar-app worker --dry-run"
)
_HOW: Final = "put it there, or say --without-erased if nobody has"
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
@click.option(
    "--without-erased",
    "may_be_back",
    is_flag=True,
    help="Put people back though no file says who of them was erased since.",
)
@with_store_faults
def restore(file: Path | None, *, is_trial: bool, may_be_back: bool) -> None:
    """Put a copy of the store back, and erase again who was erased since; no worker may run.

    With - for FILE the copy is read from standard input. After pg_restore, without FILE, it only
    erases again. Who was erased stands in the file "erased" beside the keys; where there is none,
    nobody is put back unless that is asked for. With --check the copy is put back into a folder
    aside, compared with the tables of this version and opened with the key of this machine, if
    there is one; exits with 1 if anything is wrong.
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
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = store_engine(settings.state_dir, settings.database_url)
    with disposing(engine), without_workers(engine, settings.state_dir):
        if file is None:
            require_current(settings.state_dir, settings.database_url)
            told = _erase_again(settings, engine, may_be_back=may_be_back)
        else:
            with _named(settings, file) as copy:
                told = _put_back(settings, copy, may_be_back=may_be_back)
    click.echo(f"the store is back; {told}")


def _erase_again(settings: Settings, engine: Engine, *, may_be_back: bool) -> str:
    """How many people were erased again, and what may be mailed again. Raises CopyError where
    nothing says who is to be erased."""
    file = settings.state_dir / ERASED_FILE
    with reading(engine) as connection:
        if not (may_be_back or file.exists()) and holds_anybody(connection):
            raise CopyError(f"{file} is not there, so whoever has left since would be back; {_HOW}")
        planner = read_planner(connection)
    again = f"{erase_again(engine, erased(settings.state_dir))} people were erased again"
    if planner is None:  # nothing was ever mailed from it
        return again
    return f"{again}; mails are planned until {_instant(planner)}\n{_MAILED_AGAIN}"


def _put_back(settings: Settings, copy: Path, *, may_be_back: bool) -> str:
    """The same. All is done aside, so that a copy that is of no use changes nothing, and nobody
    comes back if this is broken off. Raises CopyError."""
    with scratch(settings.state_dir) as aside:
        _prepare(copy, aside)
        with disposing(lone_store_engine(aside)) as engine:
            told = _erase_again(settings, engine, may_be_back=may_be_back)
        upgrade_inbox(settings.state_dir)
        put_back(aside, settings.state_dir)
    return told


def _prepare(copy: Path, aside: Path) -> None:
    """A copy as a store of this version, in a folder aside. Raises CopyError."""
    unpack(copy, aside)
    try:
        upgrade(aside)
    except SchemaError as error:
        raise CopyError(f"{copy} cannot be put back: {error}") from error
    if found := drift(aside):
        raise CopyError(f"the tables of the copy are not those of this version: {found[0]}")


def _tried(settings: Settings, copy: Path) -> str:
    """What is in a copy that can be put back. Raises CopyError or KeyFileError."""
    has_key = (settings.state_dir / KEY_FILE).exists()
    with scratch(settings.state_dir) as aside:
        _prepare(copy, aside)
        engine = lone_store_engine(aside)
        with disposing(engine), reading(engine) as connection:
            people = sum(row[3] for row in count_people(connection))
            planner = read_planner(connection)
            ring = read_ring(settings.state_dir) if has_key else None
            opened = count_opened(connection, ring) if ring else people
    if opened < people:
        raise CopyError(f"{people - opened} of {people} addresses do not open with the key here")
    until = _instant(planner) if planner else "never"
    keys = "every address opens with the key here" if ring else "no key is here to open it with"
    return f"can be put back; {people} people, planned until {until}; {keys}"


def _instant(planner: Planner) -> str:
    return f"{planner.planned_until:%Y-%m-%d %H:%M} UTC"


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
