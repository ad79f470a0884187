"""The pages of plain words: what this site is, what it knows of its readers, whom it may hinder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from calendar_app.public.layout import Page, page_bytes
from calendar_app.public.selection import Selection
from calendar_app.public.sites import Site

# The sections of a text page: id, heading and paragraphs, by their keys.
Sections = tuple[tuple[str, str, tuple[str, ...]], ...]
_ABOUT: Final[Sections] = (
    ("what", "about_what", ("about_1", "about_2")),
    ("listing", "about_listing", ("about_3", "about_4")),
    ("languages", "about_languages", ("about_5",)),
    ("who", "about_who", ("about_operator", "about_contact")),
    ("report", "footer_report_error", ("about_report", "about_contact")),
)
_PRIVACY: Final[Sections] = (
    ("reading", "privacy_reading", ("privacy_1", "privacy_2")),
    ("between", "privacy_between", ("privacy_3",)),
    ("following", "privacy_following", ("privacy_4", "privacy_5")),
    ("storing", "privacy_storing", ("privacy_6",)),
    ("unknowing", "privacy_unknowing", ("privacy_7",)),
    ("others", "privacy_others", ("privacy_8", "privacy_9", "privacy_10")),
)
PENDING_HOURS: Final = 72  # as the store has it, which the web does not know
# Where reminders are sent by mail.
_MAIL: Final[Sections] = (
    (
        "mail",
        "privacy_mail",
        (
            "privacy_mail_stored",
            "privacy_mail_kept",
            "privacy_web_blind",
            "privacy_pending",
            "privacy_links",
            "privacy_leaving",
            "privacy_bounced",
            "privacy_mail_relay",
        ),
    ),
)
_ACCESSIBILITY: Final[Sections] = (
    ("aim", "a11y_aim", ("a11y_1",)),
    ("how", "a11y_how", ("a11y_2", "a11y_3")),
    ("tested", "a11y_tested", ("a11y_4",)),
    ("limits", "a11y_limits", ("a11y_5",)),
    ("report", "a11y_report", ("a11y_6", "about_contact")),
)


def about_page(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    return _text_page(site, place, "about", _ABOUT)


def privacy_page(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    sections = (*_PRIVACY, *_MAIL) if site.operator.sends_mail else _PRIVACY
    return _text_page(site, place, "privacy", sections)


def accessibility_page(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    return _text_page(site, place, "accessibility", _ACCESSIBILITY)


def _text_page(site: Site, place: Mapping[str, str], name: str, sections: Sections) -> bytes:
    presenter = site.presenter(place["lang"])
    phrases = presenter.phrases
    title, tagline = phrases.text(f"nav_{name}"), phrases.text("site_tagline")
    page = Page(site, presenter, presenter.path(name), title, tagline)
    given = {"operator": site.operator.name, "contact": site.operator.contact}
    # Nobody says who runs the site: then nothing is said of it.
    unsaid = {f"about_{key}" for key, value in given.items() if not value}
    if not site.operator.contact:
        unsaid.add("a11y_6")
    found = [
        (
            id_,
            phrases.text(title),
            [phrases.text(key, **given, hours=PENDING_HOURS) for key in keys if key not in unsaid],
        )
        for id_, title, keys in sections
    ]
    return page_bytes("text/page.html", page, sections=[section for section in found if section[2]])
