"""Good files give the values of the core; bad ones give every fault, in order, in its place."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from calendar_app.catalogue.reader import read_catalogue, read_file
from calendar_app.catalogue.schema import json_schema
from calendar_app.core.catalogue import Calendar, Catalogue
from calendar_app.core.errors import DataError, Fault
from calendar_app.core.events import (
    Basis,
    Change,
    ChangedBy,
    ChangeKind,
    Document,
    Event,
    Exactness,
    Link,
    Occasion,
    Outcome,
    Place,
    Point,
    Source,
    Status,
    Text,
    Topic,
)
from calendar_app.core.precision import PartialDate
from calendar_app.core.rrules import RRule
from calendar_app.core.rules import LastWeekend, On, Yearly
from tests.adapters.samples import CALENDAR, DAY, GOOD, SMALL, TOPICS

edtf = PartialDate.parse


def _read(*contents: str) -> Catalogue:
    named = {f"{number}.yaml": content.encode() for number, content in enumerate(contents, 1)}
    return read_catalogue(named)[0]


def _faults(*contents: str) -> list[Fault]:
    with pytest.raises(DataError) as refused:
        _read(*contents)
    return list(refused.value.faults)


def _digest(content: str) -> str:
    return read_file(content.encode(), "events.yaml").content_digest


def test_the_calendar() -> None:
    assert _read(GOOD).calendar == Calendar(
        Text({"en": "Calendar", "ar": "تقويم"}), Text({"en": "Dates"}), "gold", "calendar.invalid"
    )


def test_topics() -> None:
    assert _read(GOOD).topics == {
        "peace": Topic("peace", Text({"en": "Peace"}), review=Text({"ar": "a remark"})),
        "work": Topic("work", Text({"en": "Work"})),
        "old": Topic("old", Text({"en": "Old"}), is_retired=True),
    }


def test_documents() -> None:
    documents = _read(GOOD).documents

    assert list(documents) == ["plan", "later", "edition"]
    assert documents["later"].follows == "plan"
    assert documents["edition"].republishes == "plan"
    assert documents["plan"] == Document(
        "plan",
        Text({"en": "Plan"}),
        Text({"en": "The whole plan"}),
        publisher="Somebody",
        adopted=edtf("2023-10"),
        published=edtf("2023-10-26"),
        period=edtf("2023-10-22/.."),
        url="http://example.org/plan",
        languages=("en", "tr"),
        note=Text({"en": "First line.\nSecond line."}),
        points=(
            Point(
                7,
                Text({"en": "Women"}),
                undated=Text({"en": "no day"}),
                topics=("work",),
                review=Text({"tr": "a remark"}),
            ),
            Point(12, Text({"en": "Peace"})),
        ),
        review=Text({"ru": "two remarks"}),
    )


def test_events_in_their_order() -> None:
    events = _read(GOOD).events

    assert list(events) == ["day", "weekend", "fridays", "once"]
    assert events["day"] == Event("day", Yearly(3, 8), Text({"en": "Day"}), ("work", "peace"))
    assert events["fridays"].rule == RRule("FREQ=MONTHLY;BYDAY=1FR", date(2024, 1, 5), 3)
    assert events["once"] == Event(
        "once",
        On(edtf("2019-11~")),
        Text({"ru": "Раз"}),
        ("peace",),
        outcome=Outcome.NOT_VERIFIED,
    )


def test_every_field_of_an_event() -> None:
    day, there_and_back = date(2024, 5, 25), edtf("2024-05-25/2024-05-26")

    assert _read(GOOD).events["weekend"] == Event(
        "weekend",
        LastWeekend(),
        Text({"en": "Weekend", "tr": "Hafta sonu"}),
        topics=("peace",),
        since=date(2023, 10, 28),
        until=date(2030, 12, 31),
        except_on=frozenset({date(2023, 12, 30), date(2024, 2, 24)}),
        changes=(
            Change(
                day,
                ChangeKind.MOVED,
                ChangedBy.ORGANISERS,
                edtf("2024-06-01/2024-06-02"),
                Text({"en": "Rain"}),
                "https://example.org/rain",
            ),
            Change(day, ChangeKind.CANCELLED, ChangedBy.US),
            Change(day, ChangeKind.REINSTATED, ChangedBy.US),
            Change(day, ChangeKind.MOVED, ChangedBy.US, there_and_back),
        ),
        occasions=(
            Occasion(
                date(2024, 10, 26),
                Text({"en": "A theme"}),
                (Link("https://example.org/theme"),),
                Place(Text({"en": "Izmir"})),
            ),
        ),
        counts_from=edtf("1990?"),
        is_context=True,
        part_of="day",
        aliases={"tr": ("Bir", "İki")},
        summary=Text({"en": "Words"}),
        note=Text({"en": "Words of it"}),
        place=Place(Text({"en": "Havana"}), "CU", (23.1, -82.37)),
        links=(Link("https://example.org/", Text({"en": "Page"})),),
        status=Status.TENTATIVE,
        verified_on=date(2026, 11, 22),
        sources=(
            Source(
                Basis.DOCUMENT,
                Exactness.RULE,
                Text({"en": "It asks for it"}),
                "plan",
                7,
                edtf("2024"),
            ),
            Source(
                Basis.EXTERNAL,
                Exactness.DAY,
                name="Paper, 5 May 2024",
                url="http://example.org/",
            ),
        ),
        review=Text({"es": "look at it"}),
    )


def test_a_second_file_adds_entries_and_citations() -> None:
    more = """\
documents:
  appeal: {name: {en: Appeal}, title: {en: An appeal}, points: [{point: 1, name: {en: One}}]}
events:
  meeting: {on: unknown, topics: [peace], name: {en: Meeting}}
citations:
  day:
    - {document: appeal, point: 1, precision: day, basis: document}
    - {name: Paper, url: "https://example.org/", precision: day, basis: external}
  meeting: [{document: appeal, precision: unknown, basis: document}]
"""

    catalogue = _read(SMALL, more)

    assert list(catalogue.events) == ["day", "meeting"]
    assert catalogue.events["day"].sources == (
        Source(Basis.DOCUMENT, Exactness.DAY, document="appeal", point=1),
        Source(Basis.EXTERNAL, Exactness.DAY, name="Paper", url="https://example.org/"),
    )
    assert [source.document for source in catalogue.events["meeting"].sources] == ["appeal"]


def test_texts_are_composed_and_trimmed() -> None:
    decomposed = unicodedata.normalize("NFD", "Día й İ")
    catalogue = _read(SMALL.replace("{en: Day}", f'{{es: "  {decomposed} "}}'))

    assert catalogue.events["day"].name == Text({"es": "Día й İ"})


def test_missing_languages_are_no_fault() -> None:
    assert _read(SMALL.replace("{en: Day}", "{ar: يوم}")).events["day"].name == {"ar": "يوم"}


def test_paragraphs_may_have_lines_and_joiners() -> None:
    block = "    summary:\n      ar: |\n        نیم\u200cفاصله\n        two\n"

    assert _read(SMALL + block).events["day"].summary == {"ar": "نیم\u200cفاصله\ntwo"}


@pytest.mark.parametrize("text", ["no", "at 12:30", "1e3 x", "0x1F", "on", "~x", "2024 and more"])
def test_words_stay_as_they_are_written(text: str) -> None:
    assert _read(SMALL.replace("{en: Day}", f"{{en: {text}}}")).events["day"].name["en"] == text


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(GOOD.replace("\n", "\r\n"), id="lines-end-as-on-windows"),
        pytest.param("\ufeff" + GOOD, id="byte-order-mark"),
        pytest.param("%YAML 1.2\n---\n" + GOOD + "...\n", id="marks-of-a-document"),
        pytest.param(GOOD.replace("\n", "   # a comment\n"), id="comments"),
    ],
)
def test_files_of_other_habits_say_the_same(written: str) -> None:
    assert _read(written) == _read(GOOD)


def test_comments_and_layout_do_not_change_the_digest() -> None:
    loose = SMALL.replace("  yearly: 03-08\n", "  # why\n\n    yearly:   '03-08'\n")
    block = SMALL.replace("[work, peace]", "\n      - work\n      - peace")

    assert loose != block != SMALL
    assert _digest(loose) == _digest(block) == _digest(SMALL)


@pytest.mark.parametrize(
    ("was", "is_"),
    [("03-08", "03-09"), ("{en: Day}", "{en: Days}"), ("[work, peace]", "[peace, work]")],
)
def test_what_is_said_changes_the_digest(was: str, is_: str) -> None:
    assert _digest(SMALL.replace(was, is_)) != _digest(SMALL)


def test_the_order_of_entries_changes_the_digest() -> None:
    """Topics are shown in the order of the file, so it is part of what is published."""
    turned = SMALL.replace("  work: {name: {en: Work}}\n", "").replace(
        "topics:\n", "topics:\n  work: {name: {en: Work}}\n", 1
    )

    assert _read(turned).topics == _read(SMALL).topics
    assert _digest(turned) != _digest(SMALL)


def test_faults_come_by_file_and_line() -> None:
    first = SMALL.replace("yearly: 03-08", "yearly: 03-32").replace("gold", "golden")
    second = "events:\n  a: {}\n  b:\n    on: 2024\n    topics: [pice]\n    name: {en: B}\n"

    faults = _faults(first, second)

    assert [(fault.file, fault.line, fault.entry, fault.field) for fault in faults] == [
        ("1.yaml", 4, "calendar", "accent"),
        ("1.yaml", 14, "day", "yearly"),
        ("2.yaml", 2, "a", "name"),
        ("2.yaml", 2, "a", "topics"),
        ("2.yaml", 5, "b", "topics.1"),
    ]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("    summary: {en: Words,\n      es: 1}", 18),
        ("    summary:\n      en: Words\n\n      # a comment\n      es: 1", 21),
        ("    links:\n      -\n        url: x", 19),
        ("    links:\n      - {name: {en: Page}}", 18),
        ("    place:\n      country: CU", 17),
        ("    summary:\n      en: |\n        One\n        \u2028\n    status: x", 18),
    ],
)
def test_a_fault_is_where_an_editor_looks_for_it(line: str, at: int) -> None:
    assert _faults(f"{SMALL}{line}\n")[0].line == at


def test_lines_are_those_of_an_editor_whatever_the_text_holds() -> None:
    text = f"{SMALL}    summary: {{en: one\u2028two\u2029three\x85four}}\n    status: x\n"

    assert [fault.line for fault in _faults(text)] == [17, 18]


def test_a_fault_in_one_entry_hides_none_of_another() -> None:
    broken = SMALL.replace("[work, peace]", "[wrk]").replace("{en: Day}", "{}")
    broken += "  other:\n    yearly: 03-08\n    on: 2024\n    topics: [pease]\n    name: {en: O}\n"

    assert [str(fault) for fault in _faults(broken)] == [
        "1.yaml:15: day: topics.1: wrk is not among the topics; did you mean work?",
        "1.yaml:16: day: name: no text in any language; "
        "write at least one, such as en: and the text",
        "1.yaml:18: other: yearly: it says when by on already; keep one of the two",
        "1.yaml:20: other: topics.1: pease is not among the topics; did you mean peace?",
    ]


def test_what_cannot_be_judged_is_not_reported() -> None:
    """Without the topics, nobody can say which are unknown."""
    faults = _faults(CALENDAR + "topics: [work]\nevents:\n" + DAY)

    assert [fault.entry for fault in faults] == ["topics"]


def test_an_unreadable_file_hides_no_fault_of_another() -> None:
    faults = _faults(SMALL.replace("03-08", "03-32"), "events: [")

    assert [fault.file for fault in faults] == ["1.yaml", "2.yaml"]


def test_no_file_at_all_is_a_fault() -> None:
    assert len(_faults()) == 1


def test_what_is_quoted_is_short_and_visible() -> None:
    long_key, wild_key = "k" * 500, '"a\\u202E\\a\\nb"'
    faults = _faults(f"{SMALL}    {long_key}: x\n    {wild_key}: x\n    since: {'9' * 150}\n")

    assert faults[0].field == "k" * 63 + "…"
    assert faults[1].field == "a<U+202E><U+0007><U+000A>b"
    assert all(len(str(fault)) < 300 and str(fault).isprintable() for fault in faults)


def test_a_problem_may_quote_what_looks_like_a_remedy() -> None:
    (fault,) = _faults(SMALL.replace("yearly: 03-08", 'on: "2024; see"'))

    assert fault.problem == "'2024; see' is not a date"


def test_moving_away_and_back_is_no_contradiction() -> None:
    """The date of the rule is a new date for what was moved before."""
    assert len(_read(GOOD).events["weekend"].changes) == 4


def test_entries_of_different_sections_may_share_an_id() -> None:
    assert _read(SMALL.replace("  day:", "  peace:")).events.keys() == {"peace"}


def test_the_json_schema_has_the_keys_of_the_file() -> None:
    shapes = json_schema()["$defs"]

    assert {"on", "yearly", "except", "counts_from"} <= shapes["EventShape"]["properties"].keys()
    assert shapes["EventShape"]["additionalProperties"] is False
    assert shapes["EventShape"]["required"] == ["topics", "name"]


def test_topics_of_another_file_are_known() -> None:
    assert _read(f"{CALENDAR}events:\n{DAY}", TOPICS).events.keys() == {"day"}
