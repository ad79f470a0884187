"""VEVENTs as they were written once, and what the options of a feed make of them.

Options leave out or put in whole components, so that an event is written once for all of them,
and no option can change a UID or anything else of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from icalendar import Alarm as VAlarm
from icalendar import vText

from calendar_app.feeds.alarms import Alarm

_END: Final = b"END:VEVENT\r\n"
_BEGIN_OF_ALARM: Final = b"BEGIN:VALARM\r\n"
_END_OF_ALARM: Final = b"END:VALARM\r\n"


class EscapedText(vText):
    """TEXT, escaped as RFC 5545 3.3.11 has it."""

    def to_ical(self) -> bytes:
        text = str(self).replace("\\", r"\\").replace(";", r"\;").replace(",", r"\,")
        return text.replace("\n", r"\n").encode()


@dataclass(frozen=True, slots=True)
class Vevent:
    """One VEVENT. It ``rings`` unless it was long ago, is off, or is only a background."""

    body: bytes
    summary: str
    rings: bool
    is_cancelled: bool


def joined(
    vevents: Iterable[Vevent], alarms: Iterable[Alarm] = (), *, hides_cancelled: bool = False
) -> bytes:
    """The VEVENTs one after the other, with these alarms in each that rings."""
    chosen = (found for found in vevents if not (hides_cancelled and found.is_cancelled))
    return b"".join(_with_alarms(found, alarms) if alarms else found.body for found in chosen)


def _with_alarms(vevent: Vevent, alarms: Iterable[Alarm]) -> bytes:
    if not vevent.rings:
        return vevent.body
    shown = _shown(vevent.summary)
    written = b"".join(shown + _trigger(alarm) for alarm in alarms)
    return vevent.body.removesuffix(_END) + written + _END


@lru_cache(maxsize=4096)
def _shown(summary: str) -> bytes:
    """A VALARM up to its TRIGGER (RFC 5545 3.6.6). It displays and does nothing else, since
    programs leave out, or refuse, what does more."""
    valarm = VAlarm()
    valarm.add("ACTION", "DISPLAY")
    valarm.add("DESCRIPTION", EscapedText(summary))
    return bytes(valarm.to_ical()).removesuffix(_END_OF_ALARM)


@lru_cache(maxsize=4096)
def _trigger(alarm: Alarm) -> bytes:
    """From the midnight with which the date begins (3.8.6.3) to the end of the VALARM."""
    valarm = VAlarm()
    valarm.add("TRIGGER", alarm.trigger)
    return bytes(valarm.to_ical()).removeprefix(_BEGIN_OF_ALARM)
