"""Files made to exhaust a reader are refused, and soon; large honest ones are read."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from calendar_app.catalogue.reader import read_catalogue
from calendar_app.catalogue.yamltree import MAX_BYTES, MAX_FAULTS, MAX_NODES
from calendar_app.core.errors import DataError
from tests.adapters.samples import CALENDAR, DAY, SMALL, TOPICS

ROOT = Path(__file__).resolve().parent.parent.parent
MEGABYTE = 1024 * 1024
HEAD = f"{CALENDAR}{TOPICS}events:\n"
LANGUAGES = ("en", "es", "ru", "tr", "ar")
# Several times the processor time that is needed, far less than what a bomb would take.
SOON = 5.0


def _refused(content: bytes) -> list[str]:
    started = time.process_time()
    with pytest.raises(DataError) as refused:
        read_catalogue({"events.yaml": content})

    assert time.process_time() - started < SOON
    return [str(fault) for fault in refused.value.faults]


def _filled(unit: str, size: int = MAX_BYTES) -> bytes:
    return (unit * (size // len(unit.encode()) + 1)).encode()[:size]


def _entry(number: int, more: str = "") -> str:
    return DAY.replace("  day:", f"  day{number}:") + more


def _large(size: int) -> bytes:
    """An honest file of about the size: entries with texts in five languages."""
    words = "words of a usual length that say what is marked and why on this day; " * 4
    summary = "".join(f"      {language}: {words}\n" for language in LANGUAGES)
    entry = f"    summary:\n{summary}    note:\n{summary}"
    return (HEAD + "".join(_entry(n, entry) for n in range(size // len(entry) - 1))).encode()


def test_a_file_of_six_megabytes_is_not_even_read() -> None:
    (message,) = _refused(_filled("a: b\n", 6 * MEGABYTE))

    assert "larger than 5 megabytes" in message


def test_a_file_of_many_values_is_refused() -> None:
    content = HEAD + "".join(map(_entry, range(MAX_NODES // 11 + 1)))
    (message,) = _refused(content.encode())

    assert f"more than {MAX_NODES} values" in message


def test_an_honest_file_of_nearly_five_megabytes_is_read_soon_and_in_bounds() -> None:
    content = _large(MAX_BYTES - MEGABYTE // 4)
    started = time.process_time()
    catalogue, _ = read_catalogue({"events.yaml": content})
    took = time.process_time() - started
    tracemalloc.start()
    read_catalogue({"events.yaml": content})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(catalogue.events) > 1000
    assert took < SOON
    assert peak < 100 * MEGABYTE


def test_what_is_shipped_is_read_at_once() -> None:
    content = (ROOT / "data" / "events.yaml").read_bytes()
    started = time.process_time()
    catalogue, _ = read_catalogue({"events.yaml": content})

    assert catalogue.events
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "{? ", "[[], ", "{[a]: "])
def test_deep_nesting_stops_at_once(opening: str) -> None:
    started = time.process_time()
    (message,) = _refused(_filled(opening))

    assert "levels" in message or "key" in message
    assert time.process_time() - started < 0.5


def test_an_alias_bomb_stays_as_small_as_it_is_written() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    tracemalloc.start()
    messages = _refused("\n".join(lines).encode())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert all("anchor" in message or "alias" in message for message in messages)
    assert peak < MEGABYTE


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_filled("a: b\n"), id="one-key-again-and-again"),
        pytest.param(_filled("? a\n"), id="keys-without-values"),
        pytest.param(_filled("- [a, b]\n"), id="lists-of-lists"),
        pytest.param(_filled("- &a !b *c\n"), id="signs"),
        pytest.param(_filled("&a "), id="anchors"),
        pytest.param(_filled("!"), id="marks"),
        pytest.param(_filled('"'), id="quotes"),
        pytest.param(_filled("'a"), id="open-quote"),
        pytest.param(_filled("\t"), id="tabs"),
        pytest.param(_filled("\x00"), id="nul"),
        pytest.param(_filled("#"), id="comment"),
        pytest.param(_filled("\n"), id="empty-lines"),
        pytest.param(_filled("%a\n"), id="directives"),
        pytest.param(_filled("--- "), id="documents"),
        pytest.param(_filled("<<<<<<< \n"), id="merges"),
        pytest.param(_filled("\u202e"), id="overrides"),
        pytest.param(f"{HEAD}  ? {'k' * 4 * MEGABYTE}\n  : x\n".encode(), id="long-id"),
        pytest.param(f"{SMALL}    ? {'k' * 4 * MEGABYTE}\n    : x\n".encode(), id="long-key"),
        pytest.param(f"{SMALL}    since: {'9' * 4 * MEGABYTE}\n".encode(), id="long-date"),
        pytest.param(f"{SMALL}    note: {{en: {'x' * 4 * MEGABYTE}}}\n".encode(), id="long-text"),
        pytest.param(
            f"{SMALL}    except: [{', '.join(['2024-03-08'] * 100_000)}]\n".encode(),
            id="many-exceptions",
        ),
        pytest.param(
            (SMALL + "".join(f"    k{n}: x\n" for n in range(90_000))).encode(), id="unknown-keys"
        ),
        pytest.param(
            (HEAD + "".join(_entry(n, f"    part_of: x{n}\n") for n in range(15_000))).encode(),
            id="unknown-events",
        ),
        pytest.param(
            (HEAD + "".join(_entry(n, f"    part_of: day{n}\n") for n in range(15_000))).encode(),
            id="circles",
        ),
    ],
)
def test_a_hostile_file_is_refused_soon(content: bytes) -> None:
    messages = _refused(content)

    assert 1 <= len(messages) <= 2 * (MAX_FAULTS + 1)
    assert max(map(len, messages)) < 500


def test_whoever_has_many_faults_is_shown_the_first() -> None:
    content = HEAD + "".join(_entry(n, "    foo: x\n") for n in range(3 * MAX_FAULTS))
    messages = _refused(content.encode())

    assert len(messages) == MAX_FAULTS + 1
    assert messages[0] == (
        f"events.yaml: more than {MAX_FAULTS} faults; the first ones follow; "
        "correct them, then check again"
    )
    assert "day0: foo: unknown key" in messages[1]
