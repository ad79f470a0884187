"""What is due, in lines that name nobody; and a transaction that comes to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, cast

from sqlalchemy import Connection, Engine, NestedTransaction, func, select

from calendar_app.store.tables import IS_TODO, delivery


class _Borrowed:
    """A connection that is somebody else's: its transactions are savepoints in theirs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def __enter__(self) -> _Borrowed:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stays open for the others."""

    def execution_options(self, **options: object) -> _Borrowed:
        return self

    def begin(self) -> NestedTransaction:
        return self._connection.begin_nested()


class _Rehearsal:
    """An engine, as far as the store uses one."""

    def __init__(self, connection: Connection) -> None:
        self._borrowed = _Borrowed(connection)

    def connect(self) -> _Borrowed:
        return self._borrowed

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self._borrowed.begin():
            yield cast(Connection, self._borrowed)


@contextmanager
def rehearsal(engine: Engine) -> Iterator[Engine]:
    """An engine whose every change is undone at the end."""
    with engine.connect() as connection:
        whole = connection.begin()
        try:
            yield cast(Engine, _Rehearsal(connection))
        finally:
            whole.rollback()


def due_lines(connection: Connection, now: datetime) -> Iterator[str]:
    """How many people something is due for, by what it is."""
    told = (delivery.c.kind, delivery.c.subject, delivery.c.on_date, delivery.c.lead)
    found = (
        select(*told, func.count())
        .where(IS_TODO, delivery.c.not_before <= now)
        .group_by(*told)
        .order_by(*told)
    )
    for kind, subject, on_date, lead, count in connection.execute(found):
        named = subject if on_date or "-" in subject else ""
        days = f"{lead} days before" if kind == "reminder" else ""
        yield " ".join(filter(None, (f"{count:>6}", kind, named, on_date, days)))
