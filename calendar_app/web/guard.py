"""The outermost layer: refuses what no honest client sends, and closes every answer.

The security headers stand on everything, errors included. No answer ever repeats what the
client sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from calendar_app.config import Settings
from calendar_app.public.resources import Headers
from calendar_app.web.answers import Environ, status_line

MAX_BODY: Final = 8 * 1024
MAX_TARGET: Final = 2 * 1024
WSGI = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_CLOSED: Final = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
SECURITY_HEADERS: Final[Headers] = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in _CLOSED)),
)
_STRICT_TRANSPORT: Final = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


class Guard:
    """WSGI in front of everything else."""

    def __init__(self, app: WSGI, settings: Settings) -> None:
        self._app = app
        self._hosts = allowed_hosts(settings)
        is_secure = settings.base_url.startswith("https:")
        self._headers = [*SECURITY_HEADERS, *([_STRICT_TRANSPORT] if is_secure else [])]

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, headers + self._headers, *rest)

        status = self._refusal(environ)
        if status is None:
            return self._app(environ, start)
        body = f"{status_line(status)}\n".encode()
        start(
            status_line(status),
            [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
            ],
        )
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _refusal(self, environ: Environ) -> int | None:
        if environ.get("HTTP_HOST", "").lower() not in self._hosts:
            return 400
        if len(environ["PATH_INFO"]) + len(environ.get("QUERY_STRING", "")) > MAX_TARGET:
            return 414
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            return 400
        if len(length) > 9 or int(length) > MAX_BODY:
            return 413
        # A body without a length is one without a limit.
        return 411 if "HTTP_TRANSFER_ENCODING" in environ else None


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Host headers of our own addresses; on loopback, all the names of this machine."""
    hosts = {urlsplit(url).netloc.lower() for url in (settings.base_url, *settings.alternate_urls)}
    if settings.is_loopback:
        port = urlsplit(settings.base_url).port
        names = ("localhost", "127.0.0.1", "[::1]")
        hosts |= {f"{name}:{port}" if port else name for name in names}
    return frozenset(hosts)
