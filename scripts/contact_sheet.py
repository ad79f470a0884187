"""Every kind of page and every state as a picture, and a sheet of them to look over at once.

    python scripts/contact_sheet.py FOLDER [--all]

Takes one picture of each kind of page for each column of the sheet and writes
``docs/contact-sheet.png``; then the same of made-up states (moved, cancelled, removed, failed) for
``docs/states-sheet.png``. With ``--all`` it takes everything in every language, scheme and width
and leaves the sheets alone. The pictures land in FOLDER.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from functools import partial
from itertools import chain, product
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw
from playwright.sync_api import Browser, Route, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from calendar_app.core.catalogue import Catalogue  # noqa: E402
from tests.browser.conftest import NOW, served  # noqa: E402
from tests.browser.kinds import LANGUAGES, every_kind  # noqa: E402
from tests.browser.states import FAILURES, STATES, unsettled  # noqa: E402
from tests.conftest import CHROMIUM_NAMES, CHROMIUM_OPTIONS  # noqa: E402
from tests.publishing import real_catalogue  # noqa: E402

SHEET = ROOT / "docs" / "contact-sheet.png"
STYLE = ROOT / "calendar_app" / "static" / "site.css"
STATES_SHEET = ROOT / "docs" / "states-sheet.png"
SCHEMES = ("light", "dark")
WIDTHS = (320, 768, 1280)
COLUMNS = (
    ("en", "light", 1280),
    ("ar", "light", 1280),
    ("ru", "dark", 768),
    ("es", "light", 768),
    ("tr", "dark", 320),
    ("ar", "light", 320),
)
THUMB = 190
# Of a long page the beginning is enough.
MOST_HEIGHT = 250
GAP = 8
MOST_COLOURS = 48


Column = tuple[str, str, int]
Paths = Callable[[str], list[str]]


def states(lang: str) -> list[str]:
    return [*(state.format(lang=lang) for state in STATES), *FAILURES]


def take(browser: Browser, base_url: str, folder: Path, column: Column, paths: Paths) -> list[Path]:
    """A picture of each page in a language, scheme and width, as on the day of the data."""
    lang, scheme, width = column
    context = browser.new_context(
        base_url=base_url, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page, found = context.new_page(), []
    page.clock.set_fixed_time(NOW)
    for path, body in FAILURES.items():
        page.route(f"**{path}", partial(_fulfil, body))
    for path in paths(lang):
        page.goto(path)
        if page.locator("iframe").count():  # which waits until a reader comes near
            page.evaluate("document.querySelector('iframe').loading = 'eager'")
            page.frame_locator("iframe").locator("h1").wait_for()
        name = path.strip("/").removeprefix(lang).strip("/").replace("/", "-") or "agenda"
        target = folder / f"{name if path != '/' else 'languages'}-{lang}-{scheme}-{width}.png"
        page.screenshot(path=target, full_page=True)
        found.append(target)
    context.close()
    return found


def _fulfil(body: bytes, route: Route) -> None:
    route.fulfill(body=body, content_type="text/html; charset=utf-8")


def thumb(picture: Path) -> Image.Image:
    with Image.open(picture) as found:
        small = found.convert("RGB")
        small = small.resize((THUMB, max(1, small.height * THUMB // small.width)), Image.LANCZOS)
        return small.crop((0, 0, THUMB, min(small.height, MOST_HEIGHT)))


def compose(columns: list[list[Path]]) -> Image.Image:
    """A row for each kind of page, a column for each way to show it."""
    rows = [[thumb(picture) for picture in row] for row in zip(*columns, strict=True)]
    heights = [max(small.height for small in row) for row in rows]
    width = GAP + len(columns) * (THUMB + GAP)
    sheet = Image.new("RGB", (width, GAP + sum(height + GAP for height in heights)), "#8a8a8a")
    drawing, top = ImageDraw.Draw(sheet), GAP
    for row, height in zip(rows, heights, strict=True):
        for number, small in enumerate(row):
            left = GAP + number * (THUMB + GAP)
            sheet.paste(small, (left, top))
            drawing.rectangle((left, top, left + THUMB - 1, top + small.height - 1), outline="#000")
        top += height + GAP
    return sheet


def with_few_colours(sheet: Image.Image) -> Image.Image:
    """With those of the style sheet as they are, and with those that it has most of besides, which
    are the edges of letters. By the latter alone yellow and orange would be one, and paper white.
    """
    names = [*re.findall(r"#[0-9a-f]{6}", STYLE.read_text(encoding="utf-8")), "#fff", "#000"]
    own = [ImageColor.getrgb(name) for name in dict.fromkeys(names)]
    count = MOST_COLOURS - len(own)
    others = sheet.quantize(count, Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chain.from_iterable(own), *others[: 3 * count]])
    return sheet.quantize(palette=palette, dither=Image.Dither.NONE)


def main(folder: Path, *, is_all: bool) -> None:
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    columns = list(product(LANGUAGES, SCHEMES, WIDTHS)) if is_all else list(COLUMNS)
    sheets: list[tuple[Path, Path, Catalogue, Paths]] = [
        (SHEET, folder, real_catalogue(), every_kind),
        (STATES_SHEET, folder / "states", unsettled(), states),
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=[*CHROMIUM_OPTIONS, "--no-sandbox"]
        )
        for sheet, place, catalogue, paths in sheets:
            place.mkdir(parents=True, exist_ok=True)
            with served(NOW, catalogue) as base_url:
                pictures = [take(browser, base_url, place, column, paths) for column in columns]
            if not is_all:
                with_few_colours(compose(pictures)).save(sheet, optimize=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), is_all="--all" in sys.argv)
