"""The schedule of an event as plain data, as revisions remember it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calendar_app.core.events import EMPTY, Change, ChangedBy, ChangeKind, Event, Status
from calendar_app.core.precision import PartialDate, parse_day
from calendar_app.core.rrules import read_rrule
from calendar_app.core.rules import On, Rule, parse_monthly, parse_yearly


def schedule(event: Event) -> dict[str, Any]:
    """All that decides on which days an event falls and whether it stands."""
    found: dict[str, Any] = dict(event.rule.spec())
    if event.begins_on:
        found["since"] = event.begins_on.isoformat()
    if event.until:
        found["until"] = event.until.isoformat()
    if event.except_on:
        found["except"] = sorted(day.isoformat() for day in event.except_on)
    if event.status is not Status.SCHEDULED:
        found["status"] = event.status.value
    if event.changes:
        found["changes"] = [_change(change) for change in event.changes]
    return found


def scheduled_event(id_: str, schedule: Mapping[str, Any]) -> Event:
    """An event of which only the dates are known; raises ValueError or KeyError."""
    changes = (
        Change(
            occurrence=parse_day(change["occurrence"]),
            kind=ChangeKind(change["kind"]),
            by=ChangedBy(change["by"]),
            to=PartialDate.parse(change["to"]) if "to" in change else None,
        )
        for change in schedule.get("changes", ())
    )
    return Event(
        id_,
        rule_of(schedule),
        EMPTY,
        since=parse_day(schedule["since"]) if "since" in schedule else None,
        until=parse_day(schedule["until"]) if "until" in schedule else None,
        except_on=frozenset(map(parse_day, schedule.get("except", ()))),
        changes=tuple(changes),
        status=Status(schedule.get("status", Status.SCHEDULED)),
    )


def rule_of(schedule: Mapping[str, Any]) -> Rule:
    if "on" in schedule:
        return On(PartialDate.parse(schedule["on"]))
    if "yearly" in schedule:
        return parse_yearly(schedule["yearly"])
    if "monthly" in schedule:
        return parse_monthly(schedule["monthly"])
    return read_rrule(schedule["rrule"], parse_day(schedule["starts"]), int(schedule["days"]))


def _change(change: Change) -> dict[str, str]:
    found = {
        "occurrence": change.occurrence.isoformat(),
        "kind": change.kind.value,
        "by": change.by.value,
    }
    return found | {"to": str(change.to)} if change.to else found
