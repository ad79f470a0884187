"""Reminders by mail, as far as the web goes: forms whose buttons append one sealed request.

GET and HEAD show a page and change nothing, whatever a scanner of links does. POST appends, and
answers alike whether or not there was anything to do. Tokens are opaque here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from flask import Flask, Response, request

from calendar_app.core.choices import Choices, ChoicesError, from_text, to_text
from calendar_app.core.errors import CalendarError
from calendar_app.public import errors
from calendar_app.public.edition import moved
from calendar_app.public.editions import Editions
from calendar_app.public.resources import Resource
from calendar_app.public.selection import BadParameter, Selection, read_selection
from calendar_app.public.sites import Site
from calendar_app.web import form_pages as pages
from calendar_app.web.bodies import Bodies
from calendar_app.web.fields import (
    CONSENT,
    TRAP,
    Fields,
    address_errors,
    fields_of,
    read_choices,
    typed,
)
from calendar_app.web.pages import send
from calendar_app.web.senders import Senders
from calendar_app.words.languages import LANGUAGES

MAX_TOKEN: Final = 128
ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")  # RFC 8058 3.1
# Said to everybody, since a link may be of a mail from before they were renewed.
_LEFT: Final = ("unsubscribe_done", "unsubscribe_newest")
# Leaves a request of a kind for the worker; raises CalendarError when that is not possible now.
Leave = Callable[[str, Mapping[str, object]], None]


class Forms:
    """The views; each gives a resource that nobody keeps."""

    def __init__(
        self,
        editions: Editions,
        leave: Leave,
        senders: Senders,
        clock: Callable[[], datetime],
        is_unattended: Callable[[], bool] = lambda: False,
    ) -> None:
        """``is_unattended`` tells whether nobody reads for now what is left."""
        self._editions = editions
        self._leave = leave
        self._senders = senders
        self._clock = clock
        self._is_unattended = is_unattended

    def subscribe(self, lang: str) -> Resource:
        site, now = self._editions.current().site, self._clock()
        if not request.path.endswith("/"):  # as the other pages have it
            return moved(self._asked(site).address(pages.mail_path(lang)))
        is_paused = self._is_unattended()
        if request.method != "POST":
            return pages.paused_page(site, lang) if is_paused else self._empty_form(site, lang, now)
        offered = site.catalogue.living_topics
        fields = typed(request.form, offered)
        if is_paused:
            told = "mail_paused"
            return pages.subscribe_page(site, lang, fields, {}, now, notice=told, status=503)
        choices, wrong = read_choices(fields, frozenset(offered))
        if request.form.get("do") == "show":
            status = 400 if wrong else 200
            return pages.subscribe_page(site, lang, fields, wrong, now, status=status)
        wrong = {**address_errors(fields), **wrong}
        if choices is None or wrong:
            return pages.subscribe_page(site, lang, fields, wrong, now, status=400)
        if request.form.get(TRAP):
            return pages.answer_page(site, lang, choices.language)
        content = {"address": fields.address, "choices": to_text(choices), "consent": CONSENT}
        notice, status = self._take("subscribe", content, is_counted=True)
        if notice:
            return pages.subscribe_page(site, lang, fields, {}, now, notice=notice, status=status)
        return pages.answer_page(site, lang, choices.language)

    def confirm(self, lang: str, token: str) -> Resource:
        site = self._editions.current().site
        if request.method != "POST":
            return pages.button_page(site, lang, "confirm")
        notice, status = self._take("confirm", {"token": token[:MAX_TOKEN]})
        if notice:
            return pages.button_page(site, lang, "confirm", notice=notice, status=status)
        return self._done(site, lang, "confirm_page_title", ["confirm_done"])

    def unsubscribe(self, lang: str, token: str) -> Resource:
        """Also the one-click of mail programs, which are no page of ours and send no Origin."""
        site = self._editions.current().site
        if request.method != "POST":
            return pages.button_page(site, lang, "unsubscribe")
        name, value = ONE_CLICK
        is_one_click = request.form.get(name) == value
        content = {"token": token[:MAX_TOKEN]}
        notice, status = self._take("leave", content, is_from_anywhere=is_one_click)
        if notice:
            return pages.button_page(site, lang, "unsubscribe", notice=notice, status=status)
        return self._done(site, lang, "unsubscribe_title", _LEFT)

    def manage(self, lang: str, token: str, choices: str) -> Resource:
        """What is stored is never shown: the choices are those in the address."""
        site, now = self._editions.current().site, self._clock()
        offered = site.catalogue.living_topics
        try:
            known = from_text(choices)
        except ChoicesError:
            known = None
        if request.method != "POST":
            # Where the address was cut the form is filled in as for somebody new.
            fields = fields_of(known or Choices(lang), offered)
            return pages.settings_page(site, lang, fields, {}, known, now)
        fields = typed(request.form, offered)
        made, wrong = read_choices(fields, frozenset(offered))
        asked = request.form.get("do")
        if asked == "show" or (asked == "change" and made is None):
            status = 400 if wrong else 200
            return pages.settings_page(site, lang, fields, wrong, known, now, status=status)
        text = to_text(made) if made else ""
        acts = {
            "change": ("change", {"choices": text}, ["settings_done"]),
            "export": ("export", {}, ["settings_export_done"]),
            "renew": ("renew", {}, ["settings_renew_done"]),
            "leave": ("leave", {}, _LEFT),
        }
        if asked not in acts:
            return pages.settings_page(site, lang, fields, {}, known, now, status=400)
        kind, content, sentences = acts[asked]
        notice, status = self._take(kind, {"token": token[:MAX_TOKEN], **content})
        if notice:
            return pages.settings_page(
                site, lang, fields, {}, known, now, notice=notice, status=status
            )
        again = text if asked == "change" else ""
        return self._done(site, lang, "settings_title", sentences, again)

    def _done(
        self, site: Site, lang: str, title: str, sentences: Sequence[str], again: str = ""
    ) -> Resource:
        when = "done_later" if self._is_unattended() else "done_within_minute"
        first, *more = sentences
        return pages.done_page(site, lang, title, [first, when, *more], again)

    def _asked(self, site: Site) -> Selection:
        """What the link to the form chooses. Raises BadParameter."""
        query = request.environ.get("QUERY_STRING", "")
        return read_selection(query, ("topics",), site.catalogue, is_form=True)

    def _empty_form(self, site: Site, lang: str, now: datetime) -> Resource:
        """With the topics of the link ticked, else all."""
        topics = self._asked(site).topics or site.catalogue.living_topics
        fields = Fields(lang, frozenset(topics))
        return pages.subscribe_page(site, lang, fields, {}, now, is_new=True)

    def _take(
        self,
        kind: str,
        content: Mapping[str, object],
        *,
        is_counted: bool = False,
        is_from_anywhere: bool = False,
    ) -> tuple[str, int]:
        """Leaves a request for the worker; else the key of a sentence on why not, and a status."""
        if not is_from_anywhere and not self._senders.is_own_page(request.environ):
            return "error_origin", 403
        if is_counted and not self._senders.may_ask(request.environ):
            return "error_limit", 429
        try:
            self._leave(kind, content)
        except CalendarError:
            return "error_busy", 503
        return "", 200


RULES: Final[Mapping[str, Callable[..., Resource]]] = MappingProxyType(
    {
        "/<lang>/subscribe/mail/": Forms.subscribe,
        "/<lang>/confirm/<token>": Forms.confirm,
        "/<lang>/manage/<token>/<choices>": Forms.manage,
        "/<lang>/unsubscribe/<token>": Forms.unsubscribe,
    }
)


_ENDPOINT: Final = "form "


def is_form(endpoint: str | None) -> bool:
    """Whether what was asked, by Flask's name for it, is one of these."""
    return (endpoint or "").startswith(_ENDPOINT)


def register_forms(app: Flask, editions: Editions, forms: Forms | None) -> None:
    """Gives Flask the addresses of the forms, which are in no table, sitemap or export. Where the
    site sends no mail there are none, and each address says so."""

    bodies = Bodies()

    def register(rule: str, view: Callable[..., Resource]) -> None:
        def answered(**place: str) -> Response:
            edition, path = editions.current(), request.environ["PATH_INFO"]
            if place["lang"] not in LANGUAGES:
                return send(edition.get(path))
            if forms is None:
                return send(errors.not_found(edition.site, path, "mail_off"))
            if request.method == "POST" and not bodies.fetch(request.environ):
                return send(errors.failure(503))
            try:
                return send(view(forms, **place))
            except BadParameter as error:
                path = pages.mail_path(place["lang"])
                return send(errors.bad_parameter(edition.site, path, error.options))

        methods = ["GET", "POST"]
        app.add_url_rule(
            rule, f"{_ENDPOINT}{rule}", answered, methods=methods, provide_automatic_options=False
        )

    for rule, view in RULES.items():
        register(rule, view)
