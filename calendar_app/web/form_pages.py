"""The pages of reminders by mail: forms, and what is said after one was sent.

They are made for each request and kept by nobody. What a reader typed stands on the page again;
a token never does, so the page of every token is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from calendar_app.core.choices import LEADS, Choices
from calendar_app.core.forecast import comes_at_once, mails_a_year, next_mails, told_until
from calendar_app.core.zones import zone_names
from calendar_app.public.layout import Page, page_bytes
from calendar_app.public.resources import Lifetime, Resource, compressed, finish
from calendar_app.public.routes import CLOSED_HEADERS, HTML
from calendar_app.public.selection import Selection
from calendar_app.public.sites import Site
from calendar_app.web.fields import CONSENT, TRAP, Errors, Fields, read_choices
from calendar_app.words.choosing import retired_topics
from calendar_app.words.fallback import Chosen
from calendar_app.words.formatting import format_day
from calendar_app.words.languages import LANGUAGES, Language
from calendar_app.words.zones import other_names, zone_label, zone_labels

HEADERS: Final = (*CLOSED_HEADERS, ("X-Robots-Tag", "noindex, nofollow"))
# Seconds after which to try again (RFC 9110 10.2.3), as the sentences on the page have it.
_RETRY_AFTER: Final = {429: 3600, 503: 300}
# What is behind the button for more choices.
_FOLDED: Final = ("times", "hour", "zone", "language")
_ERROR_ORDER: Final = ("address", "topics", "times", "hour", "zone", "language", "consent")


@dataclass(frozen=True, slots=True)
class TokenPage(Page):
    """A page at an address that only its reader has: it names no other page by its own address."""

    @property
    def alternates(self) -> list[tuple[Language, str]]:
        return []

    def is_at(self, path: str) -> bool:
        return False


def mail_path(tag: str) -> str:
    return f"/{tag}/subscribe/mail/"


def subscribe_page(
    site: Site,
    tag: str,
    fields: Fields,
    errors: Errors,
    now: datetime,
    *,
    notice: str = "",
    status: int = 200,
    is_new: bool = False,
) -> Resource:
    """The form; ``notice`` is the key of a sentence on why nothing was taken, and ``is_new`` that
    nobody has filled anything in. In the other languages the same topics are ticked."""
    presenter, title = site.presenter(tag), _title("way_mail", tag, site, bool(errors))
    is_all = fields.topics >= frozenset(site.catalogue.living_topics)
    selection = Selection(() if is_all else tuple(sorted(fields.topics)))
    page = Page(site, presenter, mail_path(tag), title, selection=selection)
    form = _form(site, page, fields, errors, notice) | {"is_new": is_new}
    form["preview"] = _preview(site, page, fields, now, "preview_near")
    # No token leads here; the list of zones alone is 30 KB.
    return compressed(_finish(page, "mailing/subscribe.html", status, form=form))


def settings_page(
    site: Site,
    tag: str,
    fields: Fields,
    errors: Errors,
    known: Choices | None,
    now: datetime,
    *,
    notice: str = "",
    status: int = 200,
) -> Resource:
    """The form; ``known`` are the choices of the link, of which some may be on offer no more, and
    None where it was cut short."""
    page = _token_page(site, tag, _title("settings_title", tag, site, bool(errors)))
    retired = " · ".join(retired_topics(known, page.presenter)) if known else ""
    form = _form(site, page, fields, errors, notice)
    form |= {"retired": retired, "is_cut": known is None}
    # What somebody was told whose choices are not known may come again or not.
    near = "preview_near_changed" if known else ""
    form["preview"] = _preview(site, page, fields, now, near, known)
    return _finish(page, "mailing/settings.html", status, form=form)


def button_page(
    site: Site, tag: str, kind: str, *, notice: str = "", status: int = 200
) -> Resource:
    """One button that confirms, or one that ends everything (``kind``: confirm, unsubscribe)."""
    title = {"confirm": "confirm_page_title", "unsubscribe": "unsubscribe_title"}[kind]
    page = _token_page(site, tag, _title(title, tag, site, False))
    return _finish(
        page,
        "mailing/button.html",
        status,
        sentences=[page.text(f"{kind}_text")],
        button=page.text(f"{kind}_button"),
        notice=page.text(notice) if notice else "",
    )


def answer_page(site: Site, tag: str, language: str) -> Resource:
    """The same for every address, whatever is known of it; it names the subject of the mail in the
    ``language`` of the mail."""
    page, mail = _plain_page(site, tag, "answer_title"), site.presenter(language)
    subject = Chosen(mail.phrases.text("subject_confirm_discreet"), mail.language)
    return _finish(page, "mailing/answer.html", 202, subject=subject, again="")


def paused_page(site: Site, tag: str) -> Resource:
    """Instead of the form, while nobody would read what it takes."""
    page = _plain_page(site, tag, "way_mail")
    sentences = [page.text("mail_paused")]
    return _finish(page, "mailing/done.html", 503, sentences=sentences, again="")


def done_page(site: Site, tag: str, title: str, keys: Sequence[str], again: str = "") -> Resource:
    """What was asked for will be done: sentences by their keys. ``again`` is the last part of the
    address of a page."""
    page = _token_page(site, tag, site.presenter(tag).phrases.text(title))
    sentences = [page.text(key) for key in keys]
    return _finish(page, "mailing/done.html", 202, sentences=sentences, again=again)


def _form(site: Site, page: Page, fields: Fields, errors: Errors, notice: str) -> dict[str, object]:
    """What the templates of both forms are given as ``form``."""
    topics = site.catalogue.living_topics
    told = [(name, page.text(errors[name])) for name in _ERROR_ORDER if name in errors]
    return {
        "fields": fields,
        "errors": told,
        "error": dict(told),
        "notice": page.text(notice) if notice else "",
        "is_new": False,
        "is_open": any(name in errors for name in _FOLDED) or fields != _short(fields),
        "topics": page.presenter.topics(topics),
        "leads": [(str(lead), _lead(lead, page)) for lead in LEADS],
        "hours": [(str(hour), f"{hour}:00", None) for hour in range(24)],
        "zones": _zones(fields.zone, page),
        "other_names": other_names(),
        "languages": [(tag, found.endonym, found) for tag, found in LANGUAGES.items()],
        "consent": CONSENT,
        "trap": TRAP,
    }


def _short(fields: Fields) -> Fields:
    """The same with everything as it is before anyone opens what is folded away."""
    return Fields(fields.language, fields.topics, fields.address, has_consent=fields.has_consent)


def _preview(
    site: Site,
    page: Page,
    fields: Fields,
    now: datetime,
    near: str,
    known: Choices | None = None,
) -> dict[str, object] | None:
    """What the choices will bring: whether a mail at once, how many in a year, and the next three.
    ``near`` is the key of the sentence on the first, or nothing if that cannot be known; ``known``
    are the choices before. None if they are none."""
    catalogue, presenter = site.catalogue, page.presenter
    choices, _ = read_choices(fields, frozenset(catalogue.living_topics))
    if choices is None:
        return None
    until = told_until(choices, now)
    count = mails_a_year(catalogue, choices, until)
    mails = next_mails(catalogue, choices, until)
    is_near = near and comes_at_once(catalogue, choices, now, known)
    return {
        "at_once": page.text(near) if is_near else "",
        "count": page.count("about_n_mails", count) if count else "",
        # With the place of the zone left open: a script may know a better one.
        "sending": page.text("sending_time", hour=f"{fields.hour}:00", zone="{zone}"),
        "zone": zone_label(fields.zone, page.language),
        "mails": [
            (
                mail.on.isoformat(),
                format_day(mail.on, page.language),
                presenter.views(mail.occurrences),
            )
            for mail in mails
        ],
    }


def _lead(lead: int, page: Page) -> str:
    return page.count("lead_n_days", lead) if lead else page.text("lead_on_day")


def _zones(chosen: str, page: Page) -> list[tuple[str, str, None]]:
    """The zone of a choice made before may have a name that is not offered."""
    offered = {"UTC": page.text("zone_utc"), **dict(zone_labels(page.language))}
    if chosen in zone_names():
        offered.setdefault(chosen, chosen)
    return [(name, label, None) for name, label in offered.items()]


def _plain_page(site: Site, tag: str, title: str) -> Page:
    presenter = site.presenter(tag)
    return Page(site, presenter, mail_path(tag), presenter.phrases.text(title))


def _token_page(site: Site, tag: str, title: str) -> Page:
    return TokenPage(site, site.presenter(tag), site.presenter(tag).path(), title)


def _title(key: str, tag: str, site: Site, has_errors: bool) -> str:
    """An error is said first, for who hears the title only."""
    phrases = site.presenter(tag).phrases
    title = phrases.text(key)
    return f"{phrases.text('error_prefix')} {title}" if has_errors else title


def _finish(page: Page, template: str, status: int, **values: object) -> Resource:
    body = page_bytes(template, page, **values)
    headers = HEADERS
    if status in _RETRY_AFTER:
        headers = (*HEADERS, ("Retry-After", str(_RETRY_AFTER[status])))
    return finish(body, HTML, Lifetime.ERROR, None, status=status, extra=headers)
