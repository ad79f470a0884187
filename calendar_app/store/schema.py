"""The tables made and brought up to date by migrations, each in its place; rights for the web."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData

from calendar_app.core.errors import CalendarError
from calendar_app.store.database import (
    INBOX_FILE,
    STORE_FILE,
    disposing,
    inbox_engine,
    lone_store_engine,
    reading,
    store_engine,
)
from calendar_app.store.tables import INBOX, STORE, pulse, request

_MIGRATIONS: Final = Path(__file__).resolve().parent / "migrations"
_PARTS: Final = {"inbox": INBOX, "store": STORE}
_FILES: Final[dict[str, tuple[str, Callable[[Path], Engine]]]] = {
    "inbox": (INBOX_FILE, inbox_engine),
    "store": (STORE_FILE, lone_store_engine),
}
Parts = tuple[str, ...]


class SchemaError(CalendarError):
    """There are no tables, or older or newer ones than the code has; the message says what to
    do."""


def upgrade(folder: Path, url: str = "", web_role: str = "") -> None:
    """Makes what is missing. ``web_role`` is the PostgreSQL role that gets the rights of the web
    and no others. Raises SchemaError where the tables are newer than the code."""
    for engine, parts in _engines(folder, url, make=True):
        with engine.begin() as connection:
            _upgrade(connection, parts)
            if web_role:
                _grant(connection, web_role)


def upgrade_inbox(folder: Path) -> None:
    """The same for the SQLite file of the inbox alone, whatever is with the store."""
    with _opened(folder, "inbox", make=True) as engine, engine.begin() as connection:
        _upgrade(connection, ("inbox",))


def _upgrade(connection: Connection, parts: Parts) -> None:
    _revision(connection, parts)
    command.upgrade(_config(connection, parts), "head")


def require_current(folder: Path, url: str = "") -> None:
    """Raises SchemaError."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    for engine, parts in _engines(folder, url, make=False):
        with reading(engine) as connection:
            found = _revision(connection, parts)
        if found != head:
            problem = f"the tables of the {' and '.join(parts)} are at {found or 'no'} revision"
            raise SchemaError(f"{problem}; run: calendar-app db upgrade")


def _revision(connection: Connection, parts: Parts) -> str | None:
    """How far the tables have come. Raises SchemaError for what only newer code knows."""
    found = MigrationContext.configure(connection).get_current_revision()
    known = {one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaError(
            f"the tables of the {' and '.join(parts)} are of a newer version; install it"
        )
    return found


def drift(folder: Path, url: str = "") -> list[str]:
    """How the tables differ from those of the code, a line each. Raises SchemaError where there are
    none."""
    found = []
    for engine, parts in _engines(folder, url, make=False):
        expected = MetaData()
        for part in parts:
            for table in _PARTS[part].tables.values():
                table.to_metadata(expected)
        with reading(engine) as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "include_object": _is_meant(connection)}
            )
            found += [str(one) for one in compare_metadata(context, expected)]
    return found


def _is_meant(connection: Connection) -> Callable[..., bool]:
    """What to compare: Alembic does not know that the keys are for SQLite only."""
    has_keys = connection.dialect.name == "sqlite"

    def is_meant(_: object, __: str | None, kind: str, is_there: bool, ___: object) -> bool:
        return has_keys or is_there or kind != "foreign_key_constraint"

    return is_meant


def _engines(folder: Path, url: str, *, make: bool) -> Iterator[tuple[Engine, Parts]]:
    """Each database, with the parts that are in it. Raises SchemaError for a file that is not there
    and shall not be made."""
    if url:
        with disposing(store_engine(folder, url)) as engine:
            yield engine, ("inbox", "store")
        return
    for part in _FILES:
        with _opened(folder, part, make=make) as engine:
            yield engine, (part,)


@contextmanager
def _opened(folder: Path, part: str, *, make: bool) -> Iterator[Engine]:
    """A SQLite file by itself: what is made is made in the file that is open."""
    file, open_engine = _FILES[part]
    path = folder / file
    if make:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # SQLite gives its journals the same mode
        _close_to_others(path, path.with_name(f"{file}-journal"))
    elif not path.exists():  # to open it would make it
        raise SchemaError(f"{path} is not there; run: calendar-app db upgrade")
    with disposing(open_engine(folder)) as engine:
        yield engine


def _close_to_others(*files: Path) -> None:
    """Those of an earlier release may have the mode that is usual on the machine."""
    for file in files:
        if file.exists() and file.stat().st_uid == os.geteuid():
            file.chmod(0o600)


def _config(connection: Connection | None = None, parts: Parts = ()) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes.update(connection=connection, parts=parts)
    return config


def _grant(connection: Connection, role: str) -> None:
    """Appending requests and reading the pulse, and nothing else in this database."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    every = ", ".join(table.name for part in _PARTS.values() for table in part.tables.values())
    for statement in (
        f"REVOKE ALL ON {every}, alembic_version FROM {quoted}",
        f"GRANT INSERT ON {request.name} TO {quoted}",
        f"GRANT SELECT ON {pulse.name} TO {quoted}",
    ):
        connection.exec_driver_sql(statement)
