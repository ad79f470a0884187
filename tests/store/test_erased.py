"""Who was erased, noted in a file: read also where a line was cut short."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from calendar_app.core.choices import Choices
from calendar_app.store.database import reading
from calendar_app.store.erased import ERASED_FILE, erased, note_erased
from calendar_app.store.erasure import erase_again
from calendar_app.store.subscribers import find, new_id
from tests.factories import at
from tests.store.people import add_person
from tests.store.places import Place

TODAY = at("2026-11-29T09:00").date()


def test_a_line_that_was_cut_short_hides_no_other(tmp_path: Path) -> None:
    first, second, third = new_id(), new_id(), new_id()
    note_erased(tmp_path, first, TODAY)
    with (tmp_path / ERASED_FILE).open("a") as file:
        file.write(third[:7])  # the disk was full
    note_erased(tmp_path, second, TODAY)

    assert erased(tmp_path) == {first, second}


def test_what_found_no_room_for_all_of_it_is_no_note(tmp_path: Path) -> None:
    """Whoever is to be erased is kept until there is room, and then noted whole."""
    first, second = new_id(), new_id()
    note_erased(tmp_path, first, TODAY)
    size = (tmp_path / ERASED_FILE).stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + len(second) - 1, before[1]))
    try:
        with pytest.raises(OSError, match="cut short"):
            note_erased(tmp_path, second, TODAY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert erased(tmp_path) == {first}
    note_erased(tmp_path, second, TODAY)
    assert erased(tmp_path) == {first, second}


def test_who_came_back_is_erased_among_many_and_nobody_else(store: Place) -> None:
    with store.worker.begin() as connection:
        people = [add_person(connection, Choices("en")) for _ in range(3)]
    ids = [*people[:2], *(new_id() for _ in range(1200))]

    assert [erase_again(store.worker, ids) for _ in "12"] == [2, 0]
    with reading(store.worker) as connection:
        assert [find(connection, person) is not None for person in people] == [False, False, True]
