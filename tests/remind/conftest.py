"""An office on each kind of store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.sealing.ring import new_ring
from tests.remind.office import Office
from tests.store.places import Place

MakeOffice = Callable[[Catalogue, datetime], Office]


@pytest.fixture
def open_office(store: Place) -> MakeOffice:
    """Return a function that makes an office with an empty store."""
    return lambda catalogue, now: Office(store.worker, store.folder, new_ring(), catalogue, now)
