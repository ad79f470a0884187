"""Cells (a zone, an hour, when it is due there and when over) as one value of a statement, a text
in JSON.

So one statement serves any number of them, and is made and planned once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    FromClause,
    Integer,
    SmallInteger,
    String,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
)

Cell = dict[str, str | int | None]
_THE_CELLS: Final = bindparam("the_cells", type_=Text)


def cells(dialect: str) -> FromClause:
    """The rows of ``the_cells``, with the columns ``zone``, ``hour``, ``at`` and ``ends``."""
    if dialect == "sqlite":
        # Functions of SQLite, https://sqlite.org/json1.html
        each = func.json_each(_THE_CELLS).table_valued("value")
        rows = select(
            func.json_extract(each.c.value, "$.zone", type_=String).label("zone"),
            func.json_extract(each.c.value, "$.hour", type_=Integer).label("hour"),
            func.json_extract(each.c.value, "$.at", type_=BigInteger).label("at"),
            func.json_extract(each.c.value, "$.ends", type_=BigInteger).label("ends"),
        )
        return rows.subquery("cells")
    found = func.json_to_recordset(cast(_THE_CELLS, JSON))
    columns = (
        column("zone", String(40)),
        column("hour", SmallInteger),
        column("at", BigInteger),
        column("ends", BigInteger),
    )
    return found.table_valued(*columns).render_derived(name="cells", with_types=True)


def cell(
    zone: str, hour: int | None = None, at: datetime | None = None, ends: datetime | None = None
) -> Cell:
    """One of ``the_cells``."""
    return {"zone": zone, "hour": hour, "at": _seconds(at), "ends": _seconds(ends)}


def listed(given: Iterable[Cell]) -> str:
    """The value of ``the_cells``."""
    return json.dumps(list(given))


def _seconds(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None
