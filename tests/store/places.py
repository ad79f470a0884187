"""Fixtures: a store that is made and empty, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from calendar_app.store.database import inbox_engine, store_engine
from calendar_app.store.schema import upgrade
from tests.store.postgres import Postgres

WEB_ROLE = "calendar_web"


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


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Return an empty store; each test that asks for it runs on both databases."""
    folder = tmp_path / "state"
    url = web_url = ""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        name = server.new_database(request.getfixturevalue("postgres_template"))
        url, web_url = server.url(name), server.url(name, WEB_ROLE)
        folder.mkdir()
    else:
        upgrade(folder)
    place = Place(folder, url, web_url, store_engine(folder, url), inbox_engine(folder, web_url))
    yield place
    place.worker.dispose()
    place.web.dispose()
    if url:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
