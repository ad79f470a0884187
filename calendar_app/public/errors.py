"""The answers that say why there is nothing at an address, in the language of the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from calendar_app.feeds.alarms import MAX_DAYS
from calendar_app.public.layout import Page, asset_path, page_bytes
from calendar_app.public.resources import Lifetime, Resource, finish
from calendar_app.public.routes import CLOSED_HEADERS, HTML, TEXT, resolve
from calendar_app.public.selection import MAX_COUNT, Cancelled, Theme
from calendar_app.public.sites import Site
from calendar_app.words.catalogs import catalog
from calendar_app.words.changes import ChangesView, removal
from calendar_app.words.formatting import format_day, isolate
from calendar_app.words.languages import ENGLISH, LANGUAGES, Language
from calendar_app.words.rendering import render

NEXT_DATES = 3
# Addresses that programs ask for; they are told in plain text.
_FOR_PROGRAMS = (".ics", ".txt", ".json", ".csv", ".atom", ".png")


def not_found(site: Site, path: str, sentence: str) -> Resource:
    """404 with the next dates; 410 for an event that was published and taken out."""
    found = resolve(path) or resolve(f"{path}/")
    place = found[1] if found else {}
    if place.get("event") in site.catalogue.removed and place["lang"] in LANGUAGES:
        return _gone(site, path, place)
    page = _page(site, path)
    return _answer(page, path, 404, page.text(sentence))


def _gone(site: Site, path: str, place: Mapping[str, str]) -> Resource:
    """Says what was here, since when it is not, and where that is told."""
    presenter = site.presenter(place["lang"])
    told = removal(place["event"], presenter)
    page = Page(site, presenter, presenter.path("events", place["event"]), "")
    text = page.text("error_410_text", date=format_day(told.at.date(), page.language))
    return _answer(page, path, 410, text, told=told)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A parameter with an example, and in words what it may be: one or several of the values, if
    there are any."""

    example: str
    words: str
    values: tuple[str, ...] = ()


def bad_parameter(site: Site, path: str, options: tuple[str, ...]) -> Resource:
    """400 with what is allowed."""
    # The parameter is not repeated: it may be anything.
    page = _page(site, path)
    allowed = [_allowed(option, page) for option in options]
    return _answer(page, path, 400, page.text("error_400_text"), allowed=allowed)


def _allowed(option: str, page: Page) -> Allowed:
    topics = page.site.catalogue.living_topics
    one, several = page.text("allowed_one"), page.text("allowed_several")
    found = {
        "topics": Allowed(",".join(topics[:2]), several, topics),
        "alarm": Allowed("-7d@09:00,-1d@18:00", page.text("allowed_alarms", days=MAX_DAYS)),
        "cancelled": Allowed(Cancelled.HIDE, one, tuple(Cancelled)),
        "languages": Allowed("en,ar", several, tuple(LANGUAGES)),
        "count": Allowed(str(MAX_COUNT), page.text("allowed_number", most=MAX_COUNT)),
        "theme": Allowed(Theme.DARK, one, tuple(Theme)),
    }[option]
    return replace(found, example=f"{option}={found.example}")


def _line(allowed: Allowed, language: Language) -> str:
    """The same as plain text."""
    values = isolate(", ".join(allowed.values), language)
    return f"{allowed.example} – {allowed.words} {values}".rstrip()


def method_not_allowed(site: Site, path: str, allowed: str) -> Resource:
    page = _page(site, path)
    return _answer(page, path, 405, "", extra=(("Allow", allowed),))


def failure(status: int) -> Resource:
    """400, 500 and 503 in all languages at once; needs no data, so that it cannot fail too."""
    texts = [(language, catalog(tag)) for tag, language in LANGUAGES.items()]
    body = render("error/failure.html", status=status, texts=texts, asset=asset_path)
    return finish(body.encode(), HTML, Lifetime.ERROR, None, status=status, extra=CLOSED_HEADERS)


def _page(site: Site, path: str) -> Page:
    tag = path[1:3] if path[3:4] in ("", "/") and path[1:3] in LANGUAGES else ENGLISH.tag
    presenter = site.presenter(tag)
    # The address that was asked for is not repeated: it may be anything.
    return Page(site, presenter, presenter.path(), "")


def _answer(
    page: Page,
    path: str,
    status: int,
    text: str,
    *,
    extra: tuple[tuple[str, str], ...] = (),
    allowed: Sequence[Allowed] = (),
    told: ChangesView | None = None,
) -> Resource:
    title = page.text(f"error_{status}_title")
    headers = (*CLOSED_HEADERS, *extra)
    if path.endswith(_FOR_PROGRAMS):
        # What is said of next dates belongs to a page, which has them below.
        said = [text if text and text != page.text("error_404_text") else title]
        if allowed:
            lines = (_line(option, page.language) for option in allowed)
            said += ["", page.text("allowed_here"), *lines]
        body = "".join(f"{line}\n" for line in said).encode()
        return finish(body, TEXT, Lifetime.ERROR, None, status=status, extra=headers)
    views = page.presenter.views(page.site.coming[:NEXT_DATES])
    shown = Page(page.site, page.presenter, page.path, title)
    values = {"status": status, "text": text, "allowed": allowed, "told": told}
    body = page_bytes("error/page.html", shown, coming=views, **values)
    return finish(body, HTML, Lifetime.ERROR, None, status=status, extra=headers)
