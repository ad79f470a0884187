"""Who sends a form: from where, and how often."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.web.senders import PER_HOUR, SITE_PER_HOUR, Counts, Limit, Senders

HOSTS = {"calendar.example", "calendar.example:443"}
HOUR = 3600.0


def senders_behind(proxies: int) -> Senders:
    """At an instant that does not pass."""
    return Senders(HOSTS, proxies, lambda: 1000.0)


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ({}, True),  # a program, or a browser that sends neither
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, True),
        ({"HTTP_SEC_FETCH_SITE": "none"}, True),
        ({"HTTP_SEC_FETCH_SITE": "same-site"}, False),
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, False),
        ({"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://calendar.example"}, False),
        ({"HTTP_ORIGIN": "https://calendar.example"}, True),
        ({"HTTP_ORIGIN": "https://Calendar.Example"}, True),
        ({"HTTP_ORIGIN": "https://other.example"}, False),
        ({"HTTP_ORIGIN": "https://calendar.example.evil.example"}, False),
        ({"HTTP_ORIGIN": "null"}, False),
        ({"HTTP_ORIGIN": "http://[x"}, False),
        ({"HTTP_ORIGIN": ""}, False),
    ],
)
def test_a_form_comes_from_a_page_of_this_site(headers: dict[str, str], is_own: bool) -> None:
    assert senders_behind(0).is_own_page(headers) is is_own


@pytest.mark.parametrize(
    ("proxies", "environ", "other"),
    [
        (0, {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}),
        (0, {"REMOTE_ADDR": "2001:db8::1"}, {"REMOTE_ADDR": "2001:db8:0:1::1"}),
        (
            1,
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.9, 192.0.2.1"},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.1, 192.0.2.2"},
        ),
        (
            2,
            {"HTTP_X_FORWARDED_FOR": "192.0.2.1, 10.0.0.1"},
            {"HTTP_X_FORWARDED_FOR": "192.0.2.2, 10.0.0.1"},
        ),
    ],
)
def test_a_network_may_ask_a_few_times_an_hour(
    proxies: int, environ: dict[str, str], other: dict[str, str]
) -> None:
    senders = senders_behind(proxies)

    answers = [senders.may_ask(environ) for _ in range(PER_HOUR.amount + 2)]

    assert answers == [True] * PER_HOUR.amount + [False] * 2
    assert senders.may_ask(other)


def test_one_customer_has_one_network() -> None:
    senders = senders_behind(0)

    answers = [
        senders.may_ask({"REMOTE_ADDR": f"2001:db8::{number:x}"})
        for number in range(PER_HOUR.amount + 1)
    ]

    assert answers[-1] is False


def test_who_takes_the_networks_of_a_site_in_turn_is_held_up_too() -> None:
    senders = senders_behind(0)

    def answers(site: str, times: int) -> list[bool]:
        hosts = [f"2001:db8:{site}:{number:x}::1" for number in range(times)]
        return [senders.may_ask({"REMOTE_ADDR": host}) for host in hosts]

    most = SITE_PER_HOUR.amount
    assert answers("1", most + 2) == [True] * most + [False] * 2
    assert answers("2", 1) == [True]
    assert senders.may_ask({"REMOTE_ADDR": "::ffff:192.0.2.1"})


def test_who_is_refused_does_not_lock_out_the_neighbours_of_the_site() -> None:
    senders = senders_behind(0)
    for _ in range(SITE_PER_HOUR.amount + 1):
        senders.may_ask({"REMOTE_ADDR": "2001:db8:1:1::1"})

    assert senders.may_ask({"REMOTE_ADDR": "2001:db8:1:2::1"})


@pytest.mark.parametrize(
    ("proxies", "environ"),
    [
        (0, {"REMOTE_ADDR": "127.0.0.1"}),  # Tor, or a proxy that the operator did not name
        (0, {"REMOTE_ADDR": "::1"}),
        (0, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}),
        (0, {}),
        (1, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}),  # Tor, which leads to our proxy
    ],
)
def test_who_has_no_network_of_their_own_is_not_locked_out_by_others(
    proxies: int, environ: dict[str, str]
) -> None:
    senders = senders_behind(proxies)

    assert all(senders.may_ask(environ) for _ in range(100))


def test_what_the_client_writes_itself_counts_for_nothing() -> None:
    senders = senders_behind(1)

    answers = [
        senders.may_ask({"HTTP_X_FORWARDED_FOR": f"198.51.100.{number}, 192.0.2.1"})
        for number in range(PER_HOUR.amount + 1)
    ]

    assert answers[-1] is False


def test_no_network_address_is_kept() -> None:
    senders = senders_behind(0)

    senders.may_ask({"REMOTE_ADDR": "192.0.2.77"})

    assert "192.0.2.77" not in repr(vars(senders._counts))
    assert len(senders._counts) == 2


def test_no_more_networks_are_remembered_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("calendar_app.web.senders.MOST_COUNTS", 20)
    senders = senders_behind(0)
    kept = 0
    for number in range(200):
        assert senders.may_ask({"REMOTE_ADDR": f"192.0.2.{number}"})
        kept = max(kept, len(senders._counts))

    assert 2 < kept <= 20


def test_an_hour_later_a_household_may_ask_again_and_so_for_a_day() -> None:
    now = 0.0
    senders = Senders(HOSTS, 0, lambda: now)
    allowed = []
    for now in [0, HOUR - 1, *(hour * HOUR for hour in range(1, 30))]:  # noqa: B007 - the clock
        allowed.append(
            sum(senders.may_ask({"REMOTE_ADDR": "192.0.2.1"}) for _ in range(PER_HOUR.amount))
        )

    # What is refused for the hour counts for the day: who goes on trying is no household.
    assert allowed[:6] == [5, 0, 5, 5, 0, 0]
    assert allowed[24:] == [0, 5, 5, 5, 5, 0, 0]


@given(
    st.integers(1, 5),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40)), max_size=60),
)
def test_no_span_has_more_than_the_limit_and_none_is_refused_for_less(
    amount: int, asked: list[tuple[str, int]]
) -> None:
    now = 0.0
    counts, limit = Counts(lambda: now), Limit(amount, 60)
    taken: list[tuple[str, float]] = []
    for key, seconds in asked:
        now += seconds
        within = [one for one in taken if one[0] == key and now - one[1] < limit.seconds]
        assert counts.take(key, limit) is (len(within) < amount)
        if len(within) < amount:
            taken.append((key, now))


@pytest.mark.parametrize(
    ("proxies", "environ"),
    [
        (1, {"REMOTE_ADDR": "127.0.0.1"}),
        (1, {"HTTP_X_FORWARDED_FOR": "unknown"}),
        (2, {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}),
    ],
)
def test_whom_no_proxy_of_ours_named_shares_a_network_with_all_such(
    proxies: int, environ: dict[str, str]
) -> None:
    senders = senders_behind(proxies)
    assert all(senders.may_ask({"REMOTE_ADDR": "127.0.0.1"}) for _ in range(PER_HOUR.amount))

    assert not senders.may_ask(environ)
