"""Whole feeds as stored files: whoever changes a byte of what people have in their calendars sees
it in the diff. Every instant is that of a first publication made up by the test."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.publishing import feed, real_catalogue

Snapshot = Callable[[str, str | bytes], None]


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_the_feed_of_all_dates(tag: str, snapshot: Snapshot) -> None:
    snapshot(f"feeds/{tag}-calendar.ics", feed(real_catalogue(), f"/{tag}/calendar.ics"))


@pytest.mark.parametrize(
    ("tag", "event"),
    [
        ("tr", "womens-day"),  # a rule
        ("ru", "victory-day"),  # counted
        ("es", "cuba-solidarity-days"),  # monthly
        ("en", "guantanamo-seminar-8"),  # once, with a place
        ("ar", "antiimperialist-week-2020"),  # moved
        ("ru", "cuban-press-day"),  # background only
    ],
)
def test_one_event_of_each_kind(tag: str, event: str, snapshot: Snapshot) -> None:
    body = feed(real_catalogue(), f"/{tag}/events/{event}.ics")

    snapshot(f"feeds/{tag}-{event}.ics", body)
