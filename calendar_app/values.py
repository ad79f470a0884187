"""The values of settings, each read from its text or refused with a sentence that says what to
write."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from difflib import get_close_matches
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

PREFIX: Final = "CALENDAR_"
_ADDRESS: Final = re.compile(
    r"(?P<origin>(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[::1\])(:(?P<port>[0-9]{1,5}))?)(?P<rest>/.*)?"
)
_HOST: Final = re.compile(r"(?!.*\.\.)[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?")
_INSTANT: Final = re.compile("(19|20)[0-9]{2}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){1,2}Z")
# Of libpq (postgresql.org/docs/current/libpq-connect.html, 34.1.2), but for what stands before the
# question mark and what this program needs as it is.
DATABASE_OPTIONS: Final = frozenset(
    "application_name channel_binding connect_timeout gssencmode host hostaddr keepalives "
    "keepalives_count keepalives_idle keepalives_interval krbsrvname options passfile port "
    "requirepeer service ssl_max_protocol_version ssl_min_protocol_version sslcert sslcrl "
    "sslcrldir sslkey sslmode sslpassword sslrootcert sslsni target_session_attrs "
    "tcp_user_timeout".split()
)
Faults = list[str]


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(url: str, name: str, faults: Faults) -> str:
    found = _ADDRESS.fullmatch(url.lower())
    if found is None or not 0 < int(found["port"] or 1) < 65536:
        faults.append(f"{PREFIX}{name}: {url!r} is not an address; write https://example.org")
        return ""
    host = found["host"].strip("[]")
    if found["scheme"] == "http" and not (is_loopback(host) or host.endswith(".onion")):
        faults.append(f"{PREFIX}{name}: {url} must begin with https://")
    if found["rest"] not in {None, "/"}:
        faults.append(f"{PREFIX}{name}: {url} must end after the host name")
    return found["origin"]


def contact(text: str, name: str, faults: Faults) -> str:
    """A line in any words; where it begins as an address does, it must be one."""
    try:
        urlsplit(text)
    except ValueError:
        faults.append(f"{PREFIX}{name}: {text!r} is not an address; write https://example.org")
    return line(text, name, faults)


def line(text: str, name: str, faults: Faults) -> str:
    if len(text) > 200 or not text.isprintable():
        faults.append(f"{PREFIX}{name} must be one line of at most 200 characters")
    return text


def workers(text: str, faults: Faults) -> int:
    if re.fullmatch("[1-9][0-9]?", text) is None:
        faults.append(f"{PREFIX}WEB_WORKERS: {text!r} is not a number from 1 to 99")
        return 1
    return int(text)


def instant(text: str | None, faults: Faults) -> datetime | None:
    if text is None:
        return None
    if _INSTANT.fullmatch(text):
        try:
            return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
        except ValueError:
            pass
    faults.append(f"{PREFIX}NOW: {text!r} is not an instant; write 2026-11-29T09:00Z")
    return None


def mailbox(text: str, name: str, faults: Faults) -> str:
    """An address in ASCII that mail can be sent to and from, or nothing."""
    if not text:
        return ""
    domain = text.rpartition("@")[2].lower()
    if any(f".{domain}".endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES):
        # RFC 6761; whoever sends refuses it too.
        faults.append(f"{PREFIX}{name}: no mail is sent to or from {domain!r}, a reserved name")
        return ""
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        found = None
    # An encoded word (RFC 2047) some servers make another address of.
    if found is None or found.ascii_email is None or "=?" in text:
        faults.append(f"{PREFIX}{name} is not a mail address in ASCII; write name@example.org")
        return ""
    return found.ascii_email


def smtp_url(text: str, faults: Faults) -> str:
    """``smtp://user:password@host:587`` begins TLS by STARTTLS, ``smtps://`` at once."""
    parts = _split(text)
    # No fault quotes the text: a password may be in it.
    if parts is None or parts.scheme not in {"smtp", "smtps"} or not _is_host(parts.hostname or ""):
        faults.append(
            f"{PREFIX}SMTP_URL is not the address of a mail server; "
            "write smtps://user:password@mail.example.org"
        )
        return text
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or text.endswith(("?", "#")):
        faults.append(
            f"{PREFIX}SMTP_URL must end after the host and its port; "
            "in a password write %2F for /, %3F for ?, %23 for # and %40 for @"
        )
    elif bool(user) is not bool(password):
        faults.append(f"{PREFIX}SMTP_URL has only one of user and password; write both, or none")
    elif not (user + password).isascii() or not (user + password).isprintable():
        faults.append(f"{PREFIX}SMTP_URL has a user or password that is not plain ASCII")
    return text


def database_url(text: str, faults: Faults) -> str:
    """As SQLAlchemy has it, with the driver that is installed; nothing is for SQLite."""
    parts = _split(text)
    is_written = parts is not None and parts.scheme == "postgresql" and parts.path.strip("/")
    # No fault quotes more of the text than a word: a password may be in it.
    if parts is None or not is_written or parts.netloc.endswith(":"):
        faults.append(
            f"{PREFIX}DATABASE_URL is not a database; "
            "write postgresql://user:password@host/database, or nothing for SQLite"
        )
    elif parts.netloc.count("@") > 1 or "/" in parts.path[1:] or not _are_options(parts, text):
        faults.append(
            f"{PREFIX}DATABASE_URL must end after the database or its options, "
            "as ?sslmode=require; in a password write %2F for /, %3F for ?, %23 for # and %40 for @"
        )
    elif find_spec("psycopg") is None:
        faults.append(f"{PREFIX}DATABASE_URL needs the package psycopg; install it")
    else:
        _require_known(parts.query, faults)
    return text.replace("postgresql://", "postgresql+psycopg://", 1)


def _are_options(parts: SplitResult, text: str) -> bool:
    if parts.fragment or text.endswith(("?", "#")):
        return False
    return re.fullmatch("([a-z_]+=[^&=@?]+(&(?=.)|$))*", parts.query) is not None


def _require_known(query: str, faults: Faults) -> None:
    names = [name for name, _ in parse_qsl(query)]
    for name in sorted(set(names)):
        if name not in DATABASE_OPTIONS:
            close = get_close_matches(name, DATABASE_OPTIONS, 1)
            hint = f"did you mean {close[0]}?" if close else "take it out"
            faults.append(f"{PREFIX}DATABASE_URL: {name} is not an option of it; {hint}")
        elif names.count(name) > 1:
            faults.append(f"{PREFIX}DATABASE_URL says {name} twice; take one out")


def number(text: str, name: str, most: int, faults: Faults) -> int:
    """From 0 to ``most``, below ten."""
    if re.fullmatch(f"[0-{most}]", text) is None:
        faults.append(f"{PREFIX}{name}: {text!r} is not a number from 0 to {most}")
        return 0
    return int(text)


def _split(text: str) -> SplitResult | None:
    """None for what is no URL with a host and a port in range."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    has_place = bool(parts.hostname) or parts.scheme == "postgresql"
    is_plain = text.isascii() and text.isprintable() and " " not in text
    return parts if has_place and is_plain and port != 0 else None


def _is_host(host: str) -> bool:
    """A name that can be looked up, or an address of IPv4 or IPv6."""
    try:
        return bool(ip_address(host))
    except ValueError:
        return _HOST.fullmatch(host) is not None and all(len(x) < 64 for x in host.split("."))
