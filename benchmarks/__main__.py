"""``python -m benchmarks [name ...]``: measure, print tables, keep the figures as JSON."""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from benchmarks import (
    answers,
    documents,
    feeds,
    growth,
    kills,
    plots,
    recurrence,
    reminders,
    serving,
    swapping,
)
from benchmarks.measuring import progress, table

RESULTS = Path(__file__).resolve().parent / "results"
BENCHMARKS: dict[str, ModuleType] = {
    "recurrence": recurrence,
    "feeds": feeds,
    "serving": serving,
    "swapping": swapping,
    "growth": growth,
    "reminders": reminders,
    "kills": kills,
    "answers": answers,
}


def main(names: list[str]) -> None:
    unknown = set(names) - BENCHMARKS.keys()
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    for name in names or BENCHMARKS:
        machine = _machine()
        tables = BENCHMARKS[name].measure()
        progress("")
        for title, rows in tables.items():
            print(f"{name}: {title}\n{table(rows)}\n", flush=True)
        _keep(name, tables, machine)
        documents.write(name, tables, machine)
        if name == "serving":
            plots.draw(tables)


def _machine() -> dict[str, object]:
    """The load is that of others, in the minute before."""
    return {
        "Python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load before": round(os.getloadavg()[0], 1),
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def _keep(name: str, tables: object, machine: object) -> None:
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"machine": machine, "tables": tables}, indent=2)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
