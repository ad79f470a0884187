"""Whatever stands in a file, the reader gives a catalogue or faults, and nothing else happens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.catalogue.pairs import Pair, identity_faults, revised, stale_faults
from calendar_app.catalogue.reader import CatalogueFile, read_catalogue
from calendar_app.catalogue.review import missing_texts, review_marks
from calendar_app.catalogue.revisions import read_revisions, write_revisions
from calendar_app.catalogue.schema import json_schema
from calendar_app.core.catalogue import Catalogue
from calendar_app.core.errors import DataError
from calendar_app.core.occurrences import Window, expand, without_day
from tests.adapters.samples import GOOD, SMALL

pytestmark = pytest.mark.property

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINE_END = re.compile(rb"\r\n|\r|\n")
LINES = GOOD.encode().splitlines(keepends=True)
KEYS = sorted(
    {key for shape in json_schema()["$defs"].values() for key in shape.get("properties", {})}
    | {"documents", "topics", "events", "citations", "calendar", "en", "ar", "fr", "day", "plan"}
)
WORDS = sorted(
    {word for word in re.findall(r'[^\s{}\[\]",]+', GOOD) if not word.endswith(":")}
    | {"2024-02-30", "9999-12-31", "0001-01-01", "2024/..", "unknown", "..", "02-29", "-1", "0"}
    | {"FREQ=DAILY;COUNT=1000", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=WEEKLY;UNTIL=0"}
    | {"https://[", "https://a:b@c", "javascript:x", "", "\u202e", "\x00", "'", "null", "&a", "*a"}
)


def _check(error: DataError, contents: dict[str, bytes]) -> None:
    """Each fault says where, what and what to do, in words that fit on a screen."""
    assert error.faults
    for fault in error.faults:
        assert fault.file in contents
        assert fault.problem
        assert fault.remedy
        assert 0 <= fault.line <= len(LINE_END.split(contents[fault.file]))
        assert str(fault).isprintable()
        assert len(str(fault)) < 600


def _read(*contents: bytes) -> tuple[Catalogue, list[CatalogueFile]] | None:
    named = {f"{number}.yaml": content for number, content in enumerate(contents, 1)}
    try:
        catalogue, files = read_catalogue(named)
    except DataError as error:
        _check(error, named)
        return None
    return catalogue, list(files)


def _use(catalogue: Catalogue, files: list[CatalogueFile]) -> None:
    """What was accepted can be published, and is not stale then."""
    for event in catalogue.events.values():
        expand(event, Window.years(2023, 2030))
    list(without_day(catalogue.events.values()))
    list(missing_texts(catalogue))
    list(review_marks(catalogue))
    revisions = revised(Pair(catalogue, files, {}), "wire", NOON)
    assert list(stale_faults(Pair(catalogue, files, revisions), "wire")) == []
    for name, own in revisions.items():
        assert read_revisions(write_revisions(own), name) == own


def _check_reading(*contents: bytes) -> None:
    found = _read(*contents)
    if found:
        _use(*found)


@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    _check_reading(content)


@given(st.text("abn:-?[]{},&*!|>'\"%@`#~<=\\\t \r\n\x00\x85\u2028\ufeff1й", max_size=60))
def test_any_text_of_signs(content: str) -> None:
    _check_reading(content.encode())


@given(st.text("abn:-?[]{},&*!|>'\"%@`#~<=\\\t \r\n\x00\x85\u2028\ufeff1й", max_size=30))
def test_any_text_at_the_end_of_a_good_file(content: str) -> None:
    _check_reading((SMALL + content).encode())


@given(st.sampled_from(KEYS), st.text(max_size=40))
def test_any_text_in_any_field(key: str, text: str) -> None:
    content = yaml.safe_dump({key: text}, allow_unicode=True)
    _check_reading(f"{SMALL}    {content}".encode())
    _check_reading(f"{SMALL}    summary: {{en: {yaml.safe_dump(text).strip()}}}\n".encode())


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    """A good file of which some lines were lost, moved, repeated, indented or overwritten."""
    lines = list(LINES)
    at = st.integers(0, len(lines) - 1)
    mutations: list[Callable[[int, int], None]] = [
        lambda one, _: lines.__setitem__(one, b""),
        lambda one, other: lines.insert(other, lines[one]),
        lambda one, _: lines.__setitem__(one, b"  " + lines[one]),
        lambda one, _: lines.__setitem__(one, lines[one].removeprefix(b"  ")),
        _swap(lines),
        _replace_word(lines, draw),
        _flip(lines, draw),
    ]
    for mutate in draw(st.lists(st.sampled_from(mutations), min_size=1, max_size=4)):
        mutate(draw(at), draw(at))
    return b"".join(lines)


def _swap(lines: list[bytes]) -> Callable[[int, int], None]:
    def swap(one: int, other: int) -> None:
        lines[one], lines[other] = lines[other], lines[one]

    return swap


def _replace_word(lines: list[bytes], draw: st.DrawFn) -> Callable[[int, int], None]:
    def replace(one: int, _: int) -> None:
        found = list(re.finditer(rb"[^\s{}\[\],:]+", lines[one]))
        if found:
            match = draw(st.sampled_from(found))
            word = draw(st.sampled_from(WORDS + KEYS)).encode()
            lines[one] = lines[one][: match.start()] + word + lines[one][match.end() :]

    return replace


def _flip(lines: list[bytes], draw: st.DrawFn) -> Callable[[int, int], None]:
    def flip(one: int, _: int) -> None:
        if lines[one]:
            at = draw(st.integers(0, len(lines[one]) - 1))
            byte = draw(st.integers(0, 255))
            lines[one] = lines[one][:at] + bytes([byte]) + lines[one][at + 1 :]

    return flip


@given(_mutated())
def test_any_damaged_copy_of_a_good_file(content: bytes) -> None:
    _check_reading(content)


@given(_mutated(), _mutated())
def test_any_two_files(first: bytes, second: bytes) -> None:
    _check_reading(first, second)


_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(WORDS) | st.integers() | st.booleans() | st.none() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(KEYS), _VALUES, max_size=6))
def test_any_tree(tree: dict[str, Any]) -> None:
    _check_reading(yaml.safe_dump(tree, allow_unicode=True).encode())


@given(st.sampled_from(["documents", "topics", "events", "citations", "calendar"]), _VALUES)
def test_any_section(section: str, value: Any) -> None:
    _check_reading(yaml.safe_dump({section: value}).encode())


@given(st.dictionaries(st.sampled_from(KEYS), _VALUES, max_size=4))
def test_any_further_keys_of_an_event(keys: dict[str, Any]) -> None:
    body = yaml.safe_dump(keys) if keys else ""
    _check_reading((SMALL + re.sub("^", "    ", body, flags=re.MULTILINE)).encode())


@given(
    st.dictionaries(
        st.sampled_from(["on", "yearly", "rrule", "starts", "days", "since", "until", "verified"]),
        st.sampled_from(WORDS) | st.dates().map(str),
        max_size=4,
    ),
    st.lists(
        st.fixed_dictionaries(
            {
                "occurrence": st.dates().map(str) | st.just("2026-03-08"),
                "kind": st.sampled_from(["moved", "cancelled", "reinstated"]),
                "by": st.sampled_from(["us", "organisers"]),
            },
            optional={"to": st.dates().map(str) | st.just("2026-03")},
        ),
        max_size=3,
    ),
    st.lists(st.dates().map(str) | st.just("2027-03-08"), max_size=2),
)
def test_any_dates(keys: dict[str, str], changes: list[Any], exceptions: list[str]) -> None:
    event = {"topics": ["peace"], "name": {"en": "Any"}, **keys, "changes": changes}
    tree = yaml.safe_load(SMALL.partition("events:")[0])
    tree["events"] = {"any": event, "day": {**event, "except": exceptions}}
    _check_reading(yaml.safe_dump(tree).encode())


# --- revisions ---


def _published() -> tuple[Pair, bytes]:
    catalogue, files = read_catalogue({"1.yaml": GOOD.encode()})
    pair = Pair(catalogue, files, {})
    return pair, write_revisions(revised(pair, "wire", NOON)["1.yaml"])


PAIR, REVISIONS = _published()


@given(
    st.integers(0, len(REVISIONS) - 1),
    st.integers(0, 60),
    st.sampled_from([b"", *(word.encode() for word in WORDS + KEYS), b"\n", b"  ", b": ", b"[]"]),
)
def test_any_damaged_revisions(at: int, length: int, replacement: bytes) -> None:
    content = REVISIONS[:at] + replacement + REVISIONS[at + length :]
    try:
        revisions = read_revisions(content, "revisions.yaml")
    except DataError as error:
        _check(error, {"revisions.yaml": content})
        return
    pair = Pair(PAIR.catalogue, PAIR.files, {"1.yaml": revisions})
    for fault in [*identity_faults(pair), *stale_faults(pair, "wire")]:
        assert fault.problem
        assert fault.remedy


@given(st.binary(max_size=200))
def test_any_bytes_as_revisions(content: bytes) -> None:
    with pytest.raises(DataError):
        read_revisions(content, "revisions.yaml")
