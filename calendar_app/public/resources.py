"""A finished public resource: bytes, gzip bytes, and the headers that go with either.

The validator has the form that nginx computes from a file, so that a server, an export and a
mirror agree on it: ``"<Last-Modified in hexadecimal>-<length in hexadecimal>"``.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import Enum
from functools import lru_cache
from typing import Final

# Below this, gzip and its header cost more than they save.
MIN_GZIP: Final = 512
_COMPRESSIBLE: Final = (
    "text/",
    "application/json",
    "application/xml",
    "application/atom+xml",
    "image/svg",
)
# RFC 9110 12.5.3 and 12.4.2: the codings that matter here, and an optional weight.
_CODING: Final = re.compile(
    r"\s*(?:x-)?(gzip|identity|\*)\s*(?:;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?"
)
# What a 304 has no body for (RFC 9110 15.4.5). Last-Modified stays, as nginx has it.
_OF_THE_BODY: Final = {"Content-Length", "Content-Type", "Content-Encoding", "Content-Disposition"}
Headers = tuple[tuple[str, str], ...]


class Lifetime(Enum):
    """How long a copy may be used without asking; never the reader's affair alone."""

    FEED = "public, max-age=3600"
    PAGE = "no-cache"
    ASSET = "public, max-age=31536000, immutable"
    ERROR = "no-store"


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding of the body with its own validator (RFC 9110 8.8.3), and what a 304 says."""

    body: bytes
    etag: str
    headers: Headers
    unchanged_headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """What a GET is answered with; errors are resources that nobody keeps."""

    status: int
    plain: Variant
    gzip: Variant | None
    last_modified: datetime | None

    @property
    def size(self) -> int:
        """Bytes in memory, but for the headers."""
        return len(self.plain.body) + (len(self.gzip.body) if self.gzip else 0)

    def variant(self, accept_encoding: str | None) -> Variant:
        """The gzip variant for who accepts it (RFC 9110 12.5.3)."""
        return self.gzip if self.gzip and accepts_gzip(accept_encoding) else self.plain


def finish(
    body: bytes,
    content_type: str,
    lifetime: Lifetime,
    last_modified: datetime | None,
    *,
    status: int = 200,
    extra: Headers = (),
) -> Resource:
    common: Headers = (("Content-Type", content_type), ("Cache-Control", lifetime.value), *extra)
    if last_modified is None:
        headers = (*common, ("Content-Length", str(len(body))))
        return Resource(status, Variant(body, "", headers), None, None)
    plain = _variant(body, common, last_modified)
    squeezed = None
    if len(body) >= MIN_GZIP and content_type.startswith(_COMPRESSIBLE):
        # mtime 0: the same bytes on every replica.
        encoded = (*common, ("Content-Encoding", "gzip"))
        squeezed = _variant(gzip.compress(body, 9, mtime=0), encoded, last_modified)
    return Resource(status, plain, squeezed, last_modified)


def compressed(resource: Resource) -> Resource:
    """The same with a gzip variant where that saves something, for a page that nobody keeps and
    that holds no secret: beside what a reader typed, compression would tell of one (BREACH)."""
    plain = resource.plain
    if len(plain.body) < MIN_GZIP:
        return resource
    body = gzip.compress(plain.body, 6, mtime=0)
    vary = ("Vary", "Accept-Encoding")
    rest = tuple(pair for pair in plain.headers if pair[0] != "Content-Length")
    length = ("Content-Length", str(len(body)))
    squeezed = Variant(body, "", (*rest, vary, ("Content-Encoding", "gzip"), length))
    return replace(resource, plain=replace(plain, headers=(*plain.headers, vary)), gzip=squeezed)


# Few texts are in use; others make each other room.
@lru_cache(maxsize=128)
def accepts_gzip(accept_encoding: str | None) -> bool:
    """Whether gzip, or anything, is accepted, and no less than the plain bytes."""
    matches = map(_CODING.fullmatch, (accept_encoding or "").lower().split(","))
    weights = {match[1]: float(match[2] or 1) for match in matches if match}
    weight = weights.get("gzip", weights.get("*", 0.0))
    return weight > 0 and weight >= weights.get("identity", 0.0)


def _variant(body: bytes, common: Headers, last_modified: datetime) -> Variant:
    etag = f'"{int(last_modified.timestamp()):x}-{len(body):x}"'
    headers = (
        *common,
        ("Content-Length", str(len(body))),
        ("Last-Modified", format_datetime(last_modified.astimezone(UTC), usegmt=True)),
        ("ETag", etag),
        ("Vary", "Accept-Encoding"),
    )
    unchanged = tuple(pair for pair in headers if pair[0] not in _OF_THE_BODY)
    return Variant(body, etag, headers, unchanged)
