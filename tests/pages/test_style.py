"""The style sheet stays one that a person reads, and mirrors by itself."""

from __future__ import annotations

import gzip
import re

from calendar_app.public.layout import STATIC
from tests.publishing import real_catalogue

SHEET = (STATIC / "site.css").read_text(encoding="utf-8")
PHYSICAL = re.compile(
    r"[{;]\s*(((margin|padding|border|inset)-)?(left|right|top|bottom)(-[a-z]+)?"
    r"|(min-|max-)?(width|height)|float)\s*:"
)
TOO_SMALL_TO_READ = 14
SIZE = r"(?:font(?:-size)?|--size|--small):[^;]*?([\d.]+)rem"


def test_it_is_small() -> None:
    assert len(SHEET.encode()) <= 20 * 1024
    assert len(gzip.compress(SHEET.encode(), 9)) <= 6 * 1024


def test_it_knows_no_left_and_no_right() -> None:
    assert [found[0] for found in PHYSICAL.finditer(SHEET)] == []


def test_nothing_moves() -> None:
    assert re.findall(r"animation|transition|@keyframes", SHEET) == []


def test_letters_keep_their_case_their_shape_and_their_place() -> None:
    """Capitals break the Turkish i, tracking and slanting break Arabic; only digits are tracked."""
    assert re.findall(r"text-transform|font-style", SHEET) == []
    tracked = [rule for rule in SHEET.splitlines() if "letter-spacing" in rule]
    assert [rule.split(" {")[0] for rule in tracked] == [".year", ".poster .days .n"]


def test_text_on_a_screen_is_never_small() -> None:
    screen = SHEET.partition("@media print")[0]
    sizes = [float(size) * 16 for size in re.findall(SIZE, screen)]

    assert min(sizes) >= TOO_SMALL_TO_READ


def test_every_topic_has_a_colour_of_its_own() -> None:
    colours = dict(re.findall(r'\[data-t="(\w+)"\] \{ (?:--c: (#\w+);)?', SHEET))

    assert set(colours) == set(real_catalogue().topics)
    assert len(set(colours.values())) == len(colours)


def test_scripts_are_small_and_bring_no_words() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in STATIC.glob("*.js")]
    code = re.sub(r"^ *//.*$", "", "".join(scripts), flags=re.MULTILINE)
    texts = re.findall(r'"([^"]*)"', code)

    assert len("".join(scripts).encode()) <= 3 * 1024
    assert not any(" " in text.strip(" ·") for text in texts if text != "use strict")
    assert re.findall(r"innerHTML|Storage|cookie|fetch|XMLHttp|import", code) == []
