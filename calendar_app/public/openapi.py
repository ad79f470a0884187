"""What programs may ask for, as OpenAPI 3.1 has it: built from the tables of routes, options and
formats, so that it cannot say what is not so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from calendar_app import __version__
from calendar_app.core.catalogue import Catalogue
from calendar_app.feeds.alarms import MAX_DAYS
from calendar_app.feeds.jsonlist import SHAPE
from calendar_app.public.selection import MAX_ALARMS, MAX_COUNT, Cancelled, Theme
from calendar_app.words.languages import LANGUAGES

Json = dict[str, Any]
CONTENT_TYPE: Final = "application/json; charset=utf-8"
_SCHEMAS: Final = "#/components/schemas/{model}"
_IDS: Final = {"type": "string", "pattern": "^[a-z0-9-]{1,64}$"}


def openapi_bytes(
    routes: Iterable[tuple[str, str, tuple[str, ...]]], catalogue: Catalogue, base_url: str
) -> bytes:
    """``routes`` are pattern, content type and options of what programs may use."""
    schema = SHAPE.json_schema(mode="serialization", ref_template=_SCHEMAS)
    named = schema.pop("$defs")
    name = catalogue.calendar.name
    found = {
        "openapi": "3.1.0",
        "info": {"title": name.get("en") or next(iter(name.values())), "version": __version__},
        "servers": [{"url": base_url}],
        "paths": {
            pattern: {"get": _operation(pattern, content_type, options, catalogue)}
            for pattern, content_type, options in routes
        },
        "components": {"schemas": named | {"CalendarObject": schema}},
    }
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def _operation(
    pattern: str, content_type: str, options: Iterable[str], catalogue: Catalogue
) -> Json:
    media_type = content_type.partition(";")[0]
    shape: Json = {"type": "string"}
    if pattern.endswith("/calendar.json"):
        shape = {"$ref": _SCHEMAS.format(model="CalendarObject")}
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _place(name)}
        for name in re.findall(r"\{(\w+)\}", pattern)
    ]
    in_query = [
        {
            "name": name,
            "in": "query",
            "required": False,
            "style": "form",
            "explode": False,  # several values have commas between them
            "schema": _option(name, catalogue),
        }
        for name in options
    ]
    failures = {"400": "not allowed here", "404": "nothing is there"}
    what = "what became of the dates" if pattern.endswith("/changes.atom") else "the dates"
    return {
        "parameters": in_path + in_query,
        "responses": {
            "200": {"description": what, "content": {media_type: {"schema": shape}}},
            **{status: {"description": words} for status, words in failures.items()},
        },
    }


def _place(name: str) -> Json:
    return {"type": "string", "enum": list(LANGUAGES)} if name == "lang" else _IDS


def _option(name: str, catalogue: Catalogue) -> Json:
    """The values that ``public.selection`` takes."""
    alarm = {"type": "string", "pattern": r"^(0|-[1-9][0-9]?)d@([01][0-9]|2[0-3]):[0-5][0-9]$"}
    note = f"days before, at most {MAX_DAYS}, and the time of day"
    texts = "languages of the texts; by default that of the path"
    texts += ", in which everything else is always given"
    values: Json = {
        "topics": {"type": "array", "items": {"type": "string", "enum": list(catalogue.topics)}},
        "alarm": {"type": "array", "maxItems": MAX_ALARMS, "items": alarm, "description": note},
        "cancelled": {"type": "string", "enum": list(Cancelled), "default": Cancelled.MARK},
        "languages": {
            "type": "array",
            "items": {"type": "string", "enum": list(LANGUAGES)},
            "description": texts,
        },
        "count": {"type": "integer", "minimum": 1, "maximum": MAX_COUNT},
        "theme": {"type": "string", "enum": list(Theme), "default": Theme.AUTO},
    }
    found: Json = values[name]
    return found
