"""A resource and a request to status, headers and body, by RFC 9110.

Both the cache in front and the Flask views answer through this, so that taking the cache out
changes nothing but speed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from calendar_app.public.resources import Headers, Resource, Variant

Environ = dict[str, Any]
_ENTITY_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')


class Answer(NamedTuple):
    status: str
    headers: Headers
    body: bytes


def answer(resource: Resource, environ: Environ) -> Answer:
    """For GET and HEAD."""
    variant = resource.variant(environ.get("HTTP_ACCEPT_ENCODING"))
    if resource.status == 200 and _is_unchanged(resource, variant, environ):
        return Answer("304 Not Modified", variant.unchanged_headers, b"")
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else variant.body
    return Answer(status_line(resource.status), variant.headers, body)


@cache
def status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def _is_unchanged(resource: Resource, variant: Variant, environ: Environ) -> bool:
    wanted = environ.get("HTTP_IF_NONE_MATCH")
    if wanted is not None:
        if wanted == variant.etag:  # as most clients send it
            return True
        # Weak comparison (8.8.3.2); If-Modified-Since is then ignored (13.1.3).
        return wanted.strip() == "*" or variant.etag in _ENTITY_TAG.findall(wanted)
    text = environ.get("HTTP_IF_MODIFIED_SINCE")
    if text is None or resource.last_modified is None:
        return False
    since = _http_date(text)
    return since is not None and resource.last_modified.replace(microsecond=0) <= since


def _http_date(text: str) -> datetime | None:
    """A date in any of the three forms (RFC 9110 5.6.7); None for what is no date."""
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    # The form of asctime() names no zone and means UTC.
    return found if found.tzinfo else found.replace(tzinfo=UTC)
