"""The outermost layer: refuses what no honest client sends, and closes every answer.

The security headers stand on everything, errors included. No answer ever repeats what the
client sent.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from calendar_app.config import Settings
from calendar_app.public.resources import Headers
from calendar_app.values import is_loopback
from calendar_app.web.answers import Environ, status_line

MAX_BODY: Final = 8 * 1024
MAX_TARGET: Final = 2 * 1024
WSGI = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
log = logging.getLogger(__name__)

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
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
# Of the one page that stands in frames of others; it has no form and nothing that acts.
_FRAMED_HEADERS: Final[Headers] = (
    ("Content-Security-Policy", _POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")),
    *SECURITY_HEADERS[1:],
)
_FRAMED: Final = re.compile(r"/[a-z]{2,3}/embed/")
# Not for subdomains: whoever runs the site may serve other things there.
_STRICT_TRANSPORT: Final = ("Strict-Transport-Security", "max-age=63072000")
# What programs on this machine may ask for under its own names, whatever the site is called.
METRICS: Final = "/metrics"
WATCHED: Final = ("/healthz", "/readyz", METRICS)
_PASSED_ON: Final = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")


class Guard:
    """WSGI in front of everything else."""

    def __init__(self, app: WSGI, settings: Settings) -> None:
        self._app = app
        self._hosts = allowed_hosts(settings)
        self._onion_hosts = frozenset(filter(_is_onion, self._hosts))
        self._onion = next((url for url in settings.alternate_urls if _is_onion(url)), "")
        self._is_secure = settings.base_url.startswith("https:")

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "").lower()

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            closed = _FRAMED_HEADERS if _may_be_framed(status, environ) else SECURITY_HEADERS
            headers = [*headers, *closed]
            if host in self._onion_hosts:  # http is right there, and they are there
                return start_response(status, headers, *error)
            if self._is_secure:
                headers.append(_STRICT_TRANSPORT)
            # Only of what is published, whose path is one of ours and safe to send back. Forms have
            # no validator, and some have a token in their path, which may be anything.
            is_published = status.startswith("200") and any(name == "ETag" for name, _ in headers)
            if self._onion and is_published:
                headers.append(("Onion-Location", self._onion + environ["PATH_INFO"]))
            return start_response(status, headers, *error)

        refusal = self._refusal(host, environ)
        if refusal is not None:
            return _plain(refusal, environ, start)
        try:
            return self._app(environ, start)
        except Exception:  # the last resort, for what even the error pages did not expect
            log.exception("a request failed")
            return _plain(500, environ, start)

    def _refusal(self, host: str, environ: Environ) -> int | None:
        # Tor may lead straight here, from this machine and with any Host: nobody who asks for the
        # numbers of a site with such an address can be told from a program on this machine.
        if self._onion_hosts and environ["PATH_INFO"] == METRICS:
            return 404
        if host not in self._hosts and not (
            environ["PATH_INFO"] in WATCHED and is_asked_here(environ)
        ):
            return 400
        if len(environ["PATH_INFO"]) + len(environ.get("QUERY_STRING", "")) > MAX_TARGET:
            return 414
        length = environ.get("CONTENT_LENGTH")
        if length:
            if not (length.isascii() and length.isdigit()):
                return 400
            if len(length) > 9 or int(length) > MAX_BODY:
                return 413
        # A body without a length is one without a limit.
        return 411 if "HTTP_TRANSFER_ENCODING" in environ else None


def _may_be_framed(status: str, environ: Environ) -> bool:
    """The page itself, and not the one that says why there is none."""
    is_there = status.startswith(("200", "304"))
    return is_there and _FRAMED.fullmatch(environ["PATH_INFO"]) is not None


def is_asked_here(environ: Environ) -> bool:
    """Whether a program on this machine asks, under a name of this machine, and nobody passed the
    request on. A web server in front may still do so unseen: it must not pass on /metrics."""
    is_passed_on = any(header in environ for header in _PASSED_ON)
    names = (urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname, environ.get("REMOTE_ADDR"))
    return not is_passed_on and all(is_loopback(name or "") for name in names)


def _plain(status: int, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
    body = f"{status_line(status)}\n".encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    start(status_line(status), headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def _is_onion(address: str) -> bool:
    """Of an address or a Host header, with or without a port."""
    return address.lower().rpartition("//")[2].partition(":")[0].endswith(".onion")


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """What the Host header may be: our own addresses; for loopback, all names of this machine."""
    urls = (settings.base_url, *settings.alternate_urls)
    return frozenset(host for url in urls for host in _hosts_of(url))


def _hosts_of(url: str) -> Iterator[str]:
    """With the port, and without it where it is the one of the scheme (RFC 9110 4.2)."""
    parts = urlsplit(url)
    usual = _DEFAULT_PORTS[parts.scheme]
    port = parts.port or usual
    names = {parts.netloc.removesuffix(f":{parts.port}")}
    if is_loopback(parts.hostname or ""):
        names.update(_LOOPBACK_NAMES)
    for name in names:
        yield f"{name}:{port}"
        if port == usual:
            yield name
