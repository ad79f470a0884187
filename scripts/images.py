"""Make the picture of each language that stands for the pages elsewhere (Open Graph).

A browser draws it, since it shapes Arabic and we have no other that does. Needs the test packages.
"""

from __future__ import annotations

import shutil
from io import BytesIO

from PIL import Image
from playwright.sync_api import sync_playwright

from calendar_app.catalogue.reader import read_catalogue
from calendar_app.config import default_events
from calendar_app.public.layout import STATIC
from calendar_app.words.catalogs import catalog
from calendar_app.words.fallback import choose
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.rendering import render

SIZE = {"width": 1200, "height": 630}
COLOURS = 64
# Only the picture has this form, so it is not in the style sheet that every reader loads.
STYLE = """
.share { inline-size: 1200px; block-size: 630px; min-block-size: 0; overflow: hidden; }
.share > h1 { margin: auto 64px 0; font-size: 104px; line-height: 1.1; }
.share:lang(ar) > h1 { line-height: 1.5; }
.share > p { margin: 16px 64px auto; max-inline-size: none; font-size: 40px; line-height: 1.5; }
.share > p { text-wrap: balance; }
.share > div { display: flex; }
.share .m { flex: 1; inline-size: auto; }
"""
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def main() -> None:
    path = default_events()
    found, _ = read_catalogue({str(path): path.read_bytes()})
    topics = [topic.id for topic in found.topics.values() if not topic.is_retired]
    style = (STATIC / "site.css").read_text("utf-8") + STYLE
    executable = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--disable-gpu"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        for tag, language in LANGUAGES.items():
            name = choose(found.calendar.name, language).value
            tagline = catalog(tag).text("site_tagline")
            page.set_content(
                render("share/image.html", lang=language, name=name, tagline=tagline, topics=topics)
            )
            page.add_style_tag(content=style)
            path = STATIC / f"share-{tag}.png"
            path.write_bytes(with_few_colours(page.screenshot()))
            print(f"{path.name}: {path.stat().st_size} bytes")
        browser.close()


def with_few_colours(png: bytes) -> bytes:
    """The same picture at half the weight: eleven plain colours and the edges between them."""
    found = BytesIO()
    picture = Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(found, "PNG", optimize=True)
    return found.getvalue()


if __name__ == "__main__":
    main()
