"""The documents as tests read them: code blocks, sections, rows of tables, links."""

from __future__ import annotations

import re
from functools import cache

from tests.architecture.sources import ROOT

NAMES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/data-format.md",
    "docs/glossary.md",
    "docs/operating.md",
    "docs/performance.md",
)
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


@cache
def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, info: str) -> list[str]:
    """Return the code blocks that are marked so."""
    return [text for found, text in _BLOCK.findall(read(name)) if found == info]


def prose(name: str) -> str:
    """Return the document without its code blocks."""
    return _BLOCK.sub("", read(name))


def headings(name: str) -> list[str]:
    return [title for _, title in _HEADING.findall(prose(name))]


def section(name: str, heading: str) -> str:
    """Return what stands below a heading, up to the next one."""
    text = prose(name)
    begin = next(found for found in _HEADING.finditer(text) if found[2] == heading)
    following = _HEADING.search(text, begin.end())
    return text[begin.end() : following.start() if following else len(text)]


def tables(text: str) -> list[list[list[str]]]:
    """Return the tables in it: rows of cells, without the head."""
    found = []
    for lines in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        rows = [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in lines.splitlines()
        ]
        found.append(rows[2:])
    return found


def table(name: str, heading: str, at: int = 0) -> list[list[str]]:
    return tables(section(name, heading))[at]


def code(cell: str) -> str:
    """Return what stands in backticks, each piece on a line."""
    return "\n".join(re.findall(r"`([^`]*)`", cell))


def links(name: str) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", prose(name))


def anchor(heading: str) -> str:
    """Return the fragment that leads to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
