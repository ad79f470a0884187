"""The cache before Flask: a dictionary look-up for what the edition has finished already.

Taken out, nothing changes but speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from calendar_app.public.editions import Editions
from calendar_app.web.answers import Environ, answer
from calendar_app.web.guard import WSGI


class Front:
    """WSGI; hands on whatever is not a plain GET or HEAD of a finished resource."""

    def __init__(self, app: WSGI, editions: Editions) -> None:
        self._app = app
        self._editions = editions

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            asked = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
            resource = self._editions.current().finished(*asked)
            if resource is not None:
                status, headers, body = answer(resource, environ)
                start_response(status, list(headers))
                # A list: granian sends it in one piece, and anything else bit by bit.
                return [body]
        return self._app(environ, start_response)
