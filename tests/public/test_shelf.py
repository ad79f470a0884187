"""What is kept of resources that a query chose: bounded in number and in bytes."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from calendar_app.public.resources import Lifetime, Resource, finish
from calendar_app.public.shelf import MAX_ENTRIES, Shelf
from tests.publishing import edition, real_catalogue

AT = datetime(2026, 11, 23, tzinfo=UTC)


def resource(size: int) -> Resource:
    return finish(b"a" * size, "image/png", Lifetime.PAGE, AT)


def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    shelf = Shelf(max_entries=2)
    for query in ("a", "b"):
        shelf.put(("/", query), resource(1))
    shelf.get(("/", "a"))
    shelf.put(("/", "c"), resource(1))

    assert [shelf.get(("/", query)) is not None for query in "abc"] == [True, False, True]


def test_what_is_larger_than_the_shelf_is_not_kept() -> None:
    shelf = Shelf(max_bytes=10)
    shelf.put(("/", "a"), resource(10))
    shelf.put(("/", "b"), resource(11))

    assert shelf.get(("/", "a")) is not None
    assert shelf.get(("/", "b")) is None


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 60))))
def test_it_never_holds_more_than_its_bounds(puts: list[tuple[str, int]]) -> None:
    shelf = Shelf(max_entries=3, max_bytes=100)
    for query, size in puts:
        shelf.put(("/", query), resource(size))

    kept = [found for query in "abcdefgh" if (found := shelf.get(("/", query)))]
    assert len(shelf) == len(kept) <= 3
    assert sum(found.size for found in kept) <= 100
    if puts:
        assert shelf.get(("/", puts[-1][0])) is not None


def test_one_choice_is_one_resource_however_it_is_written() -> None:
    found = edition(real_catalogue())
    canonical = found.get("/en/calendar.ics", "topics=cuba,peace")

    for query in (
        "topics=peace,cuba",
        "topics=cuba%2Cpeace",
        "utm_source=x&topics=peace,cuba,cuba",
    ):
        assert found.get("/en/calendar.ics", query) is canonical
        assert found.finished("/en/calendar.ics", query) is None
    assert found.finished("/en/calendar.ics", "topics=cuba,peace") is canonical
    assert (
        "Link",
        '</en/calendar.ics?topics=cuba,peace>; rel="canonical"',
    ) in canonical.plain.headers
    assert b"SOURCE;VALUE=URI:https://calendar.example/en/calendar.ics?topics=cuba,pe" in (
        canonical.plain.body
    )


def test_trackers_lead_to_the_resource_without_a_query() -> None:
    found = edition(real_catalogue())

    assert found.get("/ar/calendar.ics", "utm_source=x") is found.get("/ar/calendar.ics")


def test_a_redirect_to_the_page_keeps_what_was_chosen() -> None:
    found = edition(real_catalogue()).get("/en", "topics=peace&topics=cuba&utm_source=x")

    assert found.status == 308
    assert ("Location", "/en/?topics=cuba,peace") in found.plain.headers


def test_what_is_kept_is_bounded_however_much_is_asked_for() -> None:
    found = edition(real_catalogue())
    moments = [f"{hour:02}:{minute:02}" for hour in range(10) for minute in range(60)]
    for moment in moments:
        assert found.get("/en/events/may-day.ics", f"alarm=-1d@{moment}").status == 200

    assert len(moments) > MAX_ENTRIES
    assert len(found._chosen) == MAX_ENTRIES
    assert found.finished("/en/events/may-day.ics", f"alarm=-1d@{moments[0]}") is None
    assert found.finished("/en/events/may-day.ics", f"alarm=-1d@{moments[-1]}") is not None
