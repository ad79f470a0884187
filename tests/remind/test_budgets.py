"""Budgets and the breaker: what is held back, for how long, and what it costs to remember."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from calendar_app.remind.budgets import MAX_KEYS, MAX_STUMBLES, Breaker, Budget, Quota
from tests.factories import at

NOON = at("2026-11-26T12:00")
MINUTE = timedelta(minutes=1)


def test_a_burst_goes_at_once_and_the_rest_is_spread_evenly() -> None:
    budget = Budget(per_hour=60, burst=3)

    delays = [budget.take("example.org", NOON) - NOON for _ in range(6)]

    assert delays == [0 * MINUTE] * 3 + [1 * MINUTE, 2 * MINUTE, 3 * MINUTE]


def test_each_key_has_its_own_budget() -> None:
    budget = Budget(per_hour=60, burst=1)

    assert budget.take("a.example", NOON) == NOON
    assert budget.take("b.example", NOON) == NOON
    assert budget.take("a.example", NOON) == NOON + MINUTE


def test_taking_what_is_not_free_takes_nothing() -> None:
    budget = Budget(per_hour=60, burst=1)
    budget.take("a.example", NOON)

    assert [budget.take("a.example", NOON) for _ in range(3)] == [
        NOON + number * MINUTE for number in (1, 2, 3)
    ]
    assert budget.take("a.example", NOON + MINUTE) == NOON + MINUTE


def test_nobody_is_told_to_come_again_later_than_an_hour_after_the_first() -> None:
    """As after a clock that ran ahead, or with more than an hour brings through."""
    budget = Budget(per_hour=60, burst=1)
    budget.take("a.example", NOON)

    again_at = [budget.take("a.example", NOON) for _ in range(200)]

    assert max(again_at) == NOON + 61 * MINUTE
    assert max(again_at.count(one) for one in again_at) == 4


@given(
    st.integers(1, 500),
    st.integers(1, 50),
    st.lists(st.integers(0, 600), min_size=1, max_size=200),
)
def test_no_hour_has_more_than_the_burst_and_an_hour_of_the_rate(
    per_hour: int, burst: int, waits: list[int]
) -> None:
    budget, now = Budget(per_hour, burst), NOON
    allowed = []
    for seconds in waits:
        now += timedelta(seconds=seconds)
        if budget.take("a.example", now) == now:
            allowed.append(now)

    for first in allowed:
        within = [instant for instant in allowed if first <= instant < first + 60 * MINUTE]
        assert len(within) <= burst + per_hour


def test_what_holds_nothing_back_is_forgotten() -> None:
    budget = Budget(per_hour=3600, burst=1)
    for number in range(MAX_KEYS):
        budget.take(str(number), NOON)
    budget.take("held", NOON + MINUTE)
    budget.take("last", NOON + MINUTE)

    assert budget.take("last", NOON + MINUTE) > NOON + MINUTE
    assert len(budget._used_until) == 2


@given(
    st.integers(1, 4),
    st.integers(1, 20),
    st.lists(st.tuples(st.integers(0, 10), st.integers(0, 30)), min_size=1, max_size=30),
)
def test_a_quota_gives_the_first_instant_that_leaves_no_window_too_full(
    most: int, minutes: int, asked: list[tuple[int, int]]
) -> None:
    """Also where others wait already for later instants."""
    span, now, granted = minutes * MINUTE, NOON, list[datetime]()
    quota = Quota(most, span)

    def fits(at: datetime) -> bool:
        every = sorted([*granted, at])
        return all(end - first >= span for first, end in zip(every, every[most:], strict=False))

    for waited, ahead in asked:
        now += waited * MINUTE
        earliest = now + ahead * MINUTE
        free_at = quota.free_at("a.example", earliest)
        quota.grant("a.example", free_at, now)
        candidates = [earliest, *(one + span for one in granted)]
        assert free_at == min(at for at in candidates if at >= earliest and fits(at))
        granted.append(free_at)


def test_a_quota_forgets_what_holds_nothing_back() -> None:
    quota = Quota(1, MINUTE)
    for number in range(MAX_KEYS):
        quota.grant(str(number), NOON, NOON)
    quota.grant("held", NOON + MINUTE, NOON)
    quota.grant("last", NOON + MINUTE, NOON + MINUTE)

    assert quota.free_at("held", NOON + MINUTE) == NOON + 2 * MINUTE
    assert sorted(quota._granted) == ["held", "last"]
    quota.grant("held", NOON + 2 * MINUTE, NOON + 2 * MINUTE)
    assert quota._granted["held"] == [NOON + 2 * MINUTE]


def test_a_breaker_opens_for_longer_each_time_and_closes_at_the_first_answer() -> None:
    breaker, now, pauses = Breaker(), NOON, []
    for _ in range(8):
        until = breaker.fail(now)
        assert breaker.is_open(now)
        assert not breaker.is_open(until)
        pauses.append((until - now).total_seconds())
        now = until

    assert pauses == [15, 30, 60, 120, 240, 480, 900, 900]
    assert breaker.failing_since == NOON

    breaker.succeed()
    assert (breaker.is_open(now), breaker.failing_since) == (False, None)
    assert breaker.fail(now) == now + timedelta(seconds=15)


def test_threads_that_fail_together_count_once() -> None:
    breaker = Breaker()

    assert {breaker.fail(NOON) for _ in range(4)} == {NOON + timedelta(seconds=15)}


def test_a_clock_put_back_does_not_keep_the_breaker_open() -> None:
    breaker = Breaker()
    breaker.fail(NOON)

    assert not breaker.is_open(NOON - timedelta(hours=1))


def test_a_server_that_breaks_off_at_a_few_people_is_not_left_alone_for_them() -> None:
    """However often it does so; and for a moment only where it does so at many in a row."""
    breaker, few = Breaker(), [str(number) for number in range(MAX_STUMBLES - 1)]
    for person in few * 20:
        breaker.stumble(person, NOON)
    assert not breaker.is_open(NOON)
    breaker.succeed()
    breaker.stumble("another", NOON)
    assert (breaker.is_open(NOON), breaker.failing_since) == (False, None)

    pauses, now = [], NOON
    for _ in range(3):
        for person in few + ["another"]:
            breaker.stumble(person, now)
        assert breaker.is_open(now)
        assert breaker.open_until is not None
        pauses.append((breaker.open_until - now).total_seconds())
        now = breaker.open_until
    assert pauses == [15, 15, 15]
    assert breaker.failing_since == NOON
