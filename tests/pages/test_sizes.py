"""What the first view of each page weighs on the wire: within bounds, and as the documents say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest

from calendar_app.public.edition import Edition
from calendar_app.public.layout import STATIC
from calendar_app.public.resources import Resource
from calendar_app.web.fields import Fields
from calendar_app.web.form_pages import button_page, subscribe_page
from calendar_app.words.languages import LANGUAGES
from tests.architecture.sources import ROOT
from tests.browser.kinds import KINDS
from tests.factories import at
from tests.pages.markup import Element, Tree
from tests.publishing import edition, real_catalogue

DOCUMENT = ROOT / "docs" / "sizes.md"
EMBED = "/{lang}/embed/"
MORNING = at("2026-11-23T08:00")
# The settings come uncompressed, since a token led there; they are opened from a mail.
PATHS = ["/", *(kind for kind in KINDS if "/manage/" not in kind), EMBED, f"{EMBED}code/"]
MOST_REQUESTS = 4
MOST = 20 * 1024
MOST_OF = {EMBED: 8 * 1024}
MOST_SCRIPT = 3 * 1024
# In KiB: what is written down need not change with every word.
TOLERANCE = 0.5
HEAD = """# Sizes

What a browser fetches for the first view of each page, compressed as it is sent, in KiB:
the page, the style sheet, the icon, and where there are any the script and pictures.
No page may take more than 20 KiB or four requests, the page for frames no more than 8 KiB,
and all scripts together, as they are, no more than 3 KiB.

`make snapshots` writes this table. A test fails when a page is beyond its bound,
or half a KiB away from what is written here.

"""


@cache
def published() -> Edition:
    return edition(real_catalogue())


def fetched(path: str, lang: str) -> list[Resource]:
    """Return the page and what its first view needs besides."""
    page = _resource(path, lang)
    root = Tree(page.plain.body.decode()).root
    return [page, *(published().get(address) for address in _needed(root))]


def _resource(path: str, lang: str) -> Resource:
    site = published().site
    if path.endswith("/token"):
        return button_page(site, lang, path.split("/")[2])
    if path.endswith("/mail/"):
        return subscribe_page(
            site, lang, Fields(lang, frozenset(site.catalogue.topics)), {}, MORNING
        )
    before, _, query = path.format(lang=lang).partition("?")
    return published().get(before, query)


def _needed(root: Element) -> Iterator[str]:
    for element in root.all("link", "script", "img"):
        kind = element.attributes.get("rel")
        is_later = element.attributes.get("loading") == "lazy"
        if kind in {"stylesheet", "icon"}:
            yield element.attributes["href"]
        elif "src" in element.attributes and not is_later:
            yield element.attributes["src"]


def weight(resource: Resource) -> int:
    assert resource.status == 200
    return len(resource.variant("gzip").body)


@pytest.mark.parametrize(("path", "lang"), [*product(PATHS, LANGUAGES)])
def test_the_first_view_is_light(path: str, lang: str) -> None:
    parts = fetched(path, lang)

    assert len(parts) <= MOST_REQUESTS
    assert sum(map(weight, parts)) <= MOST_OF.get(path, MOST)


def test_the_scripts_are_small_even_as_they_are() -> None:
    assert sum(path.stat().st_size for path in STATIC.glob("*.js")) <= MOST_SCRIPT


@pytest.mark.usefixtures("snapshot")
def test_the_table_of_sizes_is_true(pytestconfig: pytest.Config) -> None:
    found = {path: [_kib(path, lang) for lang in LANGUAGES] for path in PATHS}
    if pytestconfig.getoption("--rewrite-snapshots"):
        DOCUMENT.write_text(HEAD + _table(found), encoding="utf-8")

    rows = re.findall(r"^\| `(\S+)` \|([\d. |]+)\|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    written = {path: [float(cell) for cell in cells.split("|")] for path, cells in rows}

    assert list(written) == list(found)
    for path, sizes in found.items():
        assert written[path] == pytest.approx(sizes, abs=TOLERANCE), path


def _kib(path: str, lang: str) -> float:
    return round(sum(map(weight, fetched(path, lang))) / 1024, 1)


def _table(found: dict[str, list[float]]) -> str:
    lines = [f"| page | {' | '.join(LANGUAGES)} |", f"|---|{'---:|' * len(LANGUAGES)}"]
    for path, sizes in found.items():
        lines.append(f"| `{path}` | {' | '.join(f'{size:.1f}' for size in sizes)} |")
    return "\n".join(lines) + "\n"
