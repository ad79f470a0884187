"""What a query may choose: strict, bounded, canonical, or a sentence that says what is allowed."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.core.events import Text, Topic
from calendar_app.feeds.alarms import MAX_DAYS, Alarm
from calendar_app.public.selection import (
    EVERYTHING,
    MAX_ALARMS,
    MAX_COUNT,
    MAX_QUERY,
    OPTIONS,
    BadParameter,
    Cancelled,
    Selection,
    Theme,
    read_selection,
)
from calendar_app.words.languages import LANGUAGES
from tests import factories
from tests.publishing import made_up, real_catalogue

ALL = tuple(OPTIONS)
TOPICS = {id_: Topic(id_, Text({"en": id_}), id_ == "old") for id_ in ("b", "a", "old", "c-1")}
CATALOGUE = made_up(topics=TOPICS)
ALARMS = st.builds(Alarm, st.integers(-MAX_DAYS, 0), st.integers(0, 23), st.integers(0, 59))
SELECTIONS = st.builds(
    Selection,
    st.sets(st.sampled_from(["a", "b", "c-1"])).map(sorted).map(tuple),
    st.sets(ALARMS, max_size=MAX_ALARMS).map(sorted).map(tuple),
    st.sampled_from(Cancelled),
    st.sets(st.sampled_from(list(LANGUAGES))).map(
        lambda chosen: tuple(tag for tag in LANGUAGES if tag in chosen)
    ),
    st.integers(0, MAX_COUNT),
    st.sampled_from(Theme),
)


def read(query: str, options: tuple[str, ...] = ALL, *, is_form: bool = False) -> Selection:
    return read_selection(query, options, CATALOGUE, is_form=is_form)


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("&", ""),
        ("topics=b,a", "topics=a,b"),
        ("topics=b,a,b", "topics=a,b"),
        ("topics=a%2Cb", "topics=a,b"),
        ("topics=b,old", "topics=b"),
        ("topics=old", "topics=old"),
        ("cancelled=hide&topics=a", "topics=a&cancelled=hide"),
        ("cancelled=mark", ""),
        ("theme=auto", ""),
        ("count=5", "count=5"),
        ("languages=ar,en", "languages=en,ar"),
        ("alarm=-1d@18:00,-7d@09:00", "alarm=-7d@09:00,-1d@18:00"),
        ("alarm=0d@09:00,-1d@09:00,0d@07:30", "alarm=-1d@09:00,0d@07:30,0d@09:00"),
        ("alarm=-1d%4018%3A00", "alarm=-1d@18:00"),
        ("alarm=-1d@18:00,-1d@18:00", "alarm=-1d@18:00"),
        ("utm_source=a&fbclid=b", ""),
        ("utm_source=a&utm_source=b&topics=a", "topics=a"),
    ],
)
def test_a_query_has_one_canonical_text(query: str, canonical: str) -> None:
    assert read(query).query == canonical


@pytest.mark.parametrize(
    "query",
    [
        "x",
        "Topics=a",
        "UTM_source=a",
        "topics",
        "topics=",
        "topics=d",
        "topics=A",
        "topics=a,",
        "topics=a;b",
        "topics=a+b",
        "topics=a&topics=b",
        "topics=%D0%B0",
        "topics=a%00",
        "topics=\udc80",
        "cancelled=",
        "cancelled=Hide",
        "count=0",
        "count=-1",
        "count=05",
        "count=1_0",
        "count=٣",
        "count=²",
        f"count={MAX_COUNT + 1}",
        "count=9999999999999999999999",
        "languages=de",
        "languages=en,,ar",
        "theme=blue",
        "alarm=",
        "alarm=-7d",
        "alarm=7d@09:00",
        "alarm=-0d@09:00",
        "alarm=-07d@09:00",
        "alarm=-1d@24:00",
        "alarm=-1d@9:00",
        "alarm=-1d@09:60",
        "alarm=-1d@09:00\n",
        "alarm=-١d@09:00",
        f"alarm=-{MAX_DAYS + 1}d@09:00",
        "alarm=-1d@01:00,-1d@02:00,-1d@03:00,-1d@04:00",
        "&".join(f"utm_{n}=" for n in range(40)),
        f"utm_source={'a' * MAX_QUERY}",
    ],
)
def test_anything_else_is_refused(query: str) -> None:
    with pytest.raises(BadParameter):
        read(query)


def test_a_form_may_repeat_a_parameter_and_leave_one_empty() -> None:
    assert read("topics=b&topics=a&cancelled=", is_form=True).query == "topics=a,b"
    with pytest.raises(BadParameter):
        read("cancelled=mark&cancelled=hide", is_form=True)


def test_an_option_is_allowed_only_where_it_is_named() -> None:
    assert read("topics=a", ("topics",)) == Selection(("a",))
    with pytest.raises(BadParameter) as refused:
        read("alarm=-1d@09:00", ("topics", "cancelled"))
    assert refused.value.options == ("topics", "cancelled")


@given(SELECTIONS)
def test_the_canonical_text_means_the_same_selection(selection: Selection) -> None:
    assert read(selection.query) == selection
    assert read(selection.query).query == selection.query
    # A browser may write any character in hexadecimal.
    quoted = "&".join(
        f"{name}={quote(value, safe='')}"
        for name, _, value in (part.partition("=") for part in selection.query.split("&") if part)
    )
    assert read(quoted) == selection


@given(SELECTIONS)
def test_order_repetition_and_trackers_do_not_matter(selection: Selection) -> None:
    mixed = [("utm_medium", "mail")]
    for name, _, value in (part.partition("=") for part in selection.query.split("&") if part):
        is_list = name in ("topics", "alarm", "languages")
        several = ",".join(reversed(value.split(",") * 2))
        mixed.insert(0, (name, several if is_list else value))

    assert read(urlencode(mixed)) == selection


@given(st.text(max_size=60) | st.text("topicsalrm=&,-d@:0129%+;_", max_size=60))
def test_any_text_is_a_selection_or_refused(query: str) -> None:
    for is_form in (False, True):
        try:
            found = read(query, is_form=is_form)
        except BadParameter:
            continue
        assert re.fullmatch(r"[a-z0-9=,&@:-]*", found.query)


def test_retired_topics_alone_choose_no_event() -> None:
    events = [factories.event("one", topics=("a",)), factories.event("none", topics=())]

    assert [read("topics=old").includes(event) for event in events] == [False, False]
    assert [read("topics=a").includes(event) for event in events] == [True, False]
    assert [EVERYTHING.includes(event) for event in events] == [True, True]


def test_every_combination_of_the_real_topics_fits_in_an_address() -> None:
    """Google takes 255 characters at most; this leaves the site a base address of fifty."""
    topics = [id_ for id_, topic in real_catalogue().topics.items() if not topic.is_retired]
    alarms = tuple(sorted(Alarm(-MAX_DAYS, 23, n) for n in range(MAX_ALARMS)))
    longest = Selection(tuple(topics), alarms, Cancelled.HIDE)
    base_url = f"https://{'a' * 42}"

    for number in range(len(topics) + 1):
        for chosen in combinations(topics, number):
            address = base_url + replace(longest, topics=chosen).address("/en/calendar.ics")
            assert len(address) <= 255
