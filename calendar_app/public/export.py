"""The public site as files at the same addresses: what each file holds.

How they come to stand in a folder is the affair of ``folders``.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from calendar_app.public.edition import Edition
from calendar_app.public.errors import failure
from calendar_app.public.routes import HTML

MANIFEST: Final = "manifest.json"
# What a web server says while the application is away; no address leads there.
UNAVAILABLE: Final = "unavailable.html"
# A link from the root, as autoescaped templates write it; text cannot look like one.
_LINK: Final = re.compile(r'\b(href|src|action)="(/[^"#]*)(#[^"]*)?"')


@dataclass(frozen=True, slots=True)
class File:
    """``modified_at`` in seconds: a web server makes its validators from it."""

    name: str
    body: bytes
    modified_at: int


def file_name(path: str) -> str:
    return path[1:] + ("index.html" if path.endswith("/") else "")


def files(edition: Edition, paths: Iterable[str], *, relative: bool) -> Iterator[File]:
    """What there is at the paths; unless it is to be read from a folder also compressed, and the
    page for when nothing else is there; at last the manifest."""
    entries: list[dict[str, object]] = []
    newest = 0
    for path in paths:
        resource = edition.get(path)
        if resource.status != 200 or resource.last_modified is None:
            continue
        content_type = dict(resource.plain.headers)["Content-Type"]
        modified_at = int(resource.last_modified.timestamp())
        newest = max(newest, modified_at)
        body = resource.plain.body
        if relative and content_type == HTML:
            body = with_relative_links(edition, path, body)
        name = file_name(path)
        yield File(name, body, modified_at)
        if resource.gzip and not relative:
            yield File(f"{name}.gz", resource.gzip.body, modified_at)
        entry = {"path": path, "file": name, "sha256": sha256(body).hexdigest()}
        facts = {"length": len(body), "last_modified": modified_at, "content_type": content_type}
        entries.append(entry | facts)
    if not relative:
        yield File(UNAVAILABLE, failure(503).plain.body, newest)
    told = {"edition": edition.id, "base_url": edition.site.base_url, "relative": relative}
    manifest = json.dumps(told | {"files": entries}, indent=1) + "\n"
    yield File(MANIFEST, manifest.encode(), newest)


def with_relative_links(edition: Edition, path: str, body: bytes) -> bytes:
    """The page with links from file to file; where there is no file, to the site. So do forms:
    what they ask for is made by a server."""
    folder = posixpath.dirname(f"/{file_name(path)}")

    def link(match: re.Match[str]) -> str:
        attribute, target, fragment = match[1], match[2], match[3] or ""
        if attribute != "action" and edition.get(target).status == 200:
            address = posixpath.relpath(f"/{file_name(target)}", folder)
        else:
            address = edition.site.base_url + target
        return f'{attribute}="{address}{fragment}"'

    return _LINK.sub(link, body.decode()).encode()
