"""An office, or worker processes with a mail server, on each kind of store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.sealing.ring import new_ring
from tests.mail.servers import real_server
from tests.remind.office import Office
from tests.remind.processes import Post, Works, made_works
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
