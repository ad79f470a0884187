"""What subscribers see when something changes: right days and words, the same UIDs, and numbers
that grow, without which programs would not look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import (
    Basis,
    Change,
    ChangedBy,
    Document,
    Event,
    Exactness,
    Link,
    Occasion,
    Place,
    Source,
    Status,
    Text,
    Topic,
)
from calendar_app.core.precision import PartialDate
from calendar_app.core.rules import Yearly
from calendar_app.feeds.wire import wire_digest
from calendar_app.words.catalogs import Catalog
from calendar_app.words.formatting import format_range
from calendar_app.words.languages import LANGUAGES, Language
from tests.factories import WEEKENDS, at, cancelled, day, event, moved, on, reinstated, rrule
from tests.feeds.contentlines import Component, read_calendar, vevents
from tests.feeds.readers import icalendar_texts, icaljs_texts
from tests.publishing import BASE_URL, LATER, PUBLISHED_AT, edition, feed, made_up, publish

LATEST = at("2027-02-03T04:05:06")
WALK = event("walk", WEEKENDS, since=day("2023-10-28"), topics=("labour",))
NOVEMBER = "walk-2026-11"
MOVE = moved("2026-11-28", "2026-12-05/2026-12-06")
CORRECTION = moved("2026-11-28", "2026-11-27/2026-11-29", ChangedBy.US)
TALK = event("talk", on("2026-05-04"), topics=("labour",))


def history(*versions: Event, path: str = "/en/calendar.ics") -> list[dict[str, Component]]:
    """The VEVENTs by occurrence after each version of an event was published, a month apart."""
    found, before, when = [], None, PUBLISHED_AT
    for version in versions:
        before = publish(made_up(version, TALK), before, when)
        when += timedelta(days=30)
        found.append(
            {
                uid.partition("@")[0]: vevent
                for uid, vevent in vevents(feed(before, path)).items()
                if not uid.startswith("talk@")
            }
        )
    return found


def changed(*changes: Change, of: Event = WALK) -> Event:
    return replace(of, changes=changes)


def modified(vevent: Component) -> datetime:
    assert vevent.one("DTSTAMP").value == vevent.one("LAST-MODIFIED").value
    return vevent.one("LAST-MODIFIED").instant


def sequence(vevent: Component) -> int:
    return int(vevent.one("SEQUENCE").value)


def dates(vevent: Component) -> tuple[str, str]:
    return vevent.one("DTSTART").value, vevent.one("DTEND").value


# One occurrence


@pytest.mark.parametrize(
    ("change", "start_and_end", "summary", "first_words"),
    [
        (
            MOVE,
            ("20261205", "20261207"),
            "May Day",
            "Moved from 28–29 November 2026 to 5–6 December 2026. Moved by the organisers",
        ),
        (
            CORRECTION,
            ("20261127", "20261130"),
            "May Day",
            "Moved from 28–29 November 2026 to 27–29 November 2026. We corrected the date;",
        ),
        (
            cancelled("2026-11-28"),
            ("20261128", "20261130"),
            "CANCELLED: May Day",
            "Cancelled by the organisers",
        ),
    ],
    ids=["moved", "corrected", "cancelled"],
)
def test_25_one_occurrence_changes_and_no_other(
    change: Change, start_and_end: tuple[str, str], summary: str, first_words: str
) -> None:
    before, after = history(WALK, changed(change))

    assert before.keys() == after.keys()
    assert [id_ for id_ in after if after[id_] != before[id_]] == [NOVEMBER]
    found = after[NOVEMBER]
    assert dates(found) == start_and_end
    assert found.one("SUMMARY").text == summary
    assert found.one("DESCRIPTION").text.startswith(first_words)
    assert found.one("STATUS").value == "CONFIRMED"  # Google hides what is STATUS:CANCELLED
    assert (sequence(before[NOVEMBER]), sequence(found)) == (0, 1)
    assert modified(before[NOVEMBER]) < modified(found)
    assert found.one("CREATED") == before[NOVEMBER].one("CREATED")


def test_what_is_reinstated_stands_again_and_says_so() -> None:
    off = cancelled("2026-11-28")
    before, cancelled_, after = history(WALK, changed(off), changed(off, reinstated("2026-11-28")))

    found = after[NOVEMBER]
    assert dates(found) == dates(before[NOVEMBER]) == dates(cancelled_[NOVEMBER])
    assert found.one("SUMMARY").text == "May Day"
    paragraphs = found.one("DESCRIPTION").text.split("\n\n")
    assert paragraphs[0].startswith("Cancelled by the organisers")
    assert paragraphs[1].startswith("Reinstated")
    assert [sequence(one[NOVEMBER]) for one in (before, cancelled_, after)] == [0, 1, 2]
    assert modified(before[NOVEMBER]) < modified(cancelled_[NOVEMBER]) < modified(found)


def test_what_is_moved_twice_tells_both_moves() -> None:
    again = moved("2026-11-28", "2027-01-16/2027-01-17")
    *_, after = history(WALK, changed(MOVE), changed(MOVE, again))

    found = after[NOVEMBER]
    assert dates(found) == ("20270116", "20270118")
    assert sequence(found) == 2
    assert found.one("DESCRIPTION").text.split("\n\n")[:2] == [
        "Moved from 28–29 November 2026 to 5–6 December 2026. Moved by the organisers.",
        "Moved from 5–6 December 2026 to 16–17 January 2027. Moved by the organisers.",
    ]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_change_is_told_in_the_language_of_the_feed(tag: str) -> None:
    language = LANGUAGES[tag]
    _, after = history(WALK, changed(MOVE), path=f"/{tag}/calendar.ics")
    _, off = history(WALK, changed(cancelled("2026-11-28")), path=f"/{tag}/calendar.ics")

    told = after[NOVEMBER].one("DESCRIPTION").text.split("\n\n")[0]
    assert format_range(day("2026-11-28"), day("2026-11-29"), language) in told
    assert format_range(day("2026-12-05"), day("2026-12-06"), language) in told
    name = "Первомай" if tag == "ru" else "May Day"
    assert off[NOVEMBER].one("SUMMARY").text.endswith(f" {name}")
    assert off[NOVEMBER].one("SUMMARY").text != after[NOVEMBER].one("SUMMARY").text


def test_what_is_moved_to_an_unknown_day_leaves_the_feed_and_comes_back() -> None:
    vague = moved("2026-11-28", "2027-01")
    exact = moved("2026-11-28", "2027-01-16/2027-01-17")
    before, without, after = history(WALK, changed(vague), changed(vague, exact))

    assert before.keys() - without.keys() == {NOVEMBER}
    assert before.keys() == after.keys()
    assert sequence(after[NOVEMBER]) == 2
    assert dates(after[NOVEMBER]) == ("20270116", "20270118")


def test_an_occurrence_moved_into_another_year_is_in_the_feed_of_that_year() -> None:
    late = changed(moved("2026-12-26", "2027-01-02/2027-01-03"))
    [found] = history(late)

    assert dates(found["walk-2026-12"]) == ("20270102", "20270104")


# A whole event


def test_a_corrected_one_off_keeps_its_uid() -> None:
    once = event("once", on("2027-05-04"))
    before, after = history(once, replace(once, rule=on("2027-05-04/2027-05-05")))

    assert before.keys() == after.keys() == {"once"}
    assert dates(after["once"]) == ("20270504", "20270506")
    assert (sequence(after["once"]), modified(before["once"]) < modified(after["once"])) == (
        1,
        True,
    )


def test_a_rule_that_is_corrected_stays_one_event() -> None:
    before, after = history(event(), event(rule=Yearly(5, 2)))

    assert before.keys() == after.keys() == {"may-day"}
    assert dates(after["may-day"]) == ("19700502", "19700503")
    assert sequence(after["may-day"]) == 1
    assert modified(before["may-day"]) < modified(after["may-day"])


def test_a_rule_becomes_expanded_and_never_a_rule_again() -> None:
    rule, expanded, again = history(event(), event(changes=(cancelled("2027-05-01"),)), event())

    assert rule.keys() == {"may-day"}
    assert rule["may-day"].has("RRULE")
    assert expanded.keys() == {f"may-day-{year}" for year in range(2025, 2029)}
    assert expanded["may-day-2027"].one("SUMMARY").text == "CANCELLED: May Day"
    assert not any(vevent.has("RRULE") for vevent in expanded.values())
    assert again.keys() == expanded.keys()
    assert sequence(again["may-day-2027"]) == 2
    assert again["may-day-2027"].one("SUMMARY").text == "May Day"


@pytest.mark.parametrize(
    "fields",
    [
        {"until": date(2027, 12, 31)},
        {"except_on": frozenset({date(2027, 5, 1)})},
        {"counts_from": PartialDate.parse("1890-05-01")},
        {"rule": Yearly(2, 29)},
    ],
)
def test_what_is_more_than_a_plain_annual_day_is_expanded(fields: dict[str, Any]) -> None:
    [found] = history(event(**fields))

    assert found
    assert not any(vevent.has("RRULE") for vevent in found.values())


def test_a_whole_event_that_is_cancelled_says_so_in_every_occurrence() -> None:
    before, after = history(WALK, replace(WALK, status=Status.CANCELLED))

    assert before.keys() == after.keys()
    assert {vevent.one("SUMMARY").text for vevent in after.values()} == {"CANCELLED: May Day"}
    assert {sequence(vevent) for vevent in after.values()} == {1}


def test_what_is_tentative_is_so_in_the_feed() -> None:
    [found] = history(replace(WALK, status=Status.TENTATIVE))

    assert {vevent.one("STATUS").value for vevent in found.values()} == {"TENTATIVE"}


def test_25_a_text_changes_last_modified_but_no_sequence() -> None:
    renamed = replace(WALK, name=Text({"en": "Walk", "ru": "Первомай"}))
    before, after = history(WALK, renamed)
    same, still = history(WALK, renamed, path="/ru/calendar.ics")

    assert all(modified(after[id_]) > modified(before[id_]) for id_ in before)
    assert {sequence(vevent) for vevent in after.values()} == {0}
    assert same == still


def test_nothing_changes_where_nothing_was_changed() -> None:
    first = publish(made_up(WALK, TALK))
    again = publish(made_up(WALK, TALK), first, LATER)

    assert again.revisions == first.revisions
    assert feed(again) == feed(first)


def test_the_feed_was_modified_with_the_last_of_its_events() -> None:
    first = publish(made_up(WALK, TALK))
    after = publish(made_up(changed(MOVE), TALK), first, LATER)

    for path, when in [
        ("/en/calendar.ics", LATER),
        ("/en/events/walk.ics", LATER),
        ("/en/topics/labour.ics", LATER),
        ("/en/events/talk.ics", PUBLISHED_AT),
    ]:
        body = feed(after, path)
        assert read_calendar(body).one("LAST-MODIFIED").instant == when
        assert max(map(modified, vevents(body).values())) == when
    assert feed(after, "/en/events/talk.ics") == feed(first, "/en/events/talk.ics")


# Whatever a subscriber can see

PLACE = Place(Text({"en": "Havana"}), "CU", (23.11, -82.37))
OLD_PLAN = Document("old", Text({"en": "Old plan"}), Text({"en": "Old"}))
NEW_PLAN = Document("new", Text({"en": "New plan"}), Text({"en": "New"}))
SOURCES = tuple(
    Source(Basis.DOCUMENT, Exactness.DAY, document=id_, point=1) for id_ in ("old", "new")
)
FULL = replace(
    changed(cancelled("2026-10-24"), MOVE),
    summary=Text({"en": "Summary"}),
    note=Text({"en": "Note"}),
    place=PLACE,
    links=(Link("https://a.invalid", Text({"en": "Call"})),),
    sources=SOURCES,
    occasions=(Occasion(day("2026-11-28"), Text({"en": "Theme"}), place=PLACE),),
)
DOCUMENTS = {
    "old": replace(OLD_PLAN, published=PartialDate.parse("2020")),
    "new": replace(NEW_PLAN, published=PartialDate.parse("2025")),
}
OTHER = Text({"en": "Other"})
BY_US = (cancelled("2026-10-24"), replace(MOVE, by=ChangedBy.US))
ON_AND_OFF = (*FULL.changes, cancelled("2026-12-26"), reinstated("2026-12-26"))


def full(event_: Event = FULL, topic: str = "Labour", **documents: Document) -> Catalogue:
    topics = {
        "labour": Topic("labour", Text({"en": topic})),
        "peace": Topic("peace", Text({"en": "Peace"})),
    }
    return made_up(event_, documents=DOCUMENTS | documents, topics=topics)


CHANGES = {
    "name": full(replace(FULL, name=OTHER)),
    "summary": full(replace(FULL, summary=OTHER)),
    "note": full(replace(FULL, note=Text())),
    "place": full(replace(FULL, place=replace(PLACE, name=OTHER))),
    "coordinates": full(replace(FULL, place=replace(PLACE, coordinates=(23.0, -82.0)))),
    "no-place": full(replace(FULL, place=None)),
    "topics": full(replace(FULL, topics=("peace", "labour"))),
    "context": full(replace(FULL, is_context=True)),
    "tentative": full(replace(FULL, status=Status.TENTATIVE)),
    "counts-from": full(replace(FULL, counts_from=PartialDate.parse("1890"))),
    "fewer-sources": full(replace(FULL, sources=SOURCES[:1])),
    "point": full(replace(FULL, sources=(SOURCES[0], replace(SOURCES[1], point=2)))),
    "whose-change": full(replace(FULL, changes=BY_US)),
    "on-and-off": full(replace(FULL, changes=ON_AND_OFF)),
    "not-moved": full(replace(FULL, changes=FULL.changes[:1])),
    "occasion": full(replace(FULL, occasions=(replace(FULL.occasions[0], note=OTHER),))),
    "occasion-coordinates": full(
        replace(
            FULL, occasions=(replace(FULL.occasions[0], place=replace(PLACE, coordinates=None)),)
        )
    ),
    "topic": full(topic="Work"),
    "document": full(new=replace(DOCUMENTS["new"], name=OTHER)),
    "older-document": full(new=replace(DOCUMENTS["new"], published=PartialDate.parse("2019"))),
    "document-of-unknown-date": full(
        new=replace(DOCUMENTS["new"], published=PartialDate.parse("unknown"))
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_24_whatever_changes_in_an_entry_its_last_modified_grows(change: str) -> None:
    first = publish(full())
    second = publish(CHANGES[change], first, LATER)
    before, now = vevents(feed(first)), vevents(feed(second))

    assert now != before
    assert now.keys() == before.keys()
    for uid, vevent in now.items():
        if vevent.lines != before[uid].lines:
            assert modified(vevent) == LATER, uid
            assert sequence(vevent) >= sequence(before[uid])


def test_the_newest_document_is_one_whose_date_is_known() -> None:
    unknown = replace(DOCUMENTS["new"], published=PartialDate.parse("unknown"))

    text = vevents(feed(publish(full(new=unknown))))[f"{NOVEMBER}@calendar.invalid"]
    assert "Why: point 1, Old plan" in text.one("DESCRIPTION").text


# The wire

PHRASES = [
    *("cancelled_prefix", "moved_from_to", "moved_by_organisers", "cancelled_by_organisers"),
    *("we_corrected_date", "reinstated", "context_only", "why_line", "why_document"),
]


def reworded(monkeypatch: pytest.MonkeyPatch, phrase: str, tag: str) -> str:
    """The wire digest once a phrase is another one in a language."""
    wire_digest()  # is kept, so it must be that of the phrase as it is
    original = Catalog.text

    def text(self: Catalog, key: str, **values: object) -> str:
        found = original(self, key, **values)
        return f"{found}!" if (key, self.locale.language) == (phrase, tag) else found

    monkeypatch.setattr(Catalog, "text", text)
    return wire_digest.__wrapped__()


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_wire_digest_knows_every_phrase_of_a_feed(
    phrase: str, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reworded(monkeypatch, phrase, tag) != wire_digest()


def test_the_wire_digest_knows_the_ordinals(monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_is = wire_digest()
    monkeypatch.setattr(Catalog, "ordinal", lambda self, key, n: f"{n}!")

    assert wire_digest.__wrapped__() != as_it_is


def test_the_wire_digest_does_not_know_what_is_in_no_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reworded(monkeypatch, "upcoming_actions", "en") == wire_digest()


@pytest.mark.parametrize("month", range(12))
def test_the_wire_digest_knows_the_names_of_the_months(
    month: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def renamed(language: Language) -> Language:
        names = list(language.months_in_date)
        names[month] += "!"
        return replace(language, months_in_date=tuple(names))

    as_it_is = wire_digest()
    languages = {tag: renamed(language) for tag, language in LANGUAGES.items()}
    monkeypatch.setattr("calendar_app.feeds.wire.LANGUAGES", languages)

    assert wire_digest.__wrapped__() != as_it_is


def test_another_wire_raises_every_last_modified_and_no_sequence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = publish(made_up(changed(MOVE), TALK))
    digest = reworded(monkeypatch, "cancelled_prefix", "en")
    monkeypatch.setattr("tests.publishing.wire_digest", lambda: digest)
    second = publish(made_up(changed(MOVE), TALK), first, LATER)

    [before], [after] = first.revisions.values(), second.revisions.values()
    assert (before.wire.number, after.wire.number) == (1, 2)
    for tag in LANGUAGES:
        was = vevents(feed(first, f"/{tag}/calendar.ics"))
        now = vevents(feed(second, f"/{tag}/calendar.ics"))
        assert was.keys() == now.keys()
        assert {modified(vevent) for vevent in was.values()} == {PUBLISHED_AT}
        assert {modified(vevent) for vevent in now.values()} == {LATER}
        assert [sequence(now[uid]) for uid in now] == [sequence(was[uid]) for uid in now]
        assert {vevent.one("CREATED").instant for vevent in now.values()} == {PUBLISHED_AT}


def test_instants_only_grow_even_where_a_clock_was_ahead() -> None:
    ahead = publish(made_up(WALK), when=LATEST)
    after = publish(made_up(changed(MOVE)), ahead, PUBLISHED_AT)

    vevent = vevents(feed(after))[f"{NOVEMBER}@calendar.invalid"]
    assert modified(vevent) == LATEST + timedelta(seconds=1)


# A feed never vanishes


@pytest.mark.parametrize(
    ("series", "ids"),
    [
        (event(until=day("2020-01-15")), ["may-day-2019"]),
        (
            event("walk", WEEKENDS, until=day("2021-02-28")),
            ["walk-2021-01", "walk-2021-02"],
        ),
        (event(until=day("2030-01-01"), since=day("2029-01-01")), ["may-day-2029"]),
        (event(since=day("2035-02-28"), until=day("2099-01-01")), ["may-day-2035"]),
    ],
    ids=["over", "over-in-february", "soon", "later"],
)
def test_a_series_outside_the_horizon_keeps_its_nearest_year(series: Event, ids: list[str]) -> None:
    found = publish(made_up(replace(series, topics=("labour",))))

    for path in (f"/en/events/{series.id}.ics", "/en/topics/labour.ics", "/en/calendar.ics"):
        assert list(vevents(feed(found, path))) == [f"{id_}@calendar.invalid" for id_ in ids]
    assert edition(found).get(f"/en/events/{series.id}/").status == 200


def test_a_series_that_ends_is_the_same_on_every_day_after() -> None:
    series = event("walk", WEEKENDS, since=day("2020-01-01"), until=day("2024-12-31"))
    found = publish(made_up(series))

    last_year = feed(found, today=date(2026, 1, 1))
    assert [uid[:9] for uid in vevents(last_year)] == ["walk-2024"] * 12
    assert feed(found, today=date(2025, 12, 31)) == last_year
    assert feed(found, today=date(2060, 6, 15)) == last_year


def test_a_series_that_pauses_for_years_stays() -> None:
    from_2020 = event(
        "congress", rrule("FREQ=YEARLY;INTERVAL=7", "2020-09-01", days=3), topics=("labour",)
    )
    found = publish(made_up(from_2020))

    for year in range(2020, 2040):
        assert vevents(feed(found, "/en/events/congress.ics", date(year, 6, 15)))


def test_a_rule_that_begins_on_a_leap_day_has_a_first_day() -> None:
    [found] = history(event(since=day("2024-02-29")))

    assert dates(found["may-day"]) == ("20240501", "20240502")


def test_a_rule_that_begins_before_1970_is_written_from_then_on() -> None:
    [found] = history(event(since=day("1890-05-01")))

    assert dates(found["may-day"]) == ("19700501", "19700502")


@pytest.mark.tools
def test_an_occasion_of_one_year_is_not_told_for_all_years(tmp_path: Path) -> None:
    theme = Occasion(
        day("2027-05-01"),
        Text({"en": "Theme of 2027"}),
        place=Place(Text({"en": "Lisbon"}), "PT", (38.72, -9.14)),
    )
    body = feed(publish(made_up(event(since=day("2027-01-01"), occasions=(theme,)))))
    (tmp_path / "feed.ics").write_bytes(body)

    [found] = vevents(body).values()
    assert (dates(found), found.one("RRULE").value) == (("20270501", "20270502"), "FREQ=YEARLY")
    assert not found.has("LOCATION")
    assert not found.has("GEO")
    for read in (icalendar_texts(body), *icaljs_texts([tmp_path / "feed.ics"])):
        [told] = read["events"].values()
        assert told["location"] is None
        assert told["description"] == f"{BASE_URL}/en/events/may-day/"
