"""Every setting, read from the environment in this one place, with all faults at once.

A setting ``CALENDAR_X`` may be given as ``CALENDAR_X_FILE``, the path of a file that holds it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from calendar_app.core.errors import CalendarError

PREFIX: Final = "CALENDAR_"
FILE_SUFFIX: Final = "_FILE"
NAMES: Final = (
    "BASE_URL",
    "ALTERNATE_URLS",
    "EVENTS",
    "OPERATOR_NAME",
    "CONTACT",
    "WEB_WORKERS",
    "NOW",
)
DEFAULT_PORT: Final = 8000
_PACKAGE: Final = Path(__file__).resolve().parent
_ADDRESS: Final = re.compile(
    r"(?P<origin>(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[::1\])(:(?P<port>[0-9]{1,5}))?)(?P<rest>/.*)?"
)
_INSTANT: Final = re.compile("(19|20)[0-9]{2}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){1,2}Z")


class SettingsError(CalendarError):
    """Settings that cannot be used; ``faults`` has a sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """``base_url`` and ``alternate_urls`` end without a slash; ``now`` fixes the clock."""

    base_url: str
    alternate_urls: tuple[str, ...]
    events: tuple[Path, ...]
    operator_name: str
    contact: str
    web_workers: int
    now: datetime | None

    @property
    def is_loopback(self) -> bool:
        return is_loopback(urlsplit(self.base_url).hostname or "")


def settings_from_environment(port: int = DEFAULT_PORT) -> Settings:
    """Raises SettingsError."""
    return read_settings(os.environ, port)


def read_settings(environment: Mapping[str, str], port: int = DEFAULT_PORT) -> Settings:
    """Raises SettingsError with every fault."""
    faults: list[str] = []
    given = _given(environment, faults)
    base_url = _address(given.get("BASE_URL", f"http://127.0.0.1:{port}"), "BASE_URL", faults)
    alternates = tuple(
        _address(url, "ALTERNATE_URLS", faults)
        for url in given.get("ALTERNATE_URLS", "").replace(",", " ").split()
    )
    settings = Settings(
        base_url,
        alternates,
        _paths(given.get("EVENTS"), faults),
        _line(given.get("OPERATOR_NAME", ""), "OPERATOR_NAME", faults),
        _line(given.get("CONTACT", ""), "CONTACT", faults),
        _workers(given.get("WEB_WORKERS", "1"), faults),
        _instant(given.get("NOW"), faults),
    )
    if settings.now and base_url and not settings.is_loopback:
        faults.append("CALENDAR_NOW is for tests on this machine only; take it out")
    if faults:
        raise SettingsError(faults)
    return settings


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def default_events() -> Path:
    """The data of the checkout this runs from, else the data in the package."""
    checkout = _PACKAGE.parent / "data" / "events.yaml"
    return checkout if checkout.exists() else _PACKAGE / "data" / "events.yaml"


def _given(environment: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    found: dict[str, str | None] = {}
    for key, value in sorted(environment.items()):
        if not key.startswith(PREFIX):
            continue
        name = key.removeprefix(PREFIX).removesuffix(FILE_SUFFIX)
        if name not in NAMES:
            close = get_close_matches(name, NAMES, 1)
            hint = f"did you mean {PREFIX}{close[0]}?" if close else "take it out"
            faults.append(f"{key} is not a setting; {hint}")
        elif name in found:
            faults.append(f"{PREFIX}{name} and {key} say the same thing twice; take one out")
        else:
            found[name] = _read(key, value, faults) if key.endswith(FILE_SUFFIX) else value
    return {name: value.strip() for name, value in found.items() if value is not None}


def _read(key: str, path: str, faults: list[str]) -> str | None:
    try:
        return Path(path).read_text("utf-8")
    except OSError as error:
        faults.append(f"{key}: {path} cannot be read: {(error.strerror or 'no such file').lower()}")
    except ValueError:
        faults.append(f"{key}: {path} is not a text file")
    return None


def _address(url: str, name: str, faults: list[str]) -> str:
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


def _paths(text: str | None, faults: list[str]) -> tuple[Path, ...]:
    if text is None:
        return (default_events(),)
    found = tuple(Path(part) for part in text.split(os.pathsep) if part)
    if not found:
        faults.append(f"{PREFIX}EVENTS names no file; write the path of an events.yaml")
    return found


def _line(text: str, name: str, faults: list[str]) -> str:
    if len(text) > 200 or not text.isprintable():
        faults.append(f"{PREFIX}{name} must be one line of at most 200 characters")
    return text


def _workers(text: str, faults: list[str]) -> int:
    if re.fullmatch("[1-9][0-9]?", text) is None:
        faults.append(f"{PREFIX}WEB_WORKERS: {text!r} is not a number from 1 to 99")
        return 1
    return int(text)


def _instant(text: str | None, faults: list[str]) -> datetime | None:
    if text is None:
        return None
    if _INSTANT.fullmatch(text):
        try:
            return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
        except ValueError:
            pass
    faults.append(f"{PREFIX}NOW: {text!r} is not an instant; write 2026-11-29T09:00Z")
    return None


def hand_down(settings: Settings) -> None:
    """Lets worker processes, which read the environment anew, come to the same address."""
    # The server puts its environment into every request, where these would be headers.
    for name in [name for name in os.environ if name.startswith(("HTTP_", "CONTENT_"))]:
        del os.environ[name]
    os.environ.pop(f"{PREFIX}BASE_URL{FILE_SUFFIX}", None)
    os.environ[f"{PREFIX}BASE_URL"] = settings.base_url
