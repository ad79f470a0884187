"""The figures of a benchmark in docs/performance.md: each table between its two marks, written by
the benchmark and not by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.measuring import Row, table

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
_MARKED = re.compile(r"(<!-- figures: (\w+), ([^>]+) -->\n).*?(<!-- end of figures -->)", re.DOTALL)
# What is measured by an aim: at least the one, at most the other.
AT_LEAST = "aim"
MEASURED = {
    AT_LEAST: ("share", "times Radicale", "times"),
    "aim ms": ("again ms", "99 % ms"),
    "aim µs": ("µs a row",),
}
Tables = Mapping[str, Sequence[Row]]


def write(name: str, tables: Tables, machine: Mapping[str, object]) -> None:
    """Put the tables of a benchmark in their places; places of others stay as they are."""
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(replaced(text, name, tables, machine), encoding="utf-8")


def replaced(text: str, name: str, tables: Tables, machine: Mapping[str, object]) -> str:
    """Besides its tables a benchmark has the places ``machine`` and ``what is met``."""

    def filled(mark: re.Match[str]) -> str:
        begin, owner, title, end = mark.groups()
        if owner != name:
            return mark[0]
        if title == "machine":
            written = "; ".join(f"{key}: {value}" for key, value in machine.items()) + ".\n"
        elif title == "what is met":
            written = "".join(f"{line}\n" for line in _met(tables))
        else:
            written = f"```text\n{_trimmed(table(tables[title]))}\n```\n"
        return begin + written + end

    return _MARKED.sub(filled, text)


def _met(tables: Tables) -> Iterator[str]:
    yield "| what | aim | measured | met |"
    yield "|---|---|---|---|"
    for title, rows in tables.items():
        for row in rows:
            for aim, names in MEASURED.items():
                wanted = row.get(aim)
                if not isinstance(wanted, int | float):
                    continue
                found = next(float(str(row[name])) for name in names if name in row)
                is_met = found >= wanted if aim == AT_LEAST else found <= wanted
                unit = aim.removeprefix("aim")
                bound = f"{'≥' if aim == AT_LEAST else '≤'} {wanted:,}{unit}"
                shown = f"{found:,.0f}" if found >= 100 else f"{found:.3g}"
                met = "yes" if is_met else "no"
                yield f"| {title}: {_subject(row)} | {bound} | {shown}{unit} | {met} |"


def _subject(row: Row) -> str:
    """What stands before the first figure: names, and of what size."""
    parts = []
    for name, value in row.items():
        if isinstance(value, float):
            break
        parts.append(f"{value:,} {name}" if isinstance(value, int) else str(value))
    return ", ".join(parts)


def _trimmed(text: str) -> str:
    return "\n".join(map(str.rstrip, text.splitlines()))
