"""An office, or worker processes with a mail server, on each kind of store."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.sealing.ring import new_ring
from tests.mail.servers import Answers, real_server
from tests.remind.journey import World
from tests.remind.office import Office
from tests.remind.processes import NOW, Post, Works, made_works
from tests.store.places import Place

MakeOffice = Callable[[Catalogue, datetime], Office]


@pytest.fixture
def open_office(store: Place) -> MakeOffice:
    """Return a function that makes an office with an empty store."""
    return lambda catalogue, now: Office(store.worker, store.folder, new_ring(), catalogue, now)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def port(post: Post) -> Iterator[int]:
    with real_server(post) as found:
        yield found


@pytest.fixture
def works(tmp_path: Path, store: Place, port: int) -> Iterator[Works]:
    """On each kind of store."""
    made = made_works(tmp_path, store, port)
    yield made
    print(made.log.read_text("utf-8"))  # seen when a test fails


@pytest.fixture
def world(tmp_path: Path, store: Place) -> Iterator[World]:
    """The whole of the product, on each kind of store."""
    answers = Answers()
    os.umask(0o077)
    folder = tmp_path / "data"
    folder.mkdir()
    with real_server(answers) as port:
        made = World(folder, store, answers, port, NOW)
        yield made
        made.parts.close()
