"""A request to the WSGI stack, and what comes back, with nothing made up or tidied in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from werkzeug.test import create_environ, run_wsgi_app

from calendar_app.web.guard import WSGI
from tests.publishing import BASE_URL

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH")


@dataclass(frozen=True)
class Reply:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Return its one value; a header sent twice is a failure."""
        found = [value for key, value in self.headers if key == name]
        assert len(found) == 1, f"{name}: {found}"
        return found[0]

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.headers)

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    app: WSGI,
    target: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    *,
    without: str = "",
    form: bytes = b"",
    content_type: str = "application/x-www-form-urlencoded",
    **environ: str,
) -> Reply:
    """``environ`` has WSGI variables as a server would set them; ``without`` takes one out;
    ``form`` is the body of a form that is sent."""
    path, _, query = target.partition("?")
    request = create_environ("/", BASE_URL, method=method, headers=headers)
    if form:
        request |= {"wsgi.input": BytesIO(form), "CONTENT_LENGTH": str(len(form))}
        request["CONTENT_TYPE"] = content_type
    request |= {"PATH_INFO": path, "QUERY_STRING": query} | environ
    request.pop(without, None)
    body, status, found = run_wsgi_app(app, request, buffered=True)
    return Reply(int(status.split(" ")[0]), tuple(found), b"".join(body))
