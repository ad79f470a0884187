"""Bytes to a plain tree of mappings, lists and strings in which every value knows its line.

Only the harmless part of YAML 1.2 is accepted: no anchors, aliases, tags or second documents,
bounded in size, depth and number of nodes. Every scalar stays a string (no Norway problem).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from calendar_app.catalogue.syntax import explain
from calendar_app.core.errors import Fault

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_DEPTH: Final = 20
MAX_NODES: Final = 250_000  # revisions take about 75 for an entry in five languages
MAX_FAULTS: Final = 100  # of one file: whoever has more has one reason for them
MAX_SHOWN: Final = 64  # characters of the file in a message
Path = tuple[str | int, ...]
SECTIONS: Final = frozenset({"documents", "topics", "events", "citations"})

# YAML's reader gives up on a file at the first control character, before it knows which entry it
# stands in, and takes some others for ends of lines. They are carried through the parser as
# private-use characters and judged afterwards.
_UNREADABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]"
)
_CARRIED: Final = re.compile("[\U000f0000-\U000fffff]")
_CARRIER: Final = 0xF0000
_YAML_TAG: Final = "tag:yaml.org,2002:"


@dataclass
class Tree:
    """``value`` is the root, None if it cannot be trusted; ``lines`` gives the line (from 1) of
    each path into it."""

    file: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def restored(text: str) -> str:
    """The text with the characters that were carried through the parser."""
    return _CARRIED.sub(lambda found: _carried(found[0]), text)


def shown(text: str) -> str:
    """A piece of the file as it may stand in a message: short, and every character visible."""
    short = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in restored(short))


def locate(path: Path) -> tuple[str, str]:
    """The entry and the field that a path names for people, who count from 1."""
    depth = 2 if len(path) > 1 and path[0] in SECTIONS else 1
    parts = [shown(part) or "''" if isinstance(part, str) else str(part + 1) for part in path]
    return ".".join(parts[depth - 1 : depth]), ".".join(parts[depth:])


def read_tree(content: bytes, file: str) -> Tree:
    """Never raises: what cannot be read is a fault of the tree."""
    tree = Tree(file)
    if len(content) > MAX_BYTES:
        size = f"the file is larger than {MAX_BYTES // 1024 // 1024} megabytes"
        return _refused(tree, 0, size, "split it into several files")
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _refused(tree, line, "this line is not UTF-8", "save the file with encoding UTF-8")
    builder = _Builder(tree)
    readable = _UNREADABLE.sub(lambda found: chr(_CARRIER + ord(found[0])), text)
    try:
        builder.build(readable)
    except yaml.YAMLError as error:
        return _refused(tree, *explain(readable, error))
    if not builder.is_whole:
        tree.value = None
    elif tree.value in (None, ""):
        remedy = "write calendar, documents, topics and events, or restore it"
        return _refused(tree, 0, "the file is empty", remedy)
    return tree


def _refused(tree: Tree, line: int, problem: str, remedy: str) -> Tree:
    tree.value = None
    tree.faults.append(Fault(tree.file, line, "", "", problem, remedy))
    return tree


def _carried(character: str) -> str:
    found = chr(ord(character) - _CARRIER)
    return found if _UNREADABLE.match(found) else character


@dataclass
class _Open:
    """A mapping or list that is being read. Without a path it is part of what stands twice: it
    is read to the end, and forgotten."""

    value: Any
    path: Path | None
    key: str | None = None
    is_again: bool = False

    def inner(self) -> Path | None:
        """The path of the value that comes next."""
        if self.path is None or self.is_again:
            return None
        return (*self.path, len(self.value) if isinstance(self.value, list) else self.key or "")


class _Builder:
    """Builds the tree from the parser's events without recursion, so that depth is our choice."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.open: list[_Open] = []
        self.nodes = 0
        self.documents = 0
        self.is_whole = True

    def build(self, text: str) -> None:
        """Reads up to the end, or to where reading on is of no use. Raises yaml.YAMLError."""
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            if not self._take(event) or len(self.tree.faults) > MAX_FAULTS:
                self.is_whole = False
                return

    def _take(self, event: yaml.Event) -> bool:
        """False when the file is hopeless and reading must stop."""
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._refuse(line, "a second document begins here", "take out the line ---")
                return False
        elif isinstance(event, yaml.AliasEvent):
            self._refuse_sign(line, f"*{event.anchor}")
            self._put("", line)
        elif isinstance(event, yaml.NodeEvent):
            return self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
        return True

    def _node(self, event: yaml.NodeEvent, line: int) -> bool:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._refuse(line, f"more than {MAX_NODES} values", "split it into several files")
            return False
        if event.anchor is not None:
            self._refuse_sign(line, f"&{event.anchor}")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._refuse_sign(line, f"!{tag.removeprefix(_YAML_TAG).removeprefix('!')}")
        if isinstance(event, yaml.ScalarEvent):
            return self._put(event.value, line)
        if len(self.open) >= MAX_DEPTH:
            problem = f"more than {MAX_DEPTH} levels, one inside the other"
            self._refuse(line, problem, "check the indentation and the brackets")
            return False
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self.open[-1].inner() if self.open else ()
        if not self._put(value, line):
            return False
        self.open.append(_Open(value, path))
        return True

    def _put(self, value: Any, line: int) -> bool:
        if not self.open:
            self.tree.value = value
            self.tree.lines[()] = line
            return True
        top = self.open[-1]
        if isinstance(top.value, list):
            self._record(top.inner(), line)
            top.value.append(value)
        elif top.key is None:
            if not isinstance(value, str):
                self._refuse(line, "a key that is not a word", "write a word before the colon")
                return False
            self._take_key(top, value, line)
        else:
            if not top.is_again:
                top.value[top.key] = value
            top.key = None
        return True

    def _take_key(self, top: _Open, key: str, line: int) -> None:
        top.key, top.is_again = key, key in top.value
        if top.path is None:
            return
        path = (*top.path, key)
        if top.is_again:
            problem = f"this key stands twice, first in line {self.tree.lines[path]}"
            self.tree.faults.append(
                Fault(self.tree.file, line, *locate(path), problem, "keep one of the two")
            )
        else:
            self._record(path, line)

    def _record(self, path: Path | None, line: int) -> None:
        if path is not None:
            self.tree.lines[path] = line

    def _refuse_sign(self, line: int, sign: str) -> None:
        meaning = {"*": "an alias", "&": "an anchor", "!": "a tag"}[sign[0]]
        remedy = f"write the value out, or put a text that begins with {sign[0]} in double quotes"
        self._refuse(line, f"{shown(sign)} is {meaning} of YAML, which is not used here", remedy)

    def _refuse(self, line: int, problem: str, remedy: str) -> None:
        self.is_whole = False
        self.tree.faults.append(Fault(self.tree.file, line, "", "", problem, remedy))
