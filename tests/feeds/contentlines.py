"""Content lines (RFC 5545 3.1) read without any library: the bytes themselves are judged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

_NAME = re.compile("[A-Z0-9-]+")
_PARAMETER = re.compile(r';([A-Z-]+)=("[^"]*"|[^";:,]*)')
_ESCAPED = re.compile(r"\\([\\;,nN])")


class Line(NamedTuple):
    """One unfolded content line; the value is as it stands, escapes included."""

    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value of a TEXT property (3.3.11)."""
        return _ESCAPED.sub(lambda match: {"n": "\n"}.get(match[1].lower(), match[1]), self.value)

    @property
    def day(self) -> date:
        return datetime.strptime(self.value, "%Y%m%d").replace(tzinfo=UTC).date()

    @property
    def instant(self) -> datetime:
        return datetime.strptime(self.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@dataclass
class Component:
    """A component with its own lines and those inside it."""

    name: str
    lines: list[Line] = field(default_factory=list)
    inner: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def one(self, name: str) -> Line:
        [line] = self.all(name)
        return line

    def has(self, name: str) -> bool:
        return bool(self.all(name))


def physical_lines(body: bytes) -> list[bytes]:
    """The lines between CRLFs; the body must end with one."""
    assert body.endswith(b"\r\n")
    return body.removesuffix(b"\r\n").split(b"\r\n")


def content_lines(body: bytes) -> list[Line]:
    unfolded = body.replace(b"\r\n ", b"").decode()
    return [_line(text) for text in unfolded.removesuffix("\r\n").split("\r\n")]


def read_calendar(body: bytes) -> Component:
    """The one VCALENDAR of a body."""
    root = Component("")
    open_ = [root]
    for line in content_lines(body):
        if line.name == "BEGIN":
            component = Component(line.value)
            open_[-1].inner.append(component)
            open_.append(component)
        elif line.name == "END":
            assert open_.pop().name == line.value
        else:
            open_[-1].lines.append(line)
    [calendar] = root.inner
    assert open_ == [root]
    assert calendar.name == "VCALENDAR"
    return calendar


def vevents(body: bytes) -> dict[str, Component]:
    """The VEVENTs by UID."""
    return {vevent.one("UID").value: vevent for vevent in read_calendar(body).inner}


def _line(text: str) -> Line:
    name = _NAME.match(text)
    assert name, text
    at, parameters = name.end(), {}
    while match := _PARAMETER.match(text, at):
        parameters[match[1]] = match[2]
        at = match.end()
    assert text[at : at + 1] == ":", text
    return Line(name[0], parameters, text[at + 1 :])
