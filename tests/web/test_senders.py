"""Who sends a form: from where, and how often."""

from __future__ import annotations

import pytest

from calendar_app.web.senders import PER_HOUR, SITE_PER_HOUR, Senders

HOSTS = {"calendar.example", "calendar.example:443"}


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
        ({"HTTP_ORIGIN": ""}, False),
    ],
)
def test_a_form_comes_from_a_page_of_this_site(headers: dict[str, str], is_own: bool) -> None:
    assert Senders(HOSTS, 0).is_own_page(headers) is is_own


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
    senders = Senders(HOSTS, proxies)

    answers = [senders.may_ask(environ) for _ in range(PER_HOUR.amount + 2)]

    assert answers == [True] * PER_HOUR.amount + [False] * 2
    assert senders.may_ask(other)


def test_one_customer_has_one_network() -> None:
    senders = Senders(HOSTS, 0)

    answers = [
        senders.may_ask({"REMOTE_ADDR": f"2001:db8::{number:x}"})
        for number in range(PER_HOUR.amount + 1)
    ]

    assert answers[-1] is False


def test_who_takes_the_networks_of_a_site_in_turn_is_held_up_too() -> None:
    senders = Senders(HOSTS, 0)

    def answers(site: str, times: int) -> list[bool]:
        hosts = [f"2001:db8:{site}:{number:x}::1" for number in range(times)]
        return [senders.may_ask({"REMOTE_ADDR": host}) for host in hosts]

    most = SITE_PER_HOUR.amount
    assert answers("1", most + 2) == [True] * most + [False] * 2
    assert answers("2", 1) == [True]
    assert senders.may_ask({"REMOTE_ADDR": "::ffff:192.0.2.1"})


@pytest.mark.parametrize(
    ("proxies", "environ"),
    [
        (0, {"REMOTE_ADDR": "127.0.0.1"}),  # Tor, or a proxy that the operator did not name
        (0, {"REMOTE_ADDR": "::1"}),
        (0, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}),
        (0, {}),
        (1, {"REMOTE_ADDR": "127.0.0.1"}),  # a proxy that adds nothing
        (1, {"HTTP_X_FORWARDED_FOR": "unknown"}),
        (2, {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}),
    ],
)
def test_who_has_no_network_of_their_own_is_not_locked_out_by_others(
    proxies: int, environ: dict[str, str]
) -> None:
    senders = Senders(HOSTS, proxies)

    assert all(senders.may_ask(environ) for _ in range(100))


def test_what_the_client_writes_itself_counts_for_nothing() -> None:
    senders = Senders(HOSTS, 1)

    answers = [
        senders.may_ask({"HTTP_X_FORWARDED_FOR": f"198.51.100.{number}, 192.0.2.1"})
        for number in range(PER_HOUR.amount + 1)
    ]

    assert answers[-1] is False


def test_no_network_address_is_kept() -> None:
    senders = Senders(HOSTS, 0)

    senders.may_ask({"REMOTE_ADDR": "192.0.2.77"})

    assert "192.0.2.77" not in repr(vars(senders._counts))
    assert len(senders._counts.events) == 2


def test_no_more_networks_are_remembered_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("calendar_app.web.senders.MOST_COUNTS", 20)
    senders = Senders(HOSTS, 0)
    kept = 0
    for number in range(200):
        assert senders.may_ask({"REMOTE_ADDR": f"192.0.2.{number}"})
        kept = max(kept, len(senders._counts.events))

    assert 2 < kept <= 20
