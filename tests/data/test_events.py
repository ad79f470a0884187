"""The shipped data: days that can be looked up in any almanac, and what was promised of the
entries."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from calendar_app.core.events import Basis, ChangedBy, ChangeKind, Event, Exactness, Outcome, Status
from calendar_app.core.occurrences import Occurrence, Window, expand, horizon, occurrences_of, order
from calendar_app.core.ordinals import ordinal
from calendar_app.public.edition import Edition
from calendar_app.words.languages import LANGUAGES
from tests.data.texts import all_texts
from tests.feeds.contentlines import vevents
from tests.publishing import TODAY, edition, feed, real_catalogue

DATA = real_catalogue()
ALWAYS = Window(date.min, date.max)
PLAIN_DAYS = {
    "womens-day": (3, 8),
    "cuban-press-day": (3, 14),
    "may-day": (5, 1),
    "victory-day": (5, 9),
    "peace-day": (9, 21),
    "palestine-day": (11, 29),
}
CUBA = "cuba-solidarity-days"


def days(id_: str, first: int, last: int) -> list[date]:
    return [found.first for found in expand(DATA.events[id_], Window.years(first, last))]


def once(id_: str) -> Occurrence:
    [found] = occurrences_of(DATA.events[id_], ALWAYS)
    return found


# Days


@pytest.mark.parametrize("id_", PLAIN_DAYS)
def test_a_plain_day_comes_every_year_on_its_day(id_: str) -> None:
    month, day = PLAIN_DAYS[id_]
    assert days(id_, 1990, 2060) == [date(year, month, day) for year in range(1990, 2061)]
    assert {found.last - found.first for found in expand(DATA.events[id_], ALWAYS)} == {
        date(2026, 1, 1) - date(2026, 1, 1)
    }


def test_only_these_recur() -> None:
    recurring = {event.id for event in DATA.events.values() if event.rule.is_recurring}
    assert recurring == {*PLAIN_DAYS, CUBA}


@pytest.mark.parametrize(
    ("month", "saturday"),
    [
        ("2023-10", 28),
        ("2023-12", 30),
        ("2024-08", 24),
        ("2024-11", 23),
        ("2025-05", 24),
        ("2026-01", 24),
        ("2026-02", 21),
        ("2026-10", 24),  # not 31: its Sunday would be in November
        ("2026-11", 28),
        ("2026-12", 26),
        ("2027-07", 24),
    ],
)
def test_the_weekend_of_cuba(month: str, saturday: int) -> None:
    year, number = map(int, month.split("-"))
    [found] = [
        one
        for one in expand(DATA.events[CUBA], Window.years(year, year))
        if one.id == f"{CUBA}-{month}"
    ]
    assert (found.first, found.last) == (
        date(year, number, saturday),
        date(year, number, saturday + 1),
    )
    assert (found.first.weekday(), found.last.weekday()) == (5, 6)


def test_the_weekends_begin_in_october_2023_and_never_end() -> None:
    assert days(CUBA, 1990, 2023)[0] == date(2023, 10, 28)
    assert len(days(CUBA, 1990, 2023)) == 3
    assert len(days(CUBA, 2024, 2060)) == 37 * 12


@pytest.mark.parametrize(
    ("id_", "when"),
    [
        ("lenin-centenary", "2024-01-21"),
        ("mandela-10", "2023-12-05"),
        ("cyprus-50", "2024"),
        ("ussr-founding", "2022-12-30"),
        ("guantanamo-seminar-8", "2024-05-04/2024-05-05"),
        ("cuba-meeting-2024", "2024-04-30/2024-05-02"),
        ("theory-publications-2", "2024-02-12/2024-02-14"),
        ("patria-3", "2024-03-18/2024-03-20"),
        ("havana-antiimperialist-2019", "2019-11-01/2019-11-03"),
        ("antiimperialist-week-2020", "2020-10-05/2020-10-10"),
        ("imcwp-1998", "1998"),
        ("imcwp-damascus-2009", "2009-09-28/2009-09-30"),
        ("icr-2009", "2009-12"),
        ("imcwp-21", "2019-10-18/2019-10-20"),
        ("imcwp-extra-2021", "2021-12-10/2021-12-11"),
        ("imcwp-22", "2022-10-27/2022-10-29"),
        ("imcwp-23", "2023-10-20/2023-10-22"),
        ("imcwp-24", "2024"),
    ],
)
def test_what_happens_once(id_: str, when: str) -> None:
    assert str(once(id_).when) == when


def test_the_week_of_may_2020_was_moved_and_keeps_its_old_date() -> None:
    week = once("antiimperialist-week-2020")
    assert str(week.scheduled) == "2020-05-25/2020-05-31"
    assert week.id == "antiimperialist-week-2020"
    [change] = week.changes
    assert (change.kind, change.by) == (ChangeKind.MOVED, ChangedBy.ORGANISERS)
    assert week.event.outcome is Outcome.MOVED


def test_of_the_24th_meeting_only_the_year_is_known_and_not_that_it_was_held() -> None:
    meeting = DATA.events["imcwp-24"]
    assert meeting.outcome is Outcome.NOT_VERIFIED
    assert meeting.status is Status.TENTATIVE
    assert once("imcwp-24") in DATA.undated
    held = [event.id for event in DATA.events.values() if event.outcome is Outcome.HELD]
    assert "imcwp-24" not in held
    assert "theory-publications-2" not in held  # announced; its last day is not confirmed
    assert len(held) == 9


def test_only_victory_day_counts_years() -> None:
    counted = {event.id: event for event in DATA.events.values() if event.counts_from}
    assert list(counted) == ["victory-day"]
    origin = counted["victory-day"].counts_from
    assert origin is not None
    assert ordinal(origin, date(2026, 5, 9)) == 81
    assert days("victory-day", 1900, 1950) == [date(year, 5, 9) for year in range(1945, 1951)]


def test_only_cuban_press_day_is_background() -> None:
    assert [event.id for event in DATA.events.values() if event.is_context] == ["cuban-press-day"]


# What was promised of every entry


def test_how_much_there_is() -> None:
    points = sum(len(document.points) for document in DATA.documents.values())
    assert (len(DATA.events), len(DATA.topics), len(DATA.documents)) == (25, 10, 5)
    assert points == 15 + 11 + 2 + 3


@pytest.mark.parametrize("event", DATA.events.values(), ids=lambda event: event.id)
def test_an_entry_is_complete_in_five_languages(event: Event) -> None:
    texts = [event.name, event.summary, event.note, *(source.says for source in event.sources)]
    texts += [change.says for change in event.changes] + [link.name for link in event.links]
    texts += [event.place.name] if event.place else []
    assert all(list(text) == list(LANGUAGES) for text in texts)
    assert all(value.strip() for text in texts for value in text.values())
    assert len(event.sources) >= 1
    assert any(source.document for source in event.sources)
    assert event.verified_on
    assert date(2026, 1, 1) <= event.verified_on <= TODAY
    assert event.topics


def test_documents_and_topics_are_complete_in_five_languages() -> None:
    for document in DATA.documents.values():
        texts = [document.name, document.title, document.note]
        texts += [text for point in document.points for text in (point.name, point.undated) if text]
        assert all(list(text) == list(LANGUAGES) for text in texts)
    assert all(list(topic.name) == list(LANGUAGES) for topic in DATA.topics.values())


def test_what_has_no_day_is_a_point_of_its_document() -> None:
    cited = {
        (source.document, source.point)
        for event in DATA.events.values()
        for source in event.sources
    }
    undated = {
        (document.id, point.number)
        for document in DATA.documents.values()
        for point in document.points
        if point.undated or (document.id, point.number) not in cited
    }
    assert undated == {
        *(("plan-23", number) for number in (4, 5, 6, 10, 11, 12, 13, 14)),
        *(("joint-actions-2022", number) for number in (2, 3, 4, 5, 6, 7, 8, 9, 10)),
        ("statement-21", 1),
    }


def test_points_are_numbered_by_position_and_cited_as_they_are() -> None:
    for document in DATA.documents.values():
        numbers = [point.number for point in document.points]
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_date_says_how_it_follows_from_its_source() -> None:
    for event in DATA.events.values():
        for source in event.sources:
            if source.document is None:
                assert source.basis is Basis.EXTERNAL
                assert source.name
                assert source.url
            elif source.basis is Basis.DOCUMENT:
                assert source.precision is not Exactness.UNKNOWN
    bases = {
        id_: {source.basis for source in DATA.events[id_].sources if source.document}
        for id_ in ("lenin-centenary", "mandela-10", "cyprus-50", "guantanamo-seminar-8")
    }
    assert bases == {
        "lenin-centenary": {Basis.COMPUTED},
        "mandela-10": {Basis.COMPUTED},
        "cyprus-50": {Basis.COMPUTED},
        "guantanamo-seminar-8": {Basis.DOCUMENT},
    }


# Where sources disagree, by the rows of the research: the entry or document, and a word by which
# the note is known to be about it. A row that asks for no note of its own is about the date.
DISCREPANCIES = {
    "D1": [(CUBA, "last week of the month")],
    "D2": [(CUBA, "end on a Saturday"), (CUBA, "own rule")],
    "D3": [("victory-day", "only in the Russian and Turkish"), ("victory-day", "8 May")],
    "D4": [("peace-day", "World Peace Day")],
    "D5": [("palestine-day", "full United Nations name"), ("palestine-day", "celebrating")],
    "D6": [("womens-day", "working women"), ("womens-day", "World Women's Day")],
    "D7": [("may-day", "only “May Day”")],
    "D8": [("guantanamo-seminar-8", "Russian text shortens the name")],
    "D9": [("guantanamo-seminar-8", "seventh")],
    "D10": [("guantanamo-seminar-8", "5 May as the first day")],
    "D11": [("theory-publications-2", "“organs”")],
    "D12": [("patria-3", "Cuban Press Day"), ("patria-3", "14–16 March")],
    "D13": [("cuba-meeting-2024", "and against imperialism")],
    "D14": [("cyprus-50", "do not name the year 1974"), ("cyprus-50", "one United Nations")],
    "D15": [("plan-23", "Western Sahara")],
    "D16": [("lenin-centenary", "computed"), ("mandela-10", "computed")],
    "D17": [("ussr-founding", "without a date")],
    "D18": [("plan-23", "Arabic version")],
    "D19": [("plan-23", "by position")],
    "D20": [("republication-23", "one space")],
    "D21": [("imcwp-23", "without the year"), ("imcwp-23", "26 October 2023")],
    "D22": [("imcwp-21", "the year follows"), ("statement-21", "11/1/19")],
    "D23": [("imcwp-extra-2021", "15 December 2021"), ("joint-actions-2022", "10 and 11 December")],
    "D24": [("imcwp-22", "as an aim"), ("imcwp-22", "working group")],
    "D25": [("imcwp-24", "25–27 October"), ("imcwp-24", "24–27 October")],
    "D26": [("imcwp-1998", "21–23 May 1999")],
    "D27": [("imcwp-1998", "no yearly rule"), ("thread", "yearly")],
    "D28": [("thread", "“most recent”")],
    "D29": [
        ("antiimperialist-week-2020", "Peoples' World"),
        ("havana-antiimperialist-2019", "order"),
    ],
    "D30": [("antiimperialist-week-2020", "25–31 May to 5–10 October")],
    "D31": [("palestine-day", "1978 or 1979")],
    "D32": [("plan-23", "acronym")],
    "D33": [("plan-23", "Place names")],
}


@pytest.mark.parametrize("row", DISCREPANCIES)
def test_a_discrepancy_is_told_in_a_note(row: str) -> None:
    for id_, words in DISCREPANCIES[row]:
        note = (DATA.events.get(id_) or DATA.documents[id_]).note
        assert words in note["en"]
        assert list(note) == list(LANGUAGES)


def test_no_row_is_left_out() -> None:
    assert list(DISCREPANCIES) == [f"D{number}" for number in range(1, 34)]


# What a summary may not name: it says what the day is, whoever asks to mark it.
FORBIDDEN = {
    "en": r"plans?|points?|documents?|statements?|texts?",
    "es": r"plan(es)?|puntos?|documentos?|textos?",
    "ru": r"план\w*|пункт\w*|документ\w*|текст\w*|заявлени\w*",
    "tr": r"plan(?!lan)\w*|madde\w*|belge\w*|metin\w*|metn\w*",
    "ar": r"\w*خط[ةت]\w*|[وبلف]*(ال|لل)?نقطة|\w*وثيق\w*|\w*وثائق\w*|[وبلف]*(ال|لل)?نص",
}
# A meeting that ended with a document of its own may say so.
OWN_DOCUMENT = {
    "en": "a final document",
    "es": "un documento final",
    "ru": "заключительный документ",
    "tr": "bir sonuç belgesiyle",
    "ar": "بوثيقة ختامية",
}


@pytest.mark.parametrize("event", DATA.events.values(), ids=lambda event: event.id)
def test_a_summary_names_no_document(event: Event) -> None:
    names = {
        (language, name)
        for document in DATA.documents.values()
        for language, name in document.name.items()
    }
    for language, summary in event.summary.items():
        if event.id == "havana-antiimperialist-2019":
            assert OWN_DOCUMENT[language] in summary
            summary = summary.replace(OWN_DOCUMENT[language], "")
        assert not re.search(rf"\b({FORBIDDEN[language]})\b", summary, re.IGNORECASE)
        assert not [name for tag, name in names if tag == language and name in summary]


def test_no_text_has_a_control_or_a_direction_in_it() -> None:
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    for text in all_texts(DATA):
        assert not {c for c in text.value if unicodedata.category(c) in hidden}, text


# On the day


@cache
def on_29_november() -> Edition:
    return edition(DATA, date(2026, 11, 29))


def test_on_29_november_2026_two_things_are_now() -> None:
    site = on_29_november().site
    running = [found.id for found in DATA.index.running(site.today)]
    assert running == [f"{CUBA}-2026-11", "palestine-day-2026"]
    assert [found.id for found in site.coming[:2]] == running
    for tag in LANGUAGES:
        views = site.presenter(tag).views(site.coming[:3])
        assert [view.is_now for view in views] == [True, True, False]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_agenda_of_29_november_2026_begins_with_both(tag: str) -> None:
    page = on_29_november().get(f"/{tag}/").plain.body.decode()
    cuba, palestine = (f"/{tag}/events/{id_}/" for id_ in (CUBA, "palestine-day"))
    december = page.index("m2026-12")
    assert page.index(cuba) < december
    assert page.index(palestine) < december


# Stored expectations

Snapshot = Callable[[str, str | bytes], None]


def test_the_uids_of_2026(snapshot: Snapshot) -> None:
    uids = vevents(feed(DATA, today=TODAY))
    assert horizon(TODAY) == Window.years(2025, 2028)
    snapshot("uids/2026.txt", "".join(f"{uid}\n" for uid in sorted(uids)))


def test_every_occurrence_from_2019_to_2030(snapshot: Snapshot) -> None:
    found = [
        occurrence
        for event in DATA.events.values()
        for occurrence in occurrences_of(event, Window.years(2019, 2030))
        if occurrence.first < date(2031, 1, 1) and occurrence.last >= date(2019, 1, 1)
    ]
    lines = [f"{one.when}  {one.id}  {one.status}\n" for one in sorted(found, key=order)]
    snapshot("expanded/2019-2030.txt", "".join(lines))
