"""Choices have one text each, and that text is safe in an address."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.core.choices import (
    LEADS,
    MAX_TEXT,
    Choices,
    ChoicesError,
    Digest,
    from_text,
    to_text,
)
from calendar_app.core.zones import zone_names

ZONES = sorted(zone_names())
TOPICS = st.from_regex("[a-z0-9-]{1,12}", fullmatch=True)
LEAD_SETS = st.sets(st.sampled_from(LEADS), min_size=1).map(tuple)


@st.composite
def some_choices(draw: st.DrawFn) -> Choices:
    digest = draw(st.sampled_from(Digest))
    return Choices(
        draw(st.sampled_from(["en", "es", "ru", "tr", "ar"])),
        tuple(draw(st.lists(TOPICS, max_size=12))),
        draw(LEAD_SETS) if digest is Digest.NONE else (),
        digest,
        draw(st.sampled_from(ZONES)),
        draw(st.integers(0, 23)),
        draw(st.booleans()),
        draw(st.booleans()),
    )


@given(some_choices())
def test_choices_come_back_from_their_text(choices: Choices) -> None:
    assert from_text(to_text(choices)) == choices


@given(some_choices())
def test_the_text_is_one_segment_of_a_path_as_it_is(choices: Choices) -> None:
    text = to_text(choices)

    assert quote(text, safe="+") == text
    assert text[-1].isalnum()
    assert len(text) <= MAX_TEXT


@given(some_choices().map(to_text), st.integers(0, 700), st.sampled_from([*"._~+-,/%0aA7é\n", ""]))
def test_no_other_text_means_the_same(text: str, place: int, other: str) -> None:
    changed = text[:place] + other + text[place + 1 :]
    try:
        found = from_text(changed)
    except ChoicesError:
        return
    assert to_text(found) == changed


@given(st.text(max_size=80))
def test_any_text_may_be_asked_for(text: str) -> None:
    with pytest.raises(ChoicesError):
        from_text(text)


@pytest.mark.parametrize(
    ("choices", "text"),
    [
        (Choices("en"), "en..7_1.UTC.9"),
        (
            Choices("ru", ("peace", "cuba", "cuba"), (0, 30), zone="Europe/Moscow", hour=0),
            "ru.cuba_peace.30_0.Europe~Moscow.0",
        ),
        (
            Choices("ar", leads=(), digest=Digest.WEEKLY, zone="Asia/Beirut", discreet=True),
            "ar..weekly.Asia~Beirut.9d",
        ),
        (Choices("tr", every_lead=True), "tr..7_1.UTC.9e"),
        (Choices("tr", leads=(7,), every_lead=True), "tr..7.UTC.9"),
        (Choices("en", zone="Etc/GMT+5", hour=23), "en..7_1.Etc~GMT+5.23"),
    ],
)
def test_these_are_the_texts(choices: Choices, text: str) -> None:
    assert to_text(choices) == text
    assert from_text(text) == choices


@pytest.mark.parametrize(
    "text",
    ["", "en..7_1.UTC", "en..7_1.UTC.24", "en..7_1.UTC.09", "en..7_1.Nowhere.9", "en..1_7.UTC.9"]
    + ["en..7_7.UTC.9", "en..2.UTC.9", "en..none.UTC.9", "en..daily.UTC.9", "en...UTC.9"]
    + ["en.peace_cuba.7.UTC.9", "en.a__b.7.UTC.9", "en._a.7.UTC.9", "EN..7.UTC.9", "e..7.UTC.9"]
    + ["en..7.UTC.9de", "en..weekly.UTC.9e", "en..7.UTC.9e", "en..7.Factory.9", "en..7.UTC.9\n"]
    + ["en.cuba_cuba.7.UTC.9", "en.Cuba.7.UTC.9", "en..7.UTC.٩", "en..7.Europe/Moscow.9"]
    + ["en." + "_".join(f"topic-{n}" for n in range(100)) + ".7.UTC.9"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ChoicesError):
        from_text(text)


@pytest.mark.parametrize(
    "fields",
    [
        {"leads": ()},
        {"digest": Digest.MONTHLY},
        {"leads": (2,)},
        {"zone": "Europe/Nowhere"},
        {"zone": "posixrules"},
        {"hour": 24},
        {"hour": -1},
        {"topics": ("a b",)},
        {"topics": ("x" * 65,)},
        {"topics": tuple(f"{n:064}" for n in range(10))},
        {"language": "../x"},
    ],
)
def test_choices_that_cannot_be_are_not_made(fields: dict[str, Any]) -> None:
    with pytest.raises(ChoicesError):
        Choices(**{"language": "en", **fields})


def test_no_error_repeats_what_was_given() -> None:
    with pytest.raises(ChoicesError) as error:
        from_text("en..7_1.canary-in-a-zone.9")

    assert "canary" not in str(error.value)


def test_of_a_series_the_longest_lead_is_told_unless_each_is_wanted() -> None:
    assert Choices("en", leads=(0, 7, 1)).series_leads == (7,)
    assert Choices("en", leads=(0, 7, 1), every_lead=True).series_leads == (7, 1, 0)


def test_no_topic_is_every_topic() -> None:
    assert Choices("en").wants(["peace"])
    assert Choices("en", ("cuba", "peace")).wants(["peace", "labour"])
    assert not Choices("en", ("cuba",)).wants(["peace"])
    assert not Choices("en", ("cuba",)).wants([])
