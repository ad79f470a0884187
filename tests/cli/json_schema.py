"""A small reader of JSON Schema (2020-12): the words that ours uses, and no others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

# For people; they say nothing about a value.
ANNOTATIONS = {"$defs", "$schema", "default", "description", "examples", "title"}
TYPES: dict[str, type] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "null": type(None),
    "number": float,
    "object": dict,
    "string": str,
}
LIMITS: dict[str, Callable[[Any, Any], bool]] = {
    "const": lambda value, wanted: value == wanted,
    "enum": lambda value, wanted: value in wanted,
    "maxItems": lambda value, wanted: len(value) <= wanted,
    "maxLength": lambda value, wanted: len(value) <= wanted,
    "minItems": lambda value, wanted: len(value) >= wanted,
    "minLength": lambda value, wanted: len(value) >= wanted,
    "pattern": lambda value, wanted: re.search(wanted, value) is not None,
    "required": lambda value, wanted: set(wanted) <= set(value),
}


def problems(schema: Any, value: Any, root: Any, at: str = "") -> Iterator[str]:
    """Yield the places in a value that are not as wanted. An unknown word is a KeyError."""
    if "type" in schema and not is_of_type(value, schema["type"]):
        yield f"{at}: not of type {schema['type']}"
        return
    for word in schema.keys() - ANNOTATIONS - {"type"}:
        if word in PARTS:
            yield from PARTS[word](schema, value, root, at)
        elif not LIMITS[word](value, schema[word]):
            yield f"{at}: {word} {schema[word]}"


def is_of_type(value: Any, name: str) -> bool:
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _reference(schema: Any, value: Any, root: Any, at: str) -> Iterator[str]:
    name = schema["$ref"].removeprefix("#/$defs/")
    yield from problems(root["$defs"][name], value, root, at)


def _any_of(schema: Any, value: Any, root: Any, at: str) -> Iterator[str]:
    found = [list(problems(one, value, root, at)) for one in schema["anyOf"]]
    if all(found):
        yield found[0][0]


def _items(schema: Any, value: Any, root: Any, at: str) -> Iterator[str]:
    for number, item in enumerate(value):
        yield from problems(schema["items"], item, root, f"{at}[{number}]")


def _properties(schema: Any, value: Any, root: Any, at: str) -> Iterator[str]:
    for name in value.keys() & schema["properties"].keys():
        yield from problems(schema["properties"][name], value[name], root, below(at, name))


def _by_form(schema: Any, value: Any, root: Any, at: str) -> Iterator[str]:
    for form, part in schema["patternProperties"].items():
        for name in filter(re.compile(form).search, value):
            yield from problems(part, value[name], root, below(at, name))


def _others(schema: Any, value: Any, root: Any, at: str) -> Iterator[str]:
    forms = schema.get("patternProperties", ())
    for name in value.keys() - schema.get("properties", {}).keys():
        if any(re.search(form, name) for form in forms):
            continue
        if schema["additionalProperties"] is False:
            yield f"{below(at, name)}: not expected"
        else:
            yield from problems(schema["additionalProperties"], value[name], root, below(at, name))


PARTS: dict[str, Callable[[Any, Any, Any, str], Iterator[str]]] = {
    "$ref": _reference,
    "additionalProperties": _others,
    "anyOf": _any_of,
    "items": _items,
    "patternProperties": _by_form,
    "properties": _properties,
}
