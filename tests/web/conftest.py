"""The whole stack over the real data, on a fixed day; and a small catalogue that may change.

The state folder is what a web process has that is robbed of all that is not its own: the public
key and the inbox. Around the rest there is a fence, in every test.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from calendar_app.app import create_app
from calendar_app.config import Settings, read_settings
from calendar_app.core.catalogue import Catalogue
from calendar_app.public.edition import Edition
from calendar_app.public.editions import Editions
from calendar_app.public.sites import Operator
from calendar_app.sealing.keyfile import write_public_key
from calendar_app.sealing.ring import new_ring
from calendar_app.store.database import INBOX_FILE
from calendar_app.store.schema import upgrade
from calendar_app.web.guard import WSGI
from tests.factories import at
from tests.publishing import BASE_URL, real_catalogue
from tests.small_data import SmallData
from tests.web.fence import fence


@dataclass
class MovableClock:
    now: datetime = at("2026-12-02T09:00")

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return real_catalogue()


@pytest.fixture(autouse=True)
def _web_keeps_out_of_what_is_secret() -> Iterator[None]:
    with fence() as touched:
        yield
    assert touched == []


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the public key and the inbox, and nothing else."""
    made, folder = tmp_path_factory.mktemp("worker"), tmp_path_factory.mktemp("web")
    write_public_key(folder, new_ring())
    upgrade(made)
    shutil.copy(made / INBOX_FILE, folder)
    return folder


@pytest.fixture(scope="session")
def settings(state: Path) -> Settings:
    """Mail is on, so that the forms leave requests in the inbox."""
    given = {"BASE_URL": BASE_URL, "STATE_DIR": str(state), "SMTP_URL": "smtp://127.0.0.1:1"}
    given |= {"OPERATOR_NAME": "A group", "CONTACT": "mail@example.org"}
    given |= {"MAIL_FROM": "dates@example.org"}
    return read_settings({f"CALENDAR_{name}": value for name, value in given.items()})


@pytest.fixture(scope="session")
def editions(catalogue: Catalogue) -> Editions:
    return Editions(catalogue, MovableClock(), BASE_URL, Operator("A group", "mail@example.org"))


@pytest.fixture(scope="session")
def edition(editions: Editions) -> Edition:
    return editions.current()


@pytest.fixture(scope="session")
def stack(settings: Settings, editions: Editions) -> WSGI:
    return create_app(settings, editions)


@pytest.fixture
def small(tmp_path: Path) -> SmallData:
    return SmallData(tmp_path)
