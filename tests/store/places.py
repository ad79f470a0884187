"""Fixtures: a store that is made and empty, on SQLite and on PostgreSQL; and a full disk."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from calendar_app.store.database import inbox_engine, store_engine
from calendar_app.store.schema import upgrade
from tests.store.postgres import Postgres

WEB_ROLE = "calendar_web"
# Takes the process that writes files, and the columns of tables that shall have no room.
FullDisk = Callable[..., AbstractContextManager[None]]
MakeFiles = Callable[[Path], None]


@dataclass(frozen=True)
class Place:
    """A store of one test. ``worker`` may do everything, ``web`` what the web may."""

    folder: Path
    url: str
    web_url: str
    worker: Engine
    web: Engine

    @property
    def is_sqlite(self) -> bool:
        return not self.url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a running server; one that is missing is a failure, never a skip."""
    server = Postgres()
    try:
        server.start()
        server.execute(f"CREATE ROLE {WEB_ROLE} LOGIN")
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    name = postgres.new_database()
    upgrade(Path("/nowhere"), postgres.url(name), WEB_ROLE)
    return name


@pytest.fixture(scope="session")
def make_files(tmp_path_factory: pytest.TempPathFactory) -> MakeFiles:
    """Return a function that makes a folder with the files of an empty store, by copying: to
    migrate them takes longer than most tests."""
    template = tmp_path_factory.mktemp("template") / "state"
    upgrade(template)

    def make(folder: Path) -> None:
        shutil.copytree(template, folder, dirs_exist_ok=True)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, make_files: MakeFiles) -> Iterator[Place]:
    """Return an empty store; each test that asks for it runs on both databases."""
    folder = tmp_path / "state"
    url = web_url = ""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        name = server.new_database(request.getfixturevalue("postgres_template"))
        url, web_url = server.url(name), server.url(name, WEB_ROLE)
        folder.mkdir()
    else:
        make_files(folder)
    place = Place(folder, url, web_url, store_engine(folder, url), inbox_engine(folder, web_url))
    yield place
    place.worker.dispose()
    place.web.dispose()
    if url:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def full_disk(request: pytest.FixtureRequest, store: Place) -> FullDisk:
    """Return a context in which nothing can be stored."""
    if store.is_sqlite:
        return _small_files
    server: Postgres = request.getfixturevalue("postgres")
    database = store.url.rpartition("/")[2]
    return lambda _=0, *columns: server.full(database, *columns)


@contextmanager
def _small_files(process: int = 0, *_: str) -> Iterator[None]:
    """The kernel refuses a process each file beyond a size; as an ordinary user one has no small
    disk. 0 is this process."""
    process = process or os.getpid()
    soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (soft, hard))
