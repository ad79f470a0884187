"""From what was refused to faults that name the line, the entry, the field and a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from calendar_app.catalogue.yamltree import MAX_FAULTS, MAX_SHOWN, Path, Tree, locate, shown
from calendar_app.core.errors import Fault

_MANY_NAMES = 1000

# By pydantic's kind of error; {key} is the last key of the path.
_MEANINGS = {
    "missing": ("missing", "add a line that begins with {key}:"),
    "model_type": (
        "lines of the form key: value are needed here",
        "write them below it, each indented by two blanks more",
    ),
    "dict_type": (
        "a text needs its language",
        "write a line such as en: and the text below it, indented by two blanks more",
    ),
    "list_type": ("a list is needed here", "write it in square brackets, as in [one, two]"),
    "too_long": ("too many items for one list", "keep at most 1000"),
    "string_type": ("a text is needed here", "write one text behind the colon"),
}


def fault_at(tree: Tree, path: Path, problem: str, remedy: str) -> Fault:
    return Fault(tree.file, tree.line(path), *locate(path), problem, remedy)


def refusal(tree: Tree, path: Path, error: ValueError) -> Fault:
    """A fault from an error whose message reads ``problem; remedy``."""
    return fault_at(tree, path, *_halves(str(error)))


def first_of(faults: Iterable[Fault], file: str) -> list[Fault]:
    """As many as a person can use, computing no more than those."""
    found = list(islice(faults, MAX_FAULTS + 1))
    if len(found) > MAX_FAULTS:
        problem = f"more than {MAX_FAULTS} faults; the first ones follow"
        found[MAX_FAULTS:] = [Fault(file, 0, "", "", problem, "correct them, then check again")]
    return found


def shape_faults(tree: Tree, path: Path, type_: Any, error: ValidationError) -> Iterator[Fault]:
    """What pydantic found when a value was to be of the type."""
    for detail in error.errors(include_url=False):
        at = (*path, *(part for part in detail["loc"] if part != "[key]"))
        yield fault_at(tree, at, *_explain(detail, type_))


def suggestion(word: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for a word that is not known."""
    close = get_close_matches(word[:MAX_SHOWN], islice(known, _MANY_NAMES), 1)
    return f"did you mean {close[0]}?" if close else otherwise


def _halves(message: str) -> tuple[str, str]:
    # A problem may quote the file and hold any characters; a remedy is ours.
    problem, _, remedy = message.rpartition("; ")
    return problem, remedy


def _explain(detail: ErrorDetails, type_: Any) -> tuple[str, str]:
    kind, loc, given = detail["type"], detail["loc"], detail["input"]
    key = str(loc[-1]) if loc else ""
    if kind == "value_error":
        return _halves(detail["msg"].removeprefix("Value error, "))
    if kind == "extra_forbidden":
        otherwise = "correct its spelling or take it out"
        return "unknown key", suggestion(key, _keys(type_, loc), otherwise)
    if given == "":
        return "nothing is written here", "write it, or take the line out"
    if kind in _MEANINGS:
        problem, remedy = _MEANINGS[kind]
        return problem, remedy.format(key=key)
    if kind in {"enum", "literal_error"}:
        expected = detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        if not isinstance(given, str):
            return "a single value is needed here", f"write one of {expected}"
        return f"'{shown(given)}' is not known", f"write one of {expected}"
    return "it cannot be read", "see docs/data-format.md"


def _keys(type_: Any, loc: tuple[int | str, ...]) -> Iterator[str]:
    """The keys that may stand where the last one of the path stands."""
    shape = next(_shapes(type_))
    for part in loc[:-1]:
        for name, field in shape.model_fields.items():
            if part in (name, field.alias):
                shape = next(_shapes(field.annotation), shape)
                break
    for name, field in shape.model_fields.items():
        yield field.alias or name


def _shapes(type_: Any) -> Iterator[type[BaseModel]]:
    """The shapes that a type is made of."""
    if isinstance(type_, type) and issubclass(type_, BaseModel):
        yield type_
    for part in get_args(type_):
        yield from _shapes(part)
