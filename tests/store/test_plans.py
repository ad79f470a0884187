"""No statement of a tick walks over everybody: each finds its rows by an index."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from calendar_app.core.choices import Choices
from calendar_app.core.due import due_between, due_for, zones_between
from calendar_app.store.bounced import (
    count_believed,
    count_doubted,
    doubt_bounces,
    forget_bounces,
    is_doubted,
)
from calendar_app.store.deliveries import Mark, State, claim, mark
from calendar_app.store.erasure import purge_pending
from calendar_app.store.forgetting import purge
from calendar_app.store.planning import Correction, insert_corrections, insert_due
from calendar_app.store.subscribers import change, find, places, zones
from calendar_app.store.told import dates_told, told_to
from tests.core.test_due import CATALOGUE
from tests.factories import at
from tests.store.people import add_person
from tests.store.places import Place

NOW = at("2026-10-25T12:00")
# SQLite says SCAN, or SEARCH without an index, of a table it walks over.
WALK = re.compile(r"(SCAN|SEARCH) (subscriber|delivery)(?! USING)")


def test_every_statement_of_a_tick_uses_an_index(store: Place) -> None:
    if not store.is_sqlite:
        return
    seen: dict[str, Any] = {}

    def note(_: Any, __: Any, statement: str, given: Any, ___: Any, is_many: bool) -> None:
        seen.setdefault(statement, given[0] if is_many else given)

    with store.worker.begin() as connection:
        person = add_person(connection, Choices("en", ("cuba",)))
        event.listen(store.worker, "before_cursor_execute", note)
        zones(connection)
        here = places(connection, zones_between(NOW - timedelta(days=9), NOW))
        insert_due(connection, due_between(CATALOGUE, here, NOW - timedelta(days=9), NOW))
        insert_due(connection, due_for(CATALOGUE, "UTC", 9, NOW), person)
        taken = claim(connection, NOW, timedelta(minutes=5))
        mark(connection, [Mark(row, State.SENT) for row in taken[0].deliveries])
        dates_told(connection)
        told_to(connection, person)
        news = Correction(NOW, "weekends-2026-10", "cancelled", 1, {"UTC": NOW})
        assert insert_corrections(connection, news) == 1
        find(connection, person)
        change(connection, person, Choices("en"))
        purge(connection, NOW)
        purge_pending(connection, NOW)
        forget_bounces(connection, NOW.date())
        count_believed(connection, NOW.date(), person)
        count_doubted(connection, NOW.date())
        is_doubted(connection, NOW.date())
        doubt_bounces(connection, person, NOW.date())
        event.remove(store.worker, "before_cursor_execute", note)
        walks = {
            statement: row[3]
            for statement, given in seen.items()
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            if WALK.match(row[3])
        }

    assert len(seen) > 12
    assert walks == {}
