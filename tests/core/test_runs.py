"""Runs of events: what two catalogues have in common is found without looking at every event."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest

from calendar_app.core import events, identity, precision, rrules, rules
from calendar_app.core.runs import Run, runs_of, told_digest

MANY = {f"day-{number}": told_digest(number) for number in range(3_000)}


def cut(digests: dict[str, bytes]) -> dict[bytes, Run]:
    return {run.digest: run for run in runs_of(digests)}


def with_one_more(digests: dict[str, bytes]) -> dict[str, bytes]:
    before = list(digests.items())
    return dict([*before[:1_000], ("new", told_digest("new")), *before[1_000:]])


def with_one_less(digests: dict[str, bytes]) -> dict[str, bytes]:
    return {id_: digest for id_, digest in digests.items() if id_ != "day-1000"}


def with_one_changed(digests: dict[str, bytes]) -> dict[str, bytes]:
    return {**digests, "day-1000": told_digest("another name")}


def test_runs_hold_all_events_once_in_their_order() -> None:
    runs = list(runs_of(MANY))

    assert [pair for run in runs for pair in run.events.items()] == list(MANY.items())
    assert 6 < len(runs) < 24
    assert list(runs_of({})) == []


@pytest.mark.parametrize("edit", [with_one_more, with_one_less, with_one_changed])
def test_an_edit_of_one_event_leaves_all_runs_but_its_own(edit: object) -> None:
    assert callable(edit)
    before, after = cut(MANY), cut(edit(MANY))

    assert len(after.keys() - before.keys()) == 1
    assert len(before.keys() - after.keys()) == 1


def test_the_same_events_in_another_order_are_other_runs() -> None:
    few = {"a": told_digest("a"), "b": told_digest("b")}

    assert cut(few).keys() != cut(dict(reversed(few.items()))).keys()


@pytest.mark.parametrize("module", [events, identity, precision, rrules, rules])
def test_values_tell_all_that_they_hold(module: object) -> None:
    """A digest is made of what a value says of itself, so a field may not be kept quiet."""
    found = [value for value in vars(module).values() if is_dataclass(value)]

    assert found
    assert all(field.repr for value in found for field in fields(value))
    assert told_digest(events.Text({"en": "a"})) != told_digest(events.Text({"en": "b"}))
