"""The whole stack over the real data, on a fixed day; and a small catalogue that may change."""

from __future__ import annotations

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
from calendar_app.web.guard import WSGI
from tests.factories import at
from tests.publishing import BASE_URL, real_catalogue
from tests.small_data import SmallData


@dataclass
class MovableClock:
    now: datetime = at("2026-12-02T09:00")

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return real_catalogue()


@pytest.fixture(scope="session")
def settings() -> Settings:
    return read_settings({"CALENDAR_BASE_URL": BASE_URL})


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
