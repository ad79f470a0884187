"""What was typed into the forms, and what it comes to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from calendar_app.core.choices import LEADS, Choices, Digest
from calendar_app.web.fields import (
    MAX_TYPED,
    Fields,
    address_error,
    address_errors,
    fields_of,
    read_choices,
    typed,
)

TOPICS = frozenset({"cuba", "peace", "women"})
FILLED = Fields("en", TOPICS, address="name@example.org", has_consent=True)


def test_the_short_form_comes_to_the_defaults() -> None:
    assert read_choices(FILLED, TOPICS) == (Choices("en"), {})


def test_some_topics_are_some_and_all_are_all() -> None:
    some, _ = read_choices(replace(FILLED, topics=frozenset({"cuba"})), TOPICS)
    every, _ = read_choices(FILLED, TOPICS)

    assert some is not None
    assert every is not None
    assert (some.topics, every.topics) == (("cuba",), ())


def test_more_topics_than_there_is_room_for_are_refused_and_all_are_not() -> None:
    offered = frozenset(f"{number:0>60}" for number in range(14))
    most = replace(FILLED, topics=offered - {max(offered)})

    assert read_choices(most, offered) == (None, {"topics": "error_topics_many"})
    assert read_choices(replace(most, topics=offered), offered) == (Choices("en"), {})
    few, errors = read_choices(replace(most, topics=frozenset(sorted(offered)[:9])), offered)
    assert (few and len(few.topics), errors) == (9, {})


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"topics": frozenset()}, {"topics": "error_topics"}),
        ({"times": "daily"}, {"times": "error_leads"}),
        ({"leads": frozenset()}, {"times": "error_leads"}),
        ({"times": "weekly", "leads": frozenset()}, {}),
        ({"hour": "24"}, {"hour": "error_choice"}),
        ({"hour": "٩"}, {"hour": "error_choice"}),
        ({"hour": "09"}, {"hour": "error_choice"}),
        ({"zone": "Europe/Nowhere"}, {"zone": "error_choice"}),
        ({"zone": "../etc/passwd"}, {"zone": "error_choice"}),
        ({"language": "xx"}, {"language": "error_choice"}),
        (
            {"topics": frozenset(), "hour": "", "zone": "", "language": ""},
            {
                "topics": "error_topics",
                "hour": "error_choice",
                "zone": "error_choice",
                "language": "error_choice",
            },
        ),
    ],
)
def test_each_field_has_its_own_error(change: dict[str, object], errors: dict[str, str]) -> None:
    choices, found = read_choices(replace(FILLED, **change), TOPICS)

    assert found == errors
    assert (choices is None) is bool(errors)


@pytest.mark.parametrize(
    "address",
    [
        "name@example.org",
        "a+b@example.org",
        "O'Neil@example.org",
        "n@bücher.example",
        "n@пример.рф",
    ],
)
def test_an_address_that_mail_can_be_sent_to_is_taken(address: str) -> None:
    assert address_error(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "",
        "name",
        "name@",
        "@example.org",
        "name@example",
        "a@b@example.org",
        "name@example.org\r\nBcc: other@example.org",
        "name@example.org\x00",
        "name@example.org\u202e",
        "=?utf-8?q?a=0D=0ABcc=3A_evil=40x=2Eorg?=@example.org ",
        "=?utf-8?q?name?=@example.org",
        "Name <name@example.org>",
        "name@[127.0.0.1]",
        "n" * 65 + "@example.org",
        "name@" + "a" * 250 + ".org",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert address_error(address) == "error_mail_address"


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("имя@example.org", "error_address_ascii"),
        ("josé@bücher.example", "error_address_ascii"),
        ("ali@İSTANBUL.example", "error_address_dotted"),
        # As browsers send what was typed into a field for an address.
        ("ali@xn--istanbul-o0e.example", "error_address_dotted"),
        ("ali@ISTANBUL.example", ""),
        ("ali@ıstanbul.example", ""),
    ],
)
def test_letters_that_do_not_get_through_are_told_from_slips(address: str, error: str) -> None:
    assert address_error(address) == error


def test_consent_is_asked_for_by_itself() -> None:
    assert address_errors(FILLED) == {}
    assert address_errors(replace(FILLED, has_consent=False)) == {"consent": "error_consent"}
    assert address_errors(replace(FILLED, address="x")) == {"address": "error_mail_address"}


def test_what_was_typed_is_kept_as_it_was() -> None:
    form = MultiDict(
        [
            ("address", " not an address "),
            ("topics", "cuba"),
            ("topics", "peace"),
            ("topics", "no-such"),
            ("leads", "14"),
            ("leads", "8"),
            ("times", "each"),
            ("hour", "7"),
            ("zone", "Asia/Gaza"),
            ("language", "ar"),
            ("discreet", "1"),
        ]
    )

    assert typed(form, TOPICS) == Fields(
        "ar",
        frozenset({"cuba", "peace"}),
        address="not an address",
        leads=frozenset({"14"}),
        hour="7",
        zone="Asia/Gaza",
        is_discreet=True,
    )


def test_what_is_longer_than_any_answer_is_cut() -> None:
    form = MultiDict([(name, "x" * 5000) for name in ("address", "times", "hour", "language")])

    fields = typed(form, TOPICS)

    assert {len(fields.address), len(fields.times), len(fields.hour)} == {MAX_TYPED}


@pytest.mark.property
@given(
    st.builds(
        Choices,
        language=st.sampled_from(["en", "ar"]),
        topics=st.sets(st.sampled_from(sorted(TOPICS)), max_size=2).map(tuple),
        leads=st.sets(st.sampled_from(LEADS), min_size=1).map(tuple),
        zone=st.sampled_from(["UTC", "America/Havana", "Asia/Kathmandu", "US/Eastern"]),
        hour=st.integers(0, 23),
        every_lead=st.booleans(),
        discreet=st.booleans(),
    )
)
def test_a_form_filled_in_with_choices_comes_to_the_same_choices(choices: Choices) -> None:
    assert read_choices(fields_of(choices, TOPICS), TOPICS) == (choices, {})


@pytest.mark.parametrize("digest", [Digest.WEEKLY, Digest.MONTHLY])
def test_so_does_one_with_a_digest(digest: Digest) -> None:
    choices = Choices("en", leads=(), digest=digest)

    assert read_choices(fields_of(choices, TOPICS), TOPICS) == (choices, {})
