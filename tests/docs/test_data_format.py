"""What docs/data-format.md tells editors is what the reader does."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

import pytest

from calendar_app.catalogue.pairs import STALE
from calendar_app.catalogue.reader import read_catalogue
from calendar_app.catalogue.schema import Shape
from calendar_app.core.catalogue import Catalogue
from calendar_app.core.errors import DataError
from calendar_app.core.events import Basis, ChangedBy, ChangeKind, Exactness, Outcome, Status
from calendar_app.core.occurrences import Window, expand
from calendar_app.core.precision import PartialDate
from tests.docs.documents import blocks, code, read, section, table, tables

PAGE = "docs/data-format.md"
FIRST, *FURTHER = blocks(PAGE, "yaml file")
SECTIONS = {"yaml document": "documents", "yaml topic": "topics", "yaml event": "events"}
SHAPES = Shape.__subclasses__()
EXAMPLES = [
    (f"{found}:", block) for info, found in SECTIONS.items() for block in blocks(PAGE, info)
]
# Where the keys of each shape are explained: the heading, and which table below it.
EXPLAINED = {
    "FileShape": ("Sections", 0),
    "CalendarShape": ("The calendar", 0),
    "DocumentShape": ("Documents", 0),
    "PointShape": ("Points", 0),
    "TopicShape": ("Topics", 0),
    "EventShape": ("Events", 0),
    "ChangeShape": ("Changes", 0),
    "OccasionShape": ("Occasions", 0),
    "PlaceShape": ("Places and links", 0),
    "LinkShape": ("Places and links", 1),
    "SourceShape": ("Sources", 0),
}
# The values that each key explains.
VALUES: dict[tuple[str, str], type[StrEnum]] = {
    ("Events", "status"): Status,
    ("Events", "outcome"): Outcome,
    ("Changes", "kind"): ChangeKind,
    ("Changes", "by"): ChangedBy,
    ("Sources", "precision"): Exactness,
}
FAULTS = [
    (code(wrote).split("\n"), code(says)) for wrote, says in table(PAGE, "Faults and remedies")
]


def _read(*further: str) -> Catalogue:
    """The first file of the page, and beside it what a test is about. Raises DataError."""
    contents = [FIRST, *further]
    return read_catalogue({f"{at}.yaml": text.encode() for at, text in enumerate(contents)})[0]


def _event(lines: list[str]) -> str:
    """A file with an event of these lines, and what else an event must have."""
    given = {line.partition(":")[0] for line in lines}
    whole = [] if given & {"on", "yearly", "monthly", "rrule"} else ["yearly: 03-08"]
    whole += lines
    whole += [] if "name" in given else ["name: {en: Example}"]
    whole += [] if "topics" in given else ["topics: [peace]"]
    return "\n".join(["events:", "  example:", *(f"    {line}" for line in whole), ""])


def _indented(block: str) -> str:
    return "".join(f"  {line}" if line.strip() else line for line in block.splitlines(True))


def test_every_example_is_marked() -> None:
    infos = set(re.findall(r"^```(.+)$", read(PAGE), re.MULTILINE))

    assert infos == {"yaml file", *SECTIONS, "fault"}


def test_the_first_file_is_read_without_a_fault() -> None:
    assert list(_read().events) == ["may-day"]


@pytest.mark.parametrize("text", FURTHER)
def test_a_second_file_is_read_without_a_fault(text: str) -> None:
    assert len(_read(text).events["may-day"].sources) == 2


@pytest.mark.parametrize(("head", "block"), EXAMPLES)
def test_an_example_is_read_without_a_fault(head: str, block: str) -> None:
    assert _read(f"{head}\n{_indented(block)}")


def test_every_shape_is_explained() -> None:
    assert {shape.__name__ for shape in SHAPES} == set(EXPLAINED)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_key_is_explained(shape: type[Shape]) -> None:
    heading, at = EXPLAINED[shape.__name__]
    rows = [code(key) for key, _ in table(PAGE, heading, at)]

    keys = {field.alias or name for name, field in shape.model_fields.items()}
    assert sorted(rows) == sorted(keys)


@pytest.mark.parametrize(("heading", "key"), VALUES)
def test_every_value_is_explained(heading: str, key: str) -> None:
    meaning = next(text for found, text in table(PAGE, heading) if code(found) == key)

    assert set(VALUES[heading, key]) <= set(code(meaning).split("\n"))


def test_every_basis_is_explained() -> None:
    assert [code(basis) for basis, _ in table(PAGE, "Sources", 1)] == list(Basis)


@pytest.mark.parametrize(("lines", "_", "dates"), table(PAGE, "Four ways to say when"))
def test_a_way_to_say_when_gives_the_dates_shown(lines: str, _: str, dates: str) -> None:
    event = _read(_event(code(lines).split("\n"))).events["example"]

    found = [str(occurrence.when) for occurrence in expand(event, Window.years(2026, 2026))]
    assert (", ".join(found) or "none") == dates


@pytest.mark.parametrize(("text", "_", "is_entry"), table(PAGE, "How exact a date is"))
def test_a_date_is_in_calendars_as_shown(text: str, _: str, is_entry: str) -> None:
    assert PartialDate.parse(code(text)).is_exact == (is_entry == "yes")


@pytest.mark.parametrize(("wrote", "says"), FAULTS)
def test_a_typical_fault_is_reported_as_shown(wrote: list[str], says: str) -> None:
    with pytest.raises(DataError) as refused:
        _read(_event(wrote))

    told = [
        ": ".join(filter(None, (fault.field, f"{fault.problem}; {fault.remedy}")))
        for fault in refused.value.faults
    ]
    assert told == says.split("\n")


@pytest.mark.parametrize("name", [PAGE, "README.md"])
def test_the_fault_shown_is_a_typical_one(name: str) -> None:
    shown = [re.sub(r"^data/events.yaml:\d+: [a-z0-9-]+: ", "", block) for block in _shown(name)]

    assert shown
    assert set(shown) <= {says for _, says in FAULTS}


def test_what_to_do_about_stale_revisions_is_explained() -> None:
    assert f"`{STALE}`" in section(PAGE, "Faults and remedies")


def test_an_anniversary_begins_with_its_origin() -> None:
    example = next(block for block in blocks(PAGE, "yaml event") if "counts_from" in block)
    event = _read(f"events:\n{_indented(example)}").events["founding-day"]

    first = expand(event, Window.years(1900, 2000))[0]
    assert first.when.first == date(1922, 12, 30)


def test_tables_are_whole() -> None:
    for rows in tables(read(PAGE)):
        assert len({len(row) for row in rows}) == 1


def _shown(name: str) -> list[str]:
    return [block.strip() for block in blocks(name, "fault")]
