"""The colour of a topic in calendars is near to the one of the pages."""

from __future__ import annotations

import re
from math import dist
from pathlib import Path

import webcolors

import calendar_app
from calendar_app.feeds.colours import TOPIC_COLOURS
from tests.publishing import real_catalogue

STYLE = (Path(calendar_app.__file__).parent / "static" / "site.css").read_text(encoding="utf-8")
OF_NO_TOPIC = "#c2ccd6"


def colour_of_pages(topic: str) -> str:
    found = re.search(rf'\[data-t="{topic}"\] {{ --c: (#[0-9a-f]{{6}})', STYLE)
    return found[1] if found else OF_NO_TOPIC


def test_every_topic_has_a_colour_of_its_own() -> None:
    assert TOPIC_COLOURS.keys() == real_catalogue().topics.keys()
    assert len(set(TOPIC_COLOURS.values())) == len(TOPIC_COLOURS)


def test_the_colour_is_nearer_to_the_pages_than_a_fifth_of_the_way_from_black_to_white() -> None:
    assert f"[data-t] {{ --c: {OF_NO_TOPIC};" in STYLE
    for topic, name in TOPIC_COLOURS.items():
        wanted = webcolors.hex_to_rgb(colour_of_pages(topic))
        assert dist(wanted, webcolors.name_to_rgb(name)) < dist((0, 0, 0), (255, 255, 255)) / 5, (
            topic
        )
