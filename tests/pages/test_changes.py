"""What changed, told to readers: whose change it was, the old and the new date, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import ChangedBy, Status, Text
from calendar_app.core.revisions import Kind
from calendar_app.core.rules import Yearly
from calendar_app.words.changes import ChangesView, all_changes, lines
from calendar_app.words.fallback import Chosen
from calendar_app.words.formatting import format_day
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter
from tests.factories import at, cancelled, document, event, moved, on, reinstated, rrule, source
from tests.pages.markup import Element, Tree, faults
from tests.publishing import PUBLISHED_AT, TODAY, edition, made_up, publish, real_catalogue

TALKS = event("talks", on("2026-12-04"), topics=("labour",), name=Text({"en": "Talks"}))
MARCH = event("march", Yearly(5, 1), topics=("labour",), name=Text({"en": "March"}))
SEMINAR = event("seminar", on("2027-03"), topics=("labour",), name=Text({"en": "Seminar"}))
CAMP = event("camp", rrule("FREQ=YEARLY", "2026-07-01"), topics=("labour",))
DOCUMENTS = {"plan-23": document(), "plan-24": document("plan-24")}
FIRST = publish(made_up(TALKS, MARCH, SEMINAR, documents=DOCUMENTS))
MONDAY = at("2026-11-30T10:00")


def then(*events: object, when: datetime = MONDAY, before: Catalogue = FIRST) -> Catalogue:
    """Return what is published after the first publication."""
    return publish(made_up(*events, documents=DOCUMENTS), before, when)  # type: ignore[arg-type]


def newest(catalogue: Catalogue, language: str = "en") -> list[ChangesView]:
    """Return what was told after the first publication."""
    views = all_changes(Presenter(catalogue, LANGUAGES[language], TODAY))
    return [view for view in views if view.at > PUBLISHED_AT]


def told(catalogue: Catalogue) -> list[tuple[str, list[str]]]:
    """Return the words of each item and its lines."""
    presenter = Presenter(catalogue, LANGUAGES["en"], TODAY)
    return [(view.word, list(lines(view, presenter))) for view in newest(catalogue)]


def test_the_first_publication_is_one_item() -> None:
    (view,) = all_changes(Presenter(real_catalogue(), LANGUAGES["en"], TODAY))

    assert (view.word, len(view.changes), view.is_brief) == ("Added", 25, True)
    assert (view.kind, view.at) == (Kind.ADDED, PUBLISHED_AT)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (
            [replace(TALKS, changes=(moved("2026-12-04", "2026-12-05"),)), MARCH, SEMINAR],
            [
                (
                    "Moved",
                    ["Talks: 5 December 2026 (was: 4 December 2026). Moved by the organisers"],
                )
            ],
        ),
        (
            [
                replace(TALKS, changes=(moved("2026-12-04", "2026-12-05", ChangedBy.US),)),
                MARCH,
                SEMINAR,
            ],
            [
                (
                    "Corrected",
                    [
                        "Talks: 5 December 2026 (was: 4 December 2026). "
                        "We corrected the date; the error was ours"
                    ],
                )
            ],
        ),
        (
            [replace(TALKS, rule=on("2026-12-06")), MARCH, SEMINAR],
            [
                (
                    "Corrected",
                    [
                        "Talks: 6 December 2026 (was: 4 December 2026). "
                        "We corrected the date; the error was ours"
                    ],
                )
            ],
        ),
        (
            [replace(TALKS, changes=(cancelled("2026-12-04"),)), MARCH, SEMINAR],
            [("Cancelled", ["Talks: 4 December 2026. Cancelled by the organisers"])],
        ),
        (
            [TALKS, MARCH, replace(SEMINAR, rule=on("2027-03-20/2027-03-21"))],
            [("Made more exact", ["Seminar: 20–21 March 2027 (was: March 2027)"])],
        ),
        (
            [TALKS, replace(MARCH, rule=Yearly(5, 2)), SEMINAR],
            [
                (
                    "Corrected",
                    [
                        "March: every year on 2 May (was: every year on 1 May). "
                        "We corrected the date; the error was ours"
                    ],
                )
            ],
        ),
        (
            [replace(TALKS, name=Text({"en": "Long talks"})), MARCH, SEMINAR],
            [("Text changed", ["Long talks"])],
        ),
        ([TALKS, MARCH, SEMINAR, CAMP], [("Added", ["May Day: Recurring rule"])]),
        ([MARCH, SEMINAR], [("Removed", ["Talks"])]),
        (
            [replace(TALKS, status=Status.TENTATIVE), MARCH, SEMINAR],
            [("Tentative", ["Talks: 4 December 2026"])],
        ),
        (
            [TALKS, MARCH, replace(SEMINAR, rule=on("2027"))],
            [
                (
                    "Corrected",
                    ["Seminar: 2027 (was: March 2027). We corrected the date; the error was ours"],
                )
            ],
        ),
    ],
    ids=[
        "moved",
        "corrected by us",
        "corrected without a word",
        "cancelled",
        "more exact",
        "another rule",
        "text",
        "added",
        "removed",
        "tentative",
        "less exact",
    ],
)
def test_each_kind_of_change_is_told(
    events: list[object], expected: list[tuple[str, list[str]]]
) -> None:
    assert told(then(*events)) == expected


def test_what_was_taken_out_keeps_its_name_and_dates_but_has_no_page() -> None:
    named = replace(TALKS, name=Text({"en": "Talks", "ru": "Переговоры"}))
    moved_on = replace(named, changes=(moved("2026-12-04", "2026-12-05"),))
    before = then(moved_on, MARCH, SEMINAR)
    gone = then(MARCH, SEMINAR, before=before, when=at("2026-12-01T08:00"))

    def line(lang: str, view: ChangesView) -> str:
        return next(lines(view, Presenter(gone, LANGUAGES[lang], TODAY)))

    found = {lang: newest(gone, lang) for lang in ("en", "ru", "ar")}
    pages = {
        lang: Tree(edition(gone).get(f"/{lang}/changes/").plain.body.decode()).root
        for lang in found
    }
    names = [bdi.attributes for bdi in pages["ar"].all("bdi") if bdi.text == "Talks"]
    marked = list(filter(None, names))

    assert [view.kind for view in found["en"]] == [Kind.REMOVED, Kind.MOVED, Kind.TEXT]
    assert [line("en", view) for view in found["en"]] == [
        "Talks",
        "Talks: 5 December 2026 (was: 4 December 2026). Moved by the organisers",
        "Talks",
    ]
    assert line("ru", found["ru"][0]) == "Переговоры"
    assert [change.path for view in found["en"] for change in view.changes] == ["", "", ""]
    assert "/en/events/talks/" not in {a.attributes["href"] for a in pages["en"].all("a")}
    assert marked == [{"lang": "en", "dir": "ltr"}] * 4  # once when it was added
    assert faults(pages["ar"]) == []


def test_of_what_an_earlier_version_took_out_there_is_the_id() -> None:
    talks = replace(TALKS, id="e-talks")
    gone = then(MARCH, SEMINAR, before=then(talks, MARCH, SEMINAR), when=at("2026-12-01T08:00"))
    forgotten = replace(gone.revisions["made-up"], withdrawn={})
    catalogue = replace(gone, revisions={"made-up": forgotten})

    assert told(catalogue)[0] == ("Removed", ["e-talks"])
    for path, times in (("/ar/changes/", 2), ("/ar/events/e-talks/", 1)):
        root = Tree(edition(catalogue).get(path).plain.body.decode()).root
        ids = [bdi.attributes for bdi in root.all("bdi") if bdi.copied == "e-talks"]
        assert ids == [{"dir": "ltr", "class": "id"}] * times
        assert faults(root) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_an_entry_was_its_name_and_the_day_are_said_with_a_way_to_what_changed(
    lang: str,
) -> None:
    names = {tag: f"Talks, {tag}" for tag in LANGUAGES}
    before = then(replace(TALKS, name=Text(names)), MARCH, SEMINAR)
    gone = edition(then(MARCH, SEMINAR, before=before, when=at("2026-12-01T08:00")))

    answer = gone.get(f"/{lang}/events/talks/")
    root = Tree(answer.plain.body.decode()).root
    links = [a.attributes["href"] for a in root.all("a")]
    (item,) = (href for href in links if href.startswith(f"/{lang}/changes/#"))
    changes = Tree(gone.get(f"/{lang}/changes/").plain.body.decode()).root
    (told_there,) = (
        li for li in changes.all("li") if li.attributes.get("id") == item.partition("#")[2]
    )

    assert (answer.status, faults(root)) == (410, [])
    assert names[lang] in [bdi.text for bdi in root.all("bdi")]
    assert format_day(date(2026, 12, 1), LANGUAGES[lang]) in root.text
    assert names[lang] in told_there.text
    assert f"/{lang}/" in links
    assert {f"/{tag}/events/talks/" for tag in LANGUAGES} <= set(links)
    assert gone.get(f"/{lang}/events/talks").status == 410  # the slash was left out
    assert gone.get(f"/{lang}/events/nothing").status == 404


def test_a_series_that_begins_later_shows_both_beginnings() -> None:
    later = replace(MARCH, since=at("2027-01-01").date())

    ((word, (line,)),) = told(then(TALKS, later, SEMINAR))

    assert word == "Beginning or end changed"
    assert line == ("March: every year on 1 May (1 January 2027 – …) (was: every year on 1 May)")


def test_what_was_cancelled_and_comes_after_all_is_told_twice() -> None:
    off = replace(TALKS, changes=(cancelled("2026-12-04"),))
    on_again = replace(off, changes=(*off.changes, reinstated("2026-12-04")))
    first = then(off, MARCH, SEMINAR)

    found = told(then(on_again, MARCH, SEMINAR, before=first, when=at("2026-12-01T08:00")))

    assert [word for word, _ in found] == ["Reinstated", "Cancelled"]
    assert found[0][1] == ["Talks: 4 December 2026"]


def test_a_further_document_is_named_once_for_all_it_cites() -> None:
    cited = [replace(one, sources=(source("plan-24"),)) for one in (TALKS, MARCH)]

    views = newest(then(*cited, SEMINAR))
    by_kind = {view.kind: view for view in views}

    named = by_kind[Kind.CITED]
    assert named.document is not None
    assert (named.document[0], named.is_brief) == ("/en/sources/plan-24/", True)
    assert [change.path for change in named.changes] == ["/en/events/talks/", "/en/events/march/"]


def test_an_item_keeps_its_id_when_its_document_is_taken_out() -> None:
    documents = {id_: document(id_) for id_ in ("new", "newer")}
    cited = [
        replace(one, sources=(source(id_),))
        for one, id_ in zip((TALKS, MARCH), documents, strict=True)
    ]
    first = publish(made_up(*cited, SEMINAR, documents=documents), FIRST, MONDAY)
    then_ = publish(made_up(TALKS, MARCH, SEMINAR), first, at("2026-12-10T08:00"))

    named = [view.id for view in newest(first)]
    left = [view for view in newest(then_) if view.at == MONDAY]

    assert named == ["cited-20261130T100000Z-new", "cited-20261130T100000Z-newer"]
    assert [view.id for view in left] == named
    assert [view.document for view in left] == [None, None]
    everything_told = [view.id for view in newest(then_)]
    assert len(set(everything_told)) == len(everything_told)
    tree = Tree(edition(then_).get("/en/changes/").plain.body.decode()).root
    assert faults(tree) == []
    assert set(named) <= {li.attributes.get("id") for li in tree.all("li")}
    feed = edition(then_).get("/en/changes.atom").plain.body.decode()
    assert [feed.count(f"en/changes/{id_}<") for id_ in named] == [1, 1]


def test_what_a_reader_must_know_first_comes_first() -> None:
    catalogue = then(
        replace(TALKS, changes=(cancelled("2026-12-04"),), name=Text({"en": "Long talks"})),
        replace(MARCH, rule=Yearly(5, 2)),
        SEMINAR,
        CAMP,
    )

    assert [view.word for view in newest(catalogue)] == [
        "Cancelled",
        "Corrected",
        "Added",
        "Text changed",
    ]


@cache
def everything() -> Catalogue:
    """Return a catalogue with every kind of change."""
    cited = replace(MARCH, sources=(source("plan-24"),), name=Text({"en": "Marches"}))
    off = replace(TALKS, changes=(cancelled("2026-12-04"),))
    first = then(off, cited, replace(SEMINAR, rule=on("2027-03-20")), CAMP)
    again = replace(
        TALKS,
        changes=(*off.changes, reinstated("2026-12-04"), moved("2026-12-04", "2026-12-05")),
    )
    corrected = replace(SEMINAR, rule=on("2027-03-22"))
    return then(again, cited, corrected, before=first, when=at("2026-12-10T08:00"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_without_fault_and_whole_in_every_language(lang: str) -> None:
    root = Tree(edition(everything()).get(f"/{lang}/changes/").plain.body.decode()).root

    assert faults(root) == []
    assert [len(list(month.all("article"))) for month in _months(root)] == [3, 6]
    presenter = Presenter(everything(), LANGUAGES[lang], TODAY)
    assert [h3.text for h3 in root.all("h3")] == [view.word for view in all_changes(presenter)]
    linked = {a.attributes["href"] for a in root.all("a")}
    assert f"/{lang}/events/camp/" not in linked
    assert {f"/{lang}/events/talks/", f"/{lang}/sources/plan-24/"} <= linked


def test_however_much_was_told_all_of_it_stays_on_the_page_with_a_way_to_each_year() -> None:
    catalogue = FIRST
    for number in range(110):  # twice each: two entries, of one instant
        named = replace(TALKS, name=Text({"en": f"Talks {number}"}))
        off = replace(MARCH, rule=Yearly(5, 1 + number % 2))
        when = at("2026-12-01T08:00") + timedelta(days=number)
        catalogue = then(named, off, SEMINAR, before=catalogue, when=when)

    root = Tree(edition(catalogue).get("/en/changes/").plain.body.decode()).root
    (years,) = [ul for ul in root.all("ul") if ul.attributes.get("class") == "line"]

    assert faults(root) == []
    assert len(list(root.all("article"))) == 1 + 110 + 109
    assert [(a.text, a.attributes["href"]) for a in years.all("a")] == [
        ("2027", "#m2027-03"),
        ("2026", "#m2026-12"),
    ]


def _months(root: Element) -> list[Element]:
    return [s for s in root.all("section") if s.attributes.get("aria-labelledby", "")[0] == "m"]


def test_nothing_has_changed_yet_where_nothing_was_published() -> None:
    silent = replace(FIRST.revisions["made-up"], changes=())
    catalogue = replace(FIRST, revisions={"made-up": silent})

    text = Tree(edition(catalogue).get("/en/changes/").plain.body.decode()).root.text

    assert "There are no changes yet." in text


def test_a_name_in_another_language_says_which() -> None:
    (view,) = newest(then(replace(TALKS, rule=on("2026-12-06")), MARCH, SEMINAR), "ar")

    name = view.changes[0].name
    assert isinstance(name, Chosen)
    assert name.language.tag == "en"


@pytest.mark.parametrize(
    ("first", "days", "is_"),
    [("2026-07-01", 3, "1–3 July 2026"), ("2026-07-02", 1, "2 July 2026")],
    ids=["longer", "later"],
)
def test_a_free_rule_that_is_another_in_its_days_shows_the_difference(
    first: str, days: int, is_: str
) -> None:
    before = publish(made_up(CAMP))
    other = replace(CAMP, rule=rrule("FREQ=YEARLY", first, days))

    ((word, (line,)),) = told(publish(made_up(other), before, MONDAY))

    assert (word, line) == (
        "Corrected",
        f"May Day: Recurring rule ({is_}) (was: Recurring rule (1 July 2026)). "
        "We corrected the date; the error was ours",
    )
