"""Deliveries claimed and marked, as many as there are at once.

On PostgreSQL they are one value of one statement: each statement is a way to the server and back.
In SQLite, where there is no way to go, they are changed one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Integer,
    String,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    update,
)

from calendar_app.store.columns import Id, Instant
from calendar_app.store.tables import IS_TODO, delivery

Row = Mapping[str, str | int | datetime]
_KEY: Final[dict[str, Any]] = {
    "the_person": Id,
    "the_kind": String,
    "the_subject": String,
    "the_date": String,
    "the_lead": Integer,
}
_OF_A_CLAIM: Final = _KEY | {"the_mail": Id, "the_instant": Instant, "the_error": String}
_OF_A_MARK: Final = _KEY | {
    "the_attempts": Integer,
    "the_state": String,
    "the_due": Instant,
    "the_instant": Instant,
    "the_error": String,
    "the_failures": Integer,
    "the_sequence": Integer,
}


def write_claims(connection: Connection, rows: Sequence[Row]) -> int:
    """Each row has the key of a delivery, its mail, when the lease ends, and ``unmarked``."""
    return _change(connection, _CLAIM, rows)


def write_marks(connection: Connection, rows: Sequence[Row]) -> int:
    """Each row has the key of a delivery, the number of attempts that it must still have, and what
    became of it; gives how many had them."""
    return _change(connection, _MARK, rows)


def _change(connection: Connection, statements: Mapping[str, Update], rows: Sequence[Row]) -> int:
    if not rows:
        return 0
    dialect = connection.dialect.name
    given: Any = rows if dialect == "sqlite" else {"the_rows": json.dumps(rows, default=_seconds)}
    return connection.execute(statements[dialect], given).rowcount


def _seconds(at: datetime) -> int:
    """As instants stand in the tables."""
    return int(at.timestamp())


def _claimed(given: Mapping[str, ColumnElement[Any]]) -> Update:
    return _the_one(given).values(
        attempts=delivery.c.attempts + 1,
        mail=given["the_mail"],
        not_before=given["the_instant"],
        error=given["the_error"],
    )


def _marked(given: Mapping[str, ColumnElement[Any]]) -> Update:
    is_ours = delivery.c.attempts == given["the_attempts"]
    return (
        _the_one(given)
        .where(is_ours, IS_TODO)
        .values(
            state=given["the_state"],
            due_at=given["the_due"],
            not_before=given["the_instant"],
            error=given["the_error"],
            failures=given["the_failures"],
            sequence=given["the_sequence"],
        )
    )


def _the_one(given: Mapping[str, ColumnElement[Any]]) -> Update:
    return update(delivery).where(
        *(key == given[name] for key, name in zip(delivery.primary_key, _KEY, strict=True))
    )


def _one(kinds: Mapping[str, Any]) -> dict[str, ColumnElement[Any]]:
    return {name: bindparam(name, type_=kind) for name, kind in kinds.items()}


def _rows(kinds: Mapping[str, Any]) -> dict[str, ColumnElement[Any]]:
    columns = [column(name, kind) for name, kind in kinds.items()]
    found = func.json_to_recordset(cast(bindparam("the_rows", type_=Text), JSON))
    rows = found.table_valued(*columns).render_derived(name="given", with_types=True)
    return {name: rows.c[name] for name in kinds}


_CLAIM: Final = {
    "sqlite": _claimed(_one(_OF_A_CLAIM)),
    "postgresql": _claimed(_rows(_OF_A_CLAIM)),
}
_MARK: Final = {
    "sqlite": _marked(_one(_OF_A_MARK)),
    "postgresql": _marked(_rows(_OF_A_MARK)),
}
