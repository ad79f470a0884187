"""Free rules: RFC 5545 3.3.10 over whole days, expanded by dateutil.

dateutil walks a rule from its first day. To make a far window cost no more than a near one, a
rule is begun again a whole number of intervals later, just before the window; the parts that the
RFC takes from DTSTART are written out first, so that it means the same there. Rules with COUNT
cannot begin elsewhere; they are walked once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from dateutil.rrule import rrule, rrulestr

from calendar_app.core.errors import RuleError
from calendar_app.core.precision import ONE_DAY, PartialDate

MAX_COUNT: Final = 1000
MAX_INTERVAL: Final = 1000
# Long enough for 29 February on one weekday; who writes a rule for later has made a mistake.
PATIENCE_YEARS: Final = 100
_RULE_TEXT: Final = re.compile(r"FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY)(;[A-Z]+=[A-Z0-9,+-]+)*")
_DAY_PARTS: Final = {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"}
_CHOSEN_FROM: Final = _DAY_PARTS | {"BYMONTH"}
_PARTS: Final = _CHOSEN_FROM | {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYSETPOS", "WKST"}
_LARGEST: Final = {
    "BYMONTH": 12,
    "BYMONTHDAY": 31,
    "BYYEARDAY": 366,
    "BYWEEKNO": 53,
    "BYSETPOS": 366,
}
# Where the table of RFC 5545 3.3.10 has "N/A" there is no meaning, and programs make up their own.
_ONLY_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    "BYWEEKNO": ("YEARLY",),
    "BYYEARDAY": ("YEARLY",),
    "BYMONTHDAY": ("YEARLY", "MONTHLY", "DAILY"),
}
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class RRule:
    """A rule beginning with ``first``; each occurrence lasts ``days`` days."""

    text: str
    first: date
    days: int = 1
    is_recurring = True

    def starts(self, first: date, end: date) -> list[date]:
        low, high = _midnight(max(first, self.first)), _midnight(end)
        if high <= low:
            return []
        found = _near(self.text, self.first, low.date()).between(low, high, inc=True)
        return [moment.date() for moment in found if moment < high]

    @property
    def earliest(self) -> PartialDate:
        """The first occurrence there is."""
        found = _near(self.text, self.first, self.first).after(_midnight(self.first), inc=True)
        first = found.date() if found else self.first
        return PartialDate.of_days(first, first + (self.days - 1) * ONE_DAY)

    def key(self, day: date) -> str:
        return day.isoformat()

    def spec(self) -> dict[str, str]:
        return {
            "rrule": self.text,
            "starts": self.first.isoformat(),
            "days": str(self.days),
        }


def parse_rrule(text: str, first: date, days: int) -> RRule:
    """A rule part list such as ``FREQ=MONTHLY;BYDAY=1FR``; refuses what is not about days, and
    what RFC 5545 3.3.10 forbids."""
    _check_together(_checked_parts(text))
    return _happening(RRule(text, first, days))


def read_rrule(text: str, first: date, days: int) -> RRule:
    """The same, but takes parts that may not stand together, as earlier versions did: what was
    published by such a rule must be known for ever."""
    _checked_parts(text)
    return _happening(RRule(text, first, days))


def _checked_parts(text: str) -> dict[str, str]:
    if _RULE_TEXT.fullmatch(text) is None:
        raise RuleError(
            "this is not a rule of RFC 5545 over days; "
            "write FREQ=YEARLY, MONTHLY, WEEKLY or DAILY and further parts after ;"
        )
    names = [part.partition("=")[0] for part in text.split(";")]
    if len(set(names)) < len(names):
        raise RuleError("a part of the rule stands twice; keep one of them")
    parts = _parts(text)
    for name, value in parts.items():
        _check_part(name, value)
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise RuleError("COUNT and UNTIL both end the rule; keep one of them")
    if parts["FREQ"] in {"WEEKLY", "DAILY"} and re.search("[0-9]", parts.get("BYDAY", "")):
        raise RuleError("only months and years have numbered weekdays; write BYDAY=MO without one")
    return parts


def _happening(rule: RRule) -> RRule:
    try:
        happens = _ever_happens(rule.text, rule.first)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise RuleError(f"the rule cannot be read ({error}); see RFC 5545, 3.3.10") from error
    if not happens:
        raise RuleError(
            f"the rule gives no day within {PATIENCE_YEARS} years; correct its parts or starts"
        )
    return rule


def _check_part(name: str, value: str) -> None:
    if name in {"BYHOUR", "BYMINUTE", "BYSECOND"}:
        raise RuleError(f"{name} is a time of day, and all entries are whole days; take it out")
    if name not in _PARTS:
        raise RuleError(f"{name} is not a part of a rule; see RFC 5545, 3.3.10")
    if name in {"COUNT", "INTERVAL"}:
        most = MAX_COUNT if name == "COUNT" else MAX_INTERVAL
        if re.fullmatch("[0-9]{1,6}", value) is None or not 0 < int(value) <= most:
            raise RuleError(f"{name} must be 1 to {most}; write such a number")
    if name in _LARGEST:
        _check_numbers(name, value)
    if name == "UNTIL" and re.fullmatch("[0-9]{8}", value) is None:
        raise RuleError("UNTIL must be a day without time; write UNTIL=20301231")


def _check_together(parts: Mapping[str, str]) -> None:
    for name, frequencies in _ONLY_WITH.items():
        if name in parts and parts["FREQ"] not in frequencies:
            others = " or ".join(f"FREQ={frequency}" for frequency in frequencies)
            raise RuleError(f"{name} has no meaning with FREQ={parts['FREQ']}; write {others}")
    if "BYWEEKNO" in parts and "BYDAY" not in parts:
        raise RuleError("BYWEEKNO says which weeks and not on which day; add one such as BYDAY=MO")
    if "BYWEEKNO" in parts and re.search("[0-9]", parts["BYDAY"]):
        raise RuleError("a week has each weekday once; write BYDAY=MO without a number")
    if "BYSETPOS" in parts and not _CHOSEN_FROM & parts.keys():
        raise RuleError("BYSETPOS chooses among the days of other parts; add one such as BYDAY=MO")


def _check_numbers(name: str, value: str) -> None:
    # dateutil passes over a number that is never reached, and takes BYMONTHDAY=0 for any day.
    most = _LARGEST[name]
    least = 1 if name == "BYMONTH" else -most
    for number in value.split(","):
        is_number = re.fullmatch("[+-]?[0-9]{1,3}", number)
        if is_number is None or not least <= int(number) <= most or int(number) == 0:
            back = "" if least == 1 else f" or {-most} to -1"
            raise RuleError(f"{name} must be 1 to {most}{back}; write such numbers")


def _parts(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(";"))


@lru_cache(maxsize=4096)
def _explicit(text: str, first: date) -> str:
    """The rule with the month and day, or the weekday, that RFC 5545 3.3.10 takes from DTSTART
    written out. Weeks by number without a weekday, as ``read_rrule`` takes them, have all seven."""
    parts = _parts(text)
    if _DAY_PARTS & parts.keys():
        return text
    if parts["FREQ"] == "YEARLY":
        month = "" if "BYMONTH" in parts else f";BYMONTH={first.month}"
        return f"{text}{month};BYMONTHDAY={first.day}"
    if parts["FREQ"] == "MONTHLY":
        return f"{text};BYMONTHDAY={first.day}"
    if parts["FREQ"] == "WEEKLY":
        return f"{text};BYDAY={_WEEKDAYS[first.weekday()]}"
    return text


def _near(text: str, first: date, low: date) -> rrule:
    """The rule, begun just before ``low`` if it can begin there."""
    if "COUNT" in _parts(text):
        return _counted(text, first)
    return _walk(_explicit(text, first), _anchor(_parts(text), first, low))


def _anchor(parts: dict[str, str], first: date, low: date) -> date:
    """The first day of a period a whole number of intervals after the one of ``first``."""
    step = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] == "YEARLY":
        return date(low.year - (low.year - first.year) % step, 1, 1)
    if parts["FREQ"] == "MONTHLY":
        months = (low.year - first.year) * 12 + low.month - first.month
        month = low.year * 12 + low.month - 1 - months % step
        return date(month // 12, month % 12 + 1, 1)
    # A day inside a week is no beginning of one, so at least one period is gone back.
    length = step * (7 if parts["FREQ"] == "WEEKLY" else 1)
    periods = (low - first).days // length - 1
    return first + timedelta(days=max(periods, 0) * length)


@lru_cache(maxsize=512)
def _counted(text: str, first: date) -> rrule:
    return _walk(text, first, cache=True)


def _walk(text: str, start: date, *, cache: bool = False) -> rrule:
    rule = rrulestr(text, dtstart=_midnight(start), cache=cache)
    if not isinstance(rule, rrule):
        raise RuleError("one rule is needed; write a single FREQ=…")
    return rule


def _ever_happens(text: str, first: date) -> bool:
    """Whether there is a day within the patience and before UNTIL.

    dateutil seeks the next day of a silent rule up to the year 9999. The Gregorian calendar
    repeats every 400 years, so the rule is tried as late as it can be: the search is then short.
    """
    parts = _parts(text)
    until = date.fromisoformat(parts.pop("UNTIL", "99991231"))
    parts.pop("COUNT", None)
    cycles = max(9999 - PATIENCE_YEARS - first.year, 0) // 400 * 400
    start = first.replace(year=first.year + cycles)
    bounded = ";".join(f"{name}={value}" for name, value in parts.items())
    found = next(iter(_walk(_explicit(bounded, start), start)), None)
    if found is None or found.year - start.year > PATIENCE_YEARS:
        return False
    return found.date().replace(year=found.year - cycles) <= until


def _midnight(day: date) -> datetime:
    # dateutil's rules run over datetimes; a floating midnight stands for the day.
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- a day has no zone
