"""Every setting, read from the environment in this one place, with all faults at once.

A setting ``CALENDAR_X`` may be given as ``CALENDAR_X_FILE``, the path of a file that holds it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from calendar_app.core.errors import CalendarError
from calendar_app.values import (
    PREFIX,
    Faults,
    address,
    contact,
    database_url,
    instant,
    is_loopback,
    line,
    mailbox,
    number,
    smtp_url,
    workers,
)

FILE_SUFFIX: Final = "_FILE"
NAMES: Final = (
    "BASE_URL",
    "ALTERNATE_URLS",
    "EVENTS",
    "OPERATOR_NAME",
    "CONTACT",
    "STATE_DIR",
    "DATABASE_URL",
    "MAIL",
    "SMTP_URL",
    "MAIL_FROM",
    "OPERATOR_MAIL",
    "TRUSTED_PROXIES",
    "WEB_WORKERS",
    "NOW",
)
DEFAULT_PORT: Final = 8000
# Of a domain that nobody can have (RFC 2606): mail of a site on this machine goes into files.
LOCAL_SENDER: Final = "calendar@calendar.example"
_PACKAGE: Final = Path(__file__).resolve().parent


class SettingsError(CalendarError):
    """Settings that cannot be used; ``faults`` has a sentence for each."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class MailMode(StrEnum):
    """``two-way`` where what comes back is piped into the command that reads it."""

    OFF = "off"
    ON = "on"
    TWO_WAY = "two-way"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail goes out; without a server it goes into files."""

    sender: str
    smtp_url: str = field(default="", repr=False)
    is_two_way: bool = False
    operator_mail: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """``base_url`` and ``alternate_urls`` end without a slash; ``now`` fixes the clock; without
    ``mail`` there is no form and no worker."""

    base_url: str
    alternate_urls: tuple[str, ...]
    events: tuple[Path, ...]
    operator_name: str
    contact: str
    state_dir: Path
    database_url: str = field(repr=False)
    mail: MailSettings | None
    trusted_proxies: int
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
    faults: Faults = []
    given = _given(environment, faults)
    base_url = address(given.get("BASE_URL", f"http://127.0.0.1:{port}"), "BASE_URL", faults)
    url = given.get("DATABASE_URL", "")
    settings = Settings(
        base_url,
        tuple(
            address(url, "ALTERNATE_URLS", faults)
            for url in given.get("ALTERNATE_URLS", "").replace(",", " ").split()
        ),
        _paths(given.get("EVENTS"), faults),
        line(given.get("OPERATOR_NAME", ""), "OPERATOR_NAME", faults),
        contact(given.get("CONTACT", ""), "CONTACT", faults),
        _folder(given.get("STATE_DIR"), faults),
        database_url(url, faults) if url else "",
        _mail(given, base_url, faults),
        number(given.get("TRUSTED_PROXIES", "0"), "TRUSTED_PROXIES", 9, faults),
        workers(given.get("WEB_WORKERS", "1"), faults),
        instant(given.get("NOW"), faults),
    )
    if settings.now and base_url and not settings.is_loopback:
        faults.append("CALENDAR_NOW is for tests on this machine only; take it out")
    if faults:
        raise SettingsError(faults)
    return settings


def _mail(given: Mapping[str, str], base_url: str, faults: Faults) -> MailSettings | None:
    """None where mail is off: by the setting, or because nothing says where to send it."""
    mode = given.get("MAIL", "")
    if mode and mode not in set(MailMode):
        faults.append(f"{PREFIX}MAIL: {mode!r} is not known; write {', '.join(MailMode)}")
    server = smtp_url(given["SMTP_URL"], faults) if given.get("SMTP_URL") else ""
    sender = mailbox(given.get("MAIL_FROM", ""), "MAIL_FROM", faults)
    operator = mailbox(given.get("OPERATOR_MAIL", ""), "OPERATOR_MAIL", faults)
    is_here = is_loopback(urlsplit(base_url).hostname or "")
    if mode == MailMode.OFF or not (mode or server or is_here):
        return None
    if server:
        for name in ("MAIL_FROM", "OPERATOR_NAME", "CONTACT"):
            if not given.get(name):
                faults.append(f"{PREFIX}{name} is needed to send mail; set it, or {PREFIX}MAIL=off")
    elif not is_here:
        faults.append(f"{PREFIX}SMTP_URL is needed to send mail; set it, or {PREFIX}MAIL=off")
    return MailSettings(sender or LOCAL_SENDER, server, mode == MailMode.TWO_WAY, operator)


def default_events() -> Path:
    """The data of the checkout this runs from, else the data in the package."""
    checkout = _PACKAGE.parent / "data" / "events.yaml"
    return checkout if checkout.exists() else _PACKAGE / "data" / "events.yaml"


def default_state() -> Path:
    """Beside the checkout this runs from, else where it is started."""
    checkout = _PACKAGE.parent
    return checkout / "var" if (checkout / "data" / "events.yaml").exists() else Path("var")


def _paths(text: str | None, faults: Faults) -> tuple[Path, ...]:
    if text is None:
        return (default_events(),)
    found = tuple(Path(part) for part in text.split(os.pathsep) if part)
    if not found:
        faults.append(f"{PREFIX}EVENTS names no file; write the path of an events.yaml")
    return found


def _folder(text: str | None, faults: Faults) -> Path:
    """It need not be there yet."""
    found = Path(text) if text else default_state()
    try:
        is_file = found.is_file()
    except OSError:
        is_file = False  # who may not look learns more when something is to be stored
    if is_file:
        faults.append(f"{PREFIX}STATE_DIR: {found} is a file; write the path of a folder")
    return found


def _given(environment: Mapping[str, str], faults: Faults) -> dict[str, str]:
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


def _read(key: str, path: str, faults: Faults) -> str | None:
    try:
        return Path(path).read_text("utf-8")
    except OSError as error:
        faults.append(f"{key}: {path} cannot be read: {(error.strerror or 'no such file').lower()}")
    except ValueError:
        faults.append(f"{key}: {path} is not a text file")
    return None


def hand_down(settings: Settings) -> None:
    """Lets worker processes, which read the environment anew, come to the same address."""
    # The server puts its environment into every request, where these would be headers.
    for name in [name for name in os.environ if name.startswith(("HTTP_", "CONTENT_"))]:
        del os.environ[name]
    os.environ.pop(f"{PREFIX}BASE_URL{FILE_SUFFIX}", None)
    os.environ[f"{PREFIX}BASE_URL"] = settings.base_url
