"""A feed of 20,000 entries: written for the first time, and again after one of them changed.

Half are annual days, half are once; texts have the words and lengths of the real ones. The second
edition takes over the blocks of all events that did not change. All its values are other objects,
as they are when files are read anew. What tells them apart, a digest of each event, is a part of
reading the files, once for all feeds in all languages, and has a column of its own.
"""

from __future__ import annotations

import gzip
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from time import process_time

from benchmarks.catalogues import REVISED_AT, days_and_one_offs, published
from benchmarks.measuring import Row, progress, seconds, seconds_anew
from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import Text
from calendar_app.public.feeds import all_feed
from calendar_app.public.selection import EVERYTHING
from calendar_app.public.sites import Operator, Site

COUNTS = (200, 2_000, 20_000)
TODAY = date(2026, 11, 29)
AIM_AFTER_ONE_CHANGE = 10e-3


def measure() -> dict[str, list[Row]]:
    return {"writing a feed": [_measured(count) for count in COUNTS]}


def _measured(count: int) -> Row:
    progress(f"feeds: {count:,}: first")
    events = list(days_and_one_offs(count))
    first = published(events)
    site = _site(first)
    begun = process_time()
    body = _feed(site)
    cold = process_time() - begun
    events[count // 2] = replace(events[count // 2], name=Text({"en": "Another name"}))
    second = deepcopy(published(events, first, REVISED_AT + timedelta(days=1)))
    progress(f"feeds: {count:,}: again")
    digests = seconds_anew(lambda: replace(second), lambda catalogue: catalogue.run_of)
    assert second.run_of
    taking, joining = _after_one_change(site, second)
    return {
        "entries": count,
        "MB": len(body) / 1e6,
        "first ms": cold * 1e3,
        "us an entry": cold / count * 1e6,
        "digests ms": digests * 1e3,
        "which blocks stay ms": taking * 1e3,
        "joined ms": joining * 1e3,
        "again ms": (taking + joining) * 1e3,
        "aim ms": AIM_AFTER_ONE_CHANGE * 1e3,
        "gzip ms": seconds(lambda: gzip.compress(body, 9, mtime=0), rounds=2) * 1e3,
    }


def _after_one_change(before: Site, catalogue: Catalogue) -> tuple[float, float]:
    """Seconds until the blocks are taken over, and from then until the feed is there."""
    taking = seconds_anew(
        lambda: _site(catalogue), lambda site: site.keep_blocks_of(before), rounds=7
    )
    return taking, seconds_anew(lambda: _kept(before, catalogue), _feed, rounds=7)


def _kept(before: Site, catalogue: Catalogue) -> Site:
    site = _site(catalogue)
    site.keep_blocks_of(before)
    return site


def _site(catalogue: Catalogue) -> Site:
    return Site(catalogue, TODAY, "https://calendar.example", Operator())


def _feed(site: Site) -> bytes:
    return all_feed(site, {"lang": "en"}, EVERYTHING)
