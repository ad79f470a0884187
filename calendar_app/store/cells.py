"""Cells (a zone, an hour and an instant) as one value of a statement, a text in JSON.

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

_THE_CELLS: Final = bindparam("the_cells", type_=Text)


def cells(dialect: str) -> FromClause:
    """The rows of ``the_cells``, with the columns ``zone``, ``hour`` and ``ends``."""
    if dialect == "sqlite":
        # Functions of SQLite, https://sqlite.org/json1.html
        each = func.json_each(_THE_CELLS).table_valued("value")
        rows = select(
            func.json_extract(each.c.value, "$.zone", type_=String).label("zone"),
            func.json_extract(each.c.value, "$.hour", type_=Integer).label("hour"),
            func.json_extract(each.c.value, "$.ends", type_=BigInteger).label("ends"),
        )
        return rows.subquery("cells")
    found = func.json_to_recordset(cast(_THE_CELLS, JSON))
    columns = (column("zone", String(40)), column("hour", SmallInteger), column("ends", BigInteger))
    return found.table_valued(*columns).render_derived(name="cells", with_types=True)


def listed(given: Iterable[tuple[str, int, datetime | None]]) -> str:
    """The value of ``the_cells``."""
    return json.dumps(
        [
            {"zone": zone, "hour": hour, "ends": int(ends.timestamp()) if ends else None}
            for zone, hour, ends in given
        ]
    )
