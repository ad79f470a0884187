"""Every format of the same dates: well-formed, complete, and the same for the same data."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import (
    Basis,
    Change,
    ChangedBy,
    ChangeKind,
    Event,
    Exactness,
    Occasion,
    Outcome,
    Status,
    Text,
    Topic,
)
from calendar_app.core.precision import PartialDate, Precision
from calendar_app.core.rules import Yearly
from calendar_app.feeds.csvlist import COLUMNS
from calendar_app.feeds.formats import FORMATS
from calendar_app.feeds.textlist import WIDTH
from calendar_app.public.resources import Resource
from calendar_app.public.routes import ROUTES
from calendar_app.words.formatting import format_day
from calendar_app.words.languages import LANGUAGES
from tests import factories
from tests.cli.json_schema import problems
from tests.feeds.contentlines import vevents
from tests.publishing import (
    BASE_URL,
    EVENTS,
    TODAY,
    edition,
    made_up,
    publish,
    published_files,
    real_catalogue,
)

ATOM = "{http://www.w3.org/2005/Atom}"
LONG = "Long " + "and longer " * 18 + "name"
NAMES = {
    "one": '=1+1, "quoted"; <b>',
    "right-to-left": "يوم Palestine",
    "long": LONG,
    "moved": "Moved",
    "off": "Off",
    "month": "In a month",
    "never": "Never",
    "back": "Back",
    "themed": "Themed",
}
THEME = "Theme of this year"
Reader = Callable[[bytes], list[str]]


@cache
def kinds(alone: str = "") -> Catalogue:
    """One event of each kind that a format may write wrong, or one of them alone; all are near."""

    def event(id_: str, when: str, **fields: Any) -> Any:
        name = Text({"en": NAMES[id_]})
        return factories.event(id_, factories.on(when), name=name, topics=("labour",), **fields)

    found = (
        event("one", "2026-11-24"),
        event("right-to-left", "2026-11-25"),
        event("long", "2026-11-26", summary=Text({"en": f"First line.\n{LONG}."})),
        event("moved", "2026-11-27", changes=(factories.moved("2026-11-27", "2026-11-28"),)),
        event("off", "2026-11-29", changes=(factories.cancelled("2026-11-29"),)),
        event("month", "2026-12"),
        event("never", "unknown"),
        event(
            "back",
            "2026-11-28",
            changes=(factories.cancelled("2026-11-28"), factories.reinstated("2026-11-28")),
        ),
        event(
            "themed",
            "2026-11-23",
            occasions=(Occasion(date(2026, 11, 23), Text({"en": THEME})),),
        ),
    )
    return publish(made_up(*(one for one in found if alone in ("", one.id))))


# The day on which each of them is, and what is said before the name of a date that is off.
DAYS = {"one": 24, "right-to-left": 25, "long": 26, "moved": 28, "off": 29, "back": 28}
DAYS["themed"] = 23
CANCELLED = {"en": "CANCELLED", "ar": "ملغى"}


def get(address: str, catalogue: Catalogue | None = None, today: date = TODAY) -> Resource:
    path, _, query = address.partition("?")
    found = edition(catalogue or real_catalogue(), today).get(path, query)
    assert found.status == 200, address
    return found


def body(address: str, catalogue: Catalogue | None = None, today: date = TODAY) -> bytes:
    return get(address, catalogue, today).plain.body


def entries_of_ics(written: bytes) -> list[str]:
    """Each format has a reader that gives one text for an entry: name, day, and whether it is
    off."""
    return [
        f"{v.one('SUMMARY').text} {v.one('DTSTART').day.isoformat()}"
        for v in vevents(written).values()
    ]


def entries_of_json(written: bytes) -> list[str]:
    return [
        f"{found['status'].upper()} {event['name']['en']} {found['first']}"
        for event in json.loads(written)["events"]
        for found in event["dates"]
    ]


def entries_of_csv(written: bytes) -> list[str]:
    rows = csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    return [f"{row['status'].upper()} {row['name']} {row['first']}" for row in rows]


def entries_of_txt(written: bytes) -> list[str]:
    """With the names of months, and what stands above them."""
    return [re.sub(r"\s+", " ", part) for part in written.decode().split("\n\n")]


def entries_of_atom(written: bytes) -> list[str]:
    entries = ElementTree.fromstring(written).iter(f"{ATOM}entry")  # noqa: S314 - our own bytes
    return [entry.findtext(f"{ATOM}title") or "" for entry in entries]


def unfolded(written: bytes) -> str:
    return re.sub(r"\s+", " ", written.decode().replace("\r\n ", ""))


READERS: dict[str, tuple[str, Reader]] = {
    "ics": ("calendar", entries_of_ics),
    "json": ("calendar", entries_of_json),
    "csv": ("calendar", entries_of_csv),
    "txt": ("calendar", entries_of_txt),
    "atom": ("agenda", entries_of_atom),
}
EACH = pytest.mark.parametrize("extension", READERS)


def test_every_format_has_a_reader_here() -> None:
    assert READERS.keys() == FORMATS.keys() | {"ics"}
    assert {name: found.name for name, found in FORMATS.items()} == {
        extension: name for extension, (name, _) in READERS.items() if extension != "ics"
    }


@EACH
@pytest.mark.parametrize("tag", CANCELLED)
def test_every_format_says_the_same_of_every_kind_of_entry(extension: str, tag: str) -> None:
    """Of one alone and of all together, the other way round, long, moved and off."""
    name, read = READERS[extension]
    for id_, number in DAYS.items():
        for catalogue in (kinds(), kinds(alone=id_)):
            entries = read(body(f"/{tag}/{name}.{extension}", catalogue))
            [entry] = [entry for entry in entries if NAMES[id_] in entry]
            day = date(2026, 11, number)
            assert day.isoformat() in entry or format_day(day, LANGUAGES[tag]) in entry
            is_off = "CANCELLED" in entry or CANCELLED[tag] in entry
            assert is_off is (id_ == "off"), entry


@EACH
def test_every_format_says_what_happened_and_what_is_particular(extension: str) -> None:
    name, _ = READERS[extension]
    back, themed = (
        unfolded(body(f"/en/{name}.{extension}", kinds(alone=id_))) for id_ in ("back", "themed")
    )
    told = '"kind": "reinstated"' if extension == "json" else "it is to take place after all"
    assert told in back
    assert THEME in themed
    assert told not in themed
    assert THEME not in back


@pytest.mark.parametrize(
    ("extension", "is_listed"),
    [("json", True), ("csv", True), ("txt", True), ("atom", False), ("ics", False)],
)
def test_what_has_no_day_is_in_the_lists(extension: str, is_listed: bool) -> None:
    name, read = READERS[extension]
    found = "\n".join(read(body(f"/en/{name}.{extension}", kinds())))
    assert [NAMES[id_] in found for id_ in ("month", "never")] == [is_listed] * 2


@EACH
@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_choice_narrows_every_format(extension: str, tag: str) -> None:
    name, _ = READERS[extension]
    path = f"/{tag}/{name}.{extension}"
    chosen = get(f"{path}?topics=palestine")

    assert len(chosen.plain.body) < len(body(path))
    assert get(f"{path}?topics=palestine,palestine&utm_source=x").plain.body == chosen.plain.body
    assert ("Link", f'<{path}?topics=palestine>; rel="canonical"') in chosen.plain.headers


@EACH
def test_cancelled_dates_are_left_out_of_every_format_on_request(extension: str) -> None:
    name, read = READERS[extension]
    found = "\n".join(read(body(f"/en/{name}.{extension}?cancelled=hide", kinds())))
    assert NAMES["one"] in found
    assert "Off" not in found


@pytest.mark.parametrize("extension", FORMATS)
def test_a_list_of_nothing_is_a_list(extension: str) -> None:
    name, _ = READERS[extension]
    assert get(f"/ar/{name}.{extension}?topics=selfdet")


@pytest.mark.parametrize("extension", ["json", "csv", "ics"])
def test_what_does_not_depend_on_the_day_is_the_same_all_year(extension: str) -> None:
    first, last = (
        get(f"/ru/calendar.{extension}", today=day)
        for day in (date(2026, 1, 1), date(2026, 12, 31))
    )
    assert first.plain.body == last.plain.body
    assert first.last_modified == last.last_modified


@pytest.mark.parametrize("address", ["/ru/calendar.txt", "/ru/agenda.atom"])
def test_what_depends_on_the_day_is_modified_by_it(address: str) -> None:
    before, after = (get(address, today=date(2026, 11, day)) for day in (24, 25))
    assert before.last_modified is not None
    assert after.last_modified is not None
    assert before.last_modified < after.last_modified


# JSON


@pytest.mark.parametrize(
    "address",
    ["/en/calendar.json", "/ar/calendar.json?languages=en,ru", "/tr/calendar.json?topics=cuba"],
)
def test_the_json_is_as_openapi_describes_it(address: str) -> None:
    described = json.loads(body("/openapi.json"))
    schemas = described["components"]["schemas"]
    text = json.dumps(schemas).replace("#/components/schemas/", "#/$defs/")
    root = {"$defs": json.loads(text)}

    found = json.loads(body(address))

    assert list(problems(root["$defs"]["CalendarObject"], found, root)) == []


def test_openapi_names_every_address_for_programs_with_its_options() -> None:
    described = json.loads(body("/openapi.json"))
    wanted = {r.pattern: list(r.options) for r in ROUTES if r.is_for_programs}

    found = {
        pattern: [p["name"] for p in item["get"]["parameters"] if p["in"] == "query"]
        for pattern, item in described["paths"].items()
    }

    assert found == wanted
    assert {"/{lang}/calendar.ics", "/{lang}/calendar.json", "/{lang}/agenda.atom"} <= wanted.keys()
    assert "/{lang}/changes.atom" in wanted


def test_openapi_says_what_each_field_means_and_which_values_it_has() -> None:
    schemas = json.loads(body("/openapi.json"))["components"]["schemas"]
    objects = {name: found["properties"] for name, found in schemas.items() if "enum" not in found}

    assert [
        (name, field)
        for name, fields in objects.items()
        for field, shape in fields.items()
        if not shape.get("description")
    ] == []
    named = (Basis, ChangedBy, ChangeKind, Exactness, Outcome, Precision, Status)
    assert {name: found["enum"] for name, found in schemas.items() if "enum" in found} == {
        values.__name__: [str(value) for value in values] for values in named
    }
    told = {
        (name, field): json.dumps(shape)
        for name in objects
        for field, shape in objects[name].items()
    }
    assert [f for (_, f), shape in told.items() if "schemas/Status" in shape] == ["status"]
    assert all(word in told["DateObject", "date"] for word in ("EDTF", "unknown"))


@pytest.mark.parametrize("name", ["changes.atom", "calendar.png", "agenda.atom", "calendar.csv"])
def test_what_trackers_append_leads_to_the_same_address(name: str) -> None:
    path = f"/en/{name}"
    for query in ("", "?utm_source=x"):
        headers = dict(get(f"{path}{query}").plain.headers)
        assert headers["Link"] == f'<{path}>; rel="canonical"'


def test_json_has_the_languages_asked_for() -> None:
    found = json.loads(body("/tr/calendar.json?languages=ar,en"))
    assert found["languages"] == ["en", "ar"]
    assert {tuple(event["name"]) for event in found["events"]} == {("en", "ar")}
    assert {tuple(when["words"]) for event in found["events"] for when in event["dates"]} == {
        ("en", "ar")
    }


def test_json_with_several_languages_keeps_that_of_its_address() -> None:
    """Whatever is not a text by language is of the path, as it is without a choice."""
    own, several = (
        json.loads(body(f"/tr/calendar.json{query}")) for query in ("", "?languages=ar,en")
    )

    def single(found: dict[str, Any]) -> list[object]:
        named = [*found["topics"].values(), *found["documents"].values(), *found["events"]]
        singles = [found[key] for key in ("name", "description", "url", "language")]
        return [*singles, *(one["url"] for one in named)]

    assert single(own) == single(several)
    assert own["language"] == "tr"
    assert all(url.startswith(f"{BASE_URL}/tr/") for url in single(own)[4:])


@pytest.mark.parametrize(
    ("query", "canonical"),
    [("languages=ru", ""), ("languages=ru,ar", "?languages=ru,ar"), ("languages=ar", None)],
)
def test_the_language_of_the_path_alone_is_what_there_is_without_a_choice(
    query: str, canonical: str | None
) -> None:
    path = "/ru/calendar.json"
    found = get(f"{path}?{query}")
    wanted = f"?{query}" if canonical is None else canonical

    assert dict(found.plain.headers)["Link"] == f'<{path}{wanted}>; rel="canonical"'
    assert json.loads(found.plain.body)["source"] == f"{BASE_URL}{path}{wanted}"
    assert (found.plain.body == body(path)) is (canonical == "")


def test_json_has_provenance_ordinals_precision_and_the_window() -> None:
    found = json.loads(body("/en/calendar.json"))
    by_id = {event["id"]: event for event in found["events"]}
    dates = {when["id"]: when for event in found["events"] for when in event["dates"]}

    assert by_id.keys() == real_catalogue().events.keys()
    assert found["window"] == {"first": "2025-01-01", "last": "2028-12-31"}
    assert dates["victory-day-2026"]["ordinal"] == 81
    assert dates["imcwp-1998"]["precision"] == "year"
    assert by_id["guantanamo-seminar-8"]["sources"][0]["point"] == 8
    assert all(PartialDate.parse(when["date"]) for when in dates.values())
    uids = {when["uid"] for when in dates.values() if when["precision"] in ("day", "interval")}
    assert uids == vevents(body("/en/calendar.ics")).keys()


# CSV


def test_csv_has_a_mark_crlf_and_one_row_for_each_date() -> None:
    written = body("/ar/calendar.csv")
    assert written.startswith(f'\ufeff"{COLUMNS[0]}","{COLUMNS[1]}",'.encode())
    assert written.count(b"\n") == written.count(b"\r\n")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), strict=True))
    assert rows[0] == list(COLUMNS)
    assert {len(row) for row in rows} == {len(COLUMNS)}
    dates = [d for e in json.loads(body("/ar/calendar.json"))["events"] for d in e["dates"]]
    assert sorted(row[0] for row in rows[1:]) == sorted(when["id"] for when in dates)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_csv_has_no_formula(sign: str) -> None:
    name = Text({"en": f"{sign}HYPERLINK(1)"})
    found = publish(made_up(factories.event(name=name)))
    rows = list(
        csv.DictReader(io.StringIO(body("/en/calendar.csv", found).decode("utf-8-sig"), newline=""))
    )
    assert {row["name"] for row in rows} == {f"'{sign}HYPERLINK(1)"}
    assert not any(
        value.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for value in row.values()
    )


def cells(written: bytes) -> list[str]:
    """What a spreadsheet makes of it that parts cells at semicolons and tabs, and knows quotes only
    where a cell begins with them."""
    text = written.decode("utf-8-sig")
    parted = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    return [cell for row in parted for part in row for cell in part.split("\t")]


@pytest.mark.parametrize("sign", ["=", " =", "+", "-", "@", "＝"])
@pytest.mark.parametrize("separator", [";", "; ", "\t", "\n"])
def test_csv_has_no_formula_where_cells_are_parted_otherwise(separator: str, sign: str) -> None:
    bad = f"A{separator}{sign}1+1{separator}B"
    found = factories.event(
        "one",
        factories.on("2026-11-24"),
        topics=("labour",),
        name=Text({"en": bad}),
        occasions=(Occasion(date(2026, 11, 24), Text({"en": bad})),),
    )
    topics = {"labour": Topic("labour", Text({"en": f"{sign}1"}))}
    written = body("/en/calendar.csv", publish(made_up(found, topics=topics)))

    assert "1+1" in written.decode()
    assert [cell for cell in cells(written) if re.match(r"\s*[=+\-@＝]", cell)] == []


def test_csv_keeps_its_columns_in_their_order_and_says_what_changed() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(body("/en/calendar.csv", kinds()).decode("utf-8-sig"), newline="")
        )
    )
    assert COLUMNS[:4] == ("id", "uid", "date", "precision")
    assert COLUMNS[-3:] == ("url", "changes", "occasion")
    by_id = {row["id"]: row for row in rows}
    assert by_id["moved"]["changes"].startswith("Moved from 27 November 2026 to 28 November 2026.")
    assert by_id["one"]["changes"] == by_id["one"]["occasion"] == ""


# Text


@pytest.mark.parametrize("tag", LANGUAGES)
def test_text_is_narrow_and_in_order_and_has_what_is_coming(tag: str) -> None:
    written = body(f"/{tag}/calendar.txt").decode()
    assert max(len(line) for line in written.splitlines() if "://" not in line) <= WIDTH
    assert not re.search("[<>{}|*_]|--|\t|\n\n\n", written)
    assert written.endswith("\n")
    names = [
        view.name.value
        for view in edition(real_catalogue())
        .site.presenter(tag)
        .views(edition(real_catalogue()).site.coming)
    ]
    flat = re.sub(r"\s+", " ", written)
    at = [flat.index(name) for name in dict.fromkeys(names)]
    assert at == sorted(at)


def test_text_says_what_happened_to_a_date() -> None:
    written = "\n".join(entries_of_txt(body("/en/calendar.txt", kinds())))
    assert "Moved from 27 November 2026 to 28 November 2026." in written
    assert "CANCELLED: Off" in written


def test_text_marks_what_calendars_mark() -> None:
    """A background, and what is not sure yet."""
    plain, background, tentative = (
        factories.event(id_, factories.on("2026-11-24"), name=Text({"en": id_}), **fields)
        for id_, fields in (
            ("plain", {}),
            ("background", {"is_context": True}),
            ("tentative", {"status": Status.TENTATIVE}),
        )
    )
    written = entries_of_txt(
        body("/en/calendar.txt", publish(made_up(plain, background, tentative)))
    )
    said = {
        name: [sign for sign in ("as background only", "Tentative") if sign in entry]
        for entry in written
        for name in ("plain", "background", "tentative")
        if re.search(rf"\b{name}( |$)", entry) and "2026" in entry
    }
    assert said == {"plain": [], "background": ["as background only"], "tentative": ["Tentative"]}


@pytest.mark.parametrize(
    ("topics", "is_empty"),
    [((), False), (("cuba",), False), (("cuba", "selfdet"), False)] + [(("selfdet",), True)],
)
def test_text_names_what_was_chosen_and_says_if_there_is_none(
    topics: tuple[str, ...], is_empty: bool
) -> None:
    query = f"?topics={','.join(topics)}" if topics else ""
    written = unfolded(body(f"/en/calendar.txt{query}"))
    names = " · ".join(real_catalogue().topics[id_].name["en"] for id_ in topics)
    assert ("Chosen: " in written) is bool(topics)
    assert (f" Chosen: {names}. As of " in written) is bool(topics)
    assert ("There are no upcoming dates for this choice." in written) is is_empty


# Atom


def entries(address: str, today: date, catalogue: Catalogue | None = None) -> dict[str, str]:
    """When each entry is from, by the last part of its id."""
    root = ElementTree.fromstring(body(address, catalogue, today))  # noqa: S314
    found = {}
    for entry in root.iter(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "content"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1
        found[entry.findtext(f"{ATOM}id", "").rpartition("/")[2]] = entry.findtext(
            f"{ATOM}updated", ""
        )
    return found


@pytest.mark.parametrize("tag", LANGUAGES)
def test_atom_has_what_rfc_4287_requires(tag: str) -> None:
    root = ElementTree.fromstring(body(f"/{tag}/agenda.atom"))  # noqa: S314
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(root.findall(f"{ATOM}{name}")) == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    own = [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == [f"{BASE_URL}/{tag}/agenda.atom"]
    ids = [found.text or "" for found in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids) > 2
    assert all(re.fullmatch(r"tag:[a-z.-]+,\d{4}:[a-z0-9/?=,&-]+", found) for found in ids)
    for at in root.iter(f"{ATOM}updated"):
        assert datetime.fromisoformat(at.text or "")


@cache
def in_time() -> Catalogue:
    """Return the real data, published long before the days that are looked at."""
    return published_files({str(EVENTS): EVENTS.read_bytes()}, {}, factories.at("2026-09-01"))


def test_a_date_is_news_when_it_is_a_week_away() -> None:
    catalogue = in_time()
    before, then, later = (
        entries("/en/agenda.atom", date(2026, 11, day), catalogue) for day in (20, 21, 30)
    )

    assert "cuba-solidarity-days-2026-11" not in before
    assert then["cuba-solidarity-days-2026-11"] == "2026-11-21T00:00:00Z"
    assert later["cuba-solidarity-days-2026-11"] == "2026-11-21T00:00:00Z"
    last, after = (entries("/en/agenda.atom", date(2026, 12, day), catalogue) for day in (28, 29))
    assert "cuba-solidarity-days-2026-11" in last
    assert "cuba-solidarity-days-2026-11" not in after


def test_a_background_is_no_news() -> None:
    assert entries("/en/agenda.atom", date(2027, 3, 10)).keys() == {
        "womens-day-2027",
        "cuba-solidarity-days-2027-02",
    }


def test_a_choice_is_news_of_its_own() -> None:
    ids = {
        ElementTree.fromstring(body(f"/en/agenda.atom{query}")).findtext(f"{ATOM}id")  # noqa: S314
        for query in ("", "?topics=cuba", "?topics=peace")
    }
    assert len(ids) == 3


def test_the_title_of_the_news_names_what_was_chosen() -> None:
    titles = [
        ElementTree.fromstring(body(f"/en/agenda.atom{query}")).findtext(f"{ATOM}title")  # noqa: S314
        for query in ("", "?topics=peace,cuba")
    ]
    topics = real_catalogue().topics
    assert titles[1] == f"{titles[0]}: {topics['cuba'].name['en']} · {topics['peace'].name['en']}"


WALK = factories.event(
    "walk", factories.on("2026-11-27"), topics=("labour",), name=Text({"en": "Walk"})
)


def after(change: Event | None, when: str = "2026-11-23T15:00") -> Catalogue:
    """Return what is published after a walk on 27 November was told."""
    told = publish(made_up(WALK), None, factories.at("2026-11-01"))
    return publish(made_up(*filter(None, [change])), told, factories.at(when))


def news(today: date, catalogue: Catalogue, topics: str = "") -> list[tuple[str, str, list[str]]]:
    """Return title, instant and lines of each entry, the newest first."""
    query = f"?topics={topics}" if topics else ""
    root = ElementTree.fromstring(body(f"/en/agenda.atom{query}", catalogue, today))  # noqa: S314
    found = [
        (
            entry.findtext(f"{ATOM}title", ""),
            entry.findtext(f"{ATOM}updated", ""),
            re.findall("<p>(.*?)</p>", entry.findtext(f"{ATOM}content", "")),
        )
        for entry in root.iter(f"{ATOM}entry")
    ]
    if found:
        assert root.findtext(f"{ATOM}updated") == max(updated for _, updated, _ in found)
    return found


def test_a_date_cancelled_after_it_was_news_is_news_again() -> None:
    off = replace(WALK, changes=(factories.cancelled("2026-11-27"),))

    assert entries("/en/agenda.atom", TODAY, after(WALK)) == {"walk": "2026-11-20T00:00:00Z"}
    assert entries("/en/agenda.atom", TODAY, after(off)) == {"walk": "2026-11-23T15:00:00Z"}


@pytest.mark.parametrize(
    ("change", "title", "told"),
    [
        (
            replace(WALK, changes=(factories.moved("2026-11-27", "2026-12-20"),)),
            "Walk – 20 December 2026",
            "Moved from 27 November 2026 to 20 December 2026. Moved by the organisers.",
        ),
        (
            replace(WALK, changes=(factories.moved("2026-11-27", "2027-02"),)),
            "Walk – in February 2027, day not known",
            "Moved from 27 November 2026 to February 2027. Moved by the organisers.",
        ),
        (
            replace(WALK, rule=factories.on("2027-02-03")),
            "Walk – 3 February 2027",
            "Walk: 3 February 2027 (was: 27 November 2026). "
            "We corrected the date; the error was ours",
        ),
        (
            replace(WALK, rule=factories.on("2026-11-25")),
            "Walk – 25 November 2026",
            "Walk: 25 November 2026 (was: 27 November 2026). "
            "We corrected the date; the error was ours",
        ),
    ],
)
def test_who_was_told_of_a_date_is_told_that_it_is_another(
    change: Event, title: str, told: str
) -> None:
    catalogue = after(change)

    ((found, updated, lines),) = news(TODAY, catalogue)

    assert (found, updated) == (title, "2026-11-23T15:00:00Z")
    assert told in lines
    assert news(date(2026, 12, 27), catalogue)
    ids = {tuple(entries("/en/agenda.atom", TODAY, one)) for one in (catalogue, after(WALK))}
    assert ids == {("walk",)}


def test_a_move_of_a_date_that_nobody_was_told_of_is_no_news() -> None:
    away = replace(WALK, changes=(factories.moved("2026-11-27", "2026-12-20"),))
    catalogue = after(away, "2026-11-19T15:00")

    assert news(TODAY, catalogue) == []
    assert entries("/en/agenda.atom", date(2026, 12, 13), catalogue) == {
        "walk": "2026-12-13T00:00:00Z"
    }


def test_what_was_moved_away_is_news_again_when_it_is_a_week_away() -> None:
    catalogue = after(replace(WALK, changes=(factories.moved("2026-11-27", "2026-12-20"),)))

    ((_, before, _),) = news(date(2026, 12, 12), catalogue)
    ((_, then, _),) = news(date(2026, 12, 13), catalogue)

    assert (before, then) == ("2026-11-23T15:00:00Z", "2026-12-13T00:00:00Z")


def test_who_was_told_of_a_date_is_told_that_it_is_taken_out() -> None:
    walks = factories.event(
        "walks", factories.WEEKENDS, topics=("labour",), name=Text({"en": "Walks"})
    )
    told = publish(made_up(walks), None, factories.at("2026-11-01"))
    out = replace(walks, except_on=frozenset({date(2026, 11, 28)}))
    catalogue = publish(made_up(out), told, factories.at("2026-11-23T15:00"))

    found, _ = news(TODAY, catalogue)

    taken_out = "Walks: 28–29 November 2026"
    assert found == (f"Removed: {taken_out}", "2026-11-23T15:00:00Z", [taken_out])


WALKS = factories.event("walks", factories.WEEKENDS, topics=("labour",), name=Text({"en": "Walks"}))


def after_walks(*now: Event, topics: str = "") -> list[tuple[str, str, list[str]]]:
    """Return the news once walks on every last weekend are other events, or none."""
    offered = {id_: factories.topic(id_) for id_ in ("labour", "peace")}
    told = publish(made_up(WALKS, topics=offered), None, factories.at("2026-11-01"))
    changed = made_up(*now, topics=offered)
    return news(TODAY, publish(changed, told, factories.at("2026-11-23T15:00")), topics)


def test_who_was_told_of_a_date_is_told_that_its_whole_entry_is_taken_out() -> None:
    removed = ["Walk: 27 November 2026"]

    assert news(TODAY, after(None)) == [
        ("Removed: Walk: 27 November 2026", "2026-11-23T15:00:00Z", removed)
    ]
    assert list(entries("/en/agenda.atom", TODAY, after(None))) == ["walk"]
    assert news(TODAY, after(None, "2026-11-19T15:00")) == []
    assert news(date(2026, 12, 28), after(None)) == []


@pytest.mark.parametrize(
    "now",
    [(), (replace(WALKS, until=date(2026, 11, 27)),), (replace(WALKS, rule=Yearly(5, 1)),)],
    ids=["entry", "bounds", "rule"],
)
def test_who_was_told_of_a_date_is_told_that_it_went_with_its_series(now: tuple[Event]) -> None:
    told = "Walks: 28–29 November 2026"

    assert ("Removed: " + told, "2026-11-23T15:00:00Z", [told]) in after_walks(*now)


def test_a_date_that_stands_by_another_rule_is_not_told_as_removed() -> None:
    days = ",".join(str(number) for number in range(22, 29))
    same = factories.rrule(f"FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY={days}", days=2)

    titles = [title for title, _, _ in after_walks(replace(WALKS, rule=same))]

    assert titles == ["Walks – 24–25 October 2026", "Walks – 28–29 November 2026"]


def test_what_a_date_was_told_as_by_itself_counts_when_its_series_changes() -> None:
    """It was cancelled, or moved, before the whole series got another rule."""
    moved = changed(ChangeKind.MOVED, PartialDate.parse("2026-11-26"))
    cancelled = changed(ChangeKind.CANCELLED)
    other = replace(WALKS, rule=Yearly(5, 1))
    off = replace(other, status=Status.CANCELLED)

    assert [title for title, *_ in walks_as(moved, other)] == ["Removed: Walks: 26 November 2026"]
    assert walks_as(cancelled, other) == []
    assert [title for title, *_ in walks_as(other, off)] == ["Removed: Walks: 28–29 November 2026"]


def test_a_date_that_was_taken_out_and_is_back_on_another_day_is_told_as_that() -> None:
    yearly = replace(WALK, rule=Yearly(11, 27))
    out = replace(yearly, except_on=frozenset({date(2026, 11, 27)}))
    catalogue = publish(made_up(yearly), None, factories.at("2026-11-01"))
    for number, other in enumerate((out, replace(yearly, rule=Yearly(12, 20)))):
        at = factories.at("2026-11-22T15:00") + timedelta(days=number)
        catalogue = publish(made_up(other), catalogue, at)

    ((_, _, lines),) = news(TODAY, catalogue)

    assert lines[1] == (
        "Walk: 20 December 2026 (was: 27 November 2026). We corrected the date; the error was ours"
    )


def changed(kind: ChangeKind, to: PartialDate | None = None) -> Event:
    change = Change(date(2026, 11, 28), kind, ChangedBy.ORGANISERS, to)
    return replace(WALKS, changes=(change,))


def walks_as(*others: Event) -> list[tuple[str, str, list[str]]]:
    """Return the news once the walks were each of the others in turn, day after day."""
    catalogue = publish(made_up(WALKS), None, factories.at("2026-11-01"))
    for number, other in enumerate(others):
        at = factories.at("2026-11-22T15:00") + timedelta(days=number)
        catalogue = publish(made_up(other), catalogue, at)
    return news(TODAY, catalogue)


def test_of_a_topic_only_what_was_taken_out_of_it_is_told() -> None:
    assert len(after_walks(topics="labour")) == 1
    assert after_walks(topics="peace") == []


def test_a_date_that_its_series_has_on_another_day_is_told_as_that() -> None:
    yearly = replace(WALK, rule=Yearly(11, 27))
    told = publish(made_up(yearly), None, factories.at("2026-11-01"))
    other = replace(yearly, rule=Yearly(12, 20))
    catalogue = publish(made_up(other), told, factories.at("2026-11-23T15:00"))

    ((title, updated, lines),) = news(TODAY, catalogue)

    assert (title, updated) == ("Walk – 20 December 2026", "2026-11-23T15:00:00Z")
    assert lines[1] == (
        "Walk: 20 December 2026 (was: 27 November 2026). We corrected the date; the error was ours"
    )


def test_news_is_not_older_than_what_is_told() -> None:
    late = factories.event("late", factories.on("2026-11-24"), topics=("labour",))
    told = publish(made_up(WALK), None, factories.at("2026-11-01"))
    catalogue = publish(made_up(WALK, late), told, factories.at("2026-11-23T15:00"))

    assert news(TODAY, told)[0][1] == "2026-11-20T00:00:00Z"
    assert entries("/en/agenda.atom", TODAY, catalogue) == {
        "late": "2026-11-23T15:00:00Z",
        "walk": "2026-11-20T00:00:00Z",
    }
    assert [updated for _, updated, _ in news(TODAY, catalogue)][0] == "2026-11-23T15:00:00Z"
