"""Reminders by mail, as far as the web goes: what each form answers, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from calendar_app.app import create_app, create_flask
from calendar_app.config import Settings
from calendar_app.core.choices import Choices, from_text, to_text
from calendar_app.core.errors import CalendarError
from calendar_app.public.editions import Editions
from calendar_app.public.sites import Operator
from calendar_app.web.desk import Desk
from calendar_app.web.fields import CONSENT, TRAP
from calendar_app.web.forms import MAX_TOKEN, Forms
from calendar_app.web.guard import WSGI, Guard, allowed_hosts
from calendar_app.web.senders import PER_HOUR, Senders
from calendar_app.words.catalogs import catalog
from calendar_app.words.languages import LANGUAGES
from tests.factories import at
from tests.pages.markup import Element, Tree, faults
from tests.publishing import real_catalogue
from tests.web.asking import Reply, ask

NOW = at("2026-12-02T09:00")
EACH = pytest.mark.parametrize("lang", LANGUAGES)
TOKEN = "abcdefghijklmnopqrstuvwxyz234567"  # noqa: S105 - opaque here
CHOICES = to_text(Choices("en", topics=("cuba",), zone="America/Havana", discreet=True))
GOOD = {"address": "name@example.org", "topics": ["cuba", "peace"], "times": "each"}
GOOD |= {"leads": ["7", "1"], "hour": "9", "zone": "UTC", "language": "en", "consent": CONSENT}
OWN = {"Sec-Fetch-Site": "same-origin"}
PRIVATE = (f"/confirm/{TOKEN}", f"/manage/{TOKEN}/{CHOICES}", f"/unsubscribe/{TOKEN}")


@dataclass
class Tray:
    """The desk, and what was left there; or one that cannot take anything."""

    desk: Desk
    is_full: bool = False
    left: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    def leave(self, kind: str, content: Mapping[str, object]) -> None:
        if self.is_full:
            raise CalendarError("full")
        self.desk.leave(kind, content)
        self.left.append((kind, content))


@pytest.fixture
def tray(settings: Settings) -> Tray:
    return Tray(Desk(settings, lambda: at("2026-11-20T12:00")))


@pytest.fixture
def app(editions: Editions, settings: Settings, tray: Tray) -> WSGI:
    forms = Forms(
        editions, tray.leave, Senders(allowed_hosts(settings), 0, lambda: 0.0), lambda: NOW
    )
    return Guard(create_flask(editions, forms), settings)


def post(app: WSGI, path: str, form: Mapping[str, object], **headers: str) -> Reply:
    body = urlencode(form, doseq=True).encode()
    return ask(app, path, "POST", {**OWN, **headers}, form=body)


def root(reply: Reply) -> Element:
    return Tree(reply.text).root


@EACH
def test_the_form_is_a_page_without_fault(app: WSGI, tray: Tray, lang: str) -> None:
    reply = ask(app, f"/{lang}/subscribe/mail/")

    assert (reply.status, tray.left) == (200, [])
    assert faults(root(reply)) == []
    assert next(root(reply).all("html")).attributes["lang"] == lang


@EACH
def test_who_sends_it_is_told_to_look_into_the_mailbox(app: WSGI, tray: Tray, lang: str) -> None:
    reply = post(app, f"/{lang}/subscribe/mail/", GOOD)

    content = {"address": "name@example.org", "consent": CONSENT}
    choices = to_text(Choices("en", topics=("cuba", "peace")))
    assert tray.left == [("subscribe", {**content, "choices": choices})]
    assert reply.status == 202
    assert next(root(reply).all("h1")).text == catalog(lang).text("answer_title")
    assert "name@example.org" not in reply.text
    assert faults(root(reply)) == []


@EACH
def test_the_answer_names_the_subject_that_the_mail_has(app: WSGI, lang: str) -> None:
    reply = post(app, "/en/subscribe/mail/", GOOD | {"language": lang})

    subject = catalog(lang).text("subject_confirm_discreet")
    marked = f'<bdi lang="{lang}" dir="{LANGUAGES[lang].direction}">{subject}</bdi>'
    assert f"with the subject “{subject if lang == 'en' else marked}” will arrive" in reply.text
    assert faults(root(reply)) == []


def test_the_answer_is_the_same_for_every_address(app: WSGI) -> None:
    addresses = ("name@example.org", "other@example.org", "x@no-such-domain.example")

    replies = [post(app, "/en/subscribe/mail/", GOOD | {"address": a}) for a in addresses]

    assert len({(reply.status, reply.headers, reply.body) for reply in replies}) == 1


@EACH
def test_an_error_stands_beside_its_field_and_nothing_typed_is_lost(
    app: WSGI, tray: Tray, lang: str
) -> None:
    typed = {"address": "name@", "topics": ["peace"], "times": "each", "leads": ["14"]}
    typed |= {"hour": "7", "zone": "Asia/Gaza", "language": "tr", "discreet": "1"}

    reply = post(app, f"/{lang}/subscribe/mail/", typed)

    page, phrases = root(reply), catalog(lang)
    fields = {e.attributes.get("id"): e for e in page.all("input", "select")}
    sentence = phrases.text("error_mail_address")
    assert (reply.status, tray.left) == (400, [])
    assert faults(page) == []
    assert next(page.all("title")).text.startswith(phrases.text("error_prefix"))
    assert fields["address"].attributes["value"] == "name@"
    assert fields["address"].attributes["aria-invalid"] == "true"
    described = fields["address"].attributes["aria-describedby"].split()
    assert {e.attributes["id"]: e.text for e in page.all("p") if "id" in e.attributes}[
        described[0]
    ] == sentence
    assert sum(element.text == sentence for element in page.all("a", "p")) == 2
    assert ticked(page, "topics") == ["peace"]
    assert ticked(page, "leads") == ["14"]
    assert ticked(page, "discreet") == ["1"]
    assert [chosen(fields[name]) for name in ("hour", "zone", "language")] == [
        "7",
        "Asia/Gaza",
        "tr",
    ]
    assert "open" in next(page.all("details")).attributes


def ticked(page: Element, name: str) -> list[str]:
    boxes = [e.attributes for e in page.all("input") if e.attributes.get("name") == name]
    return [box["value"] for box in boxes if "checked" in box]


def chosen(select: Element) -> str:
    return next(o.attributes["value"] for o in select.all("option") if "selected" in o.attributes)


def test_what_would_come_can_be_seen_before_anything_is_sent(app: WSGI, tray: Tray) -> None:
    asked = GOOD | {"do": "show", "topics": ["women"], "address": ""}

    reply = post(app, "/en/subscribe/mail/", asked)

    preview = root(reply).text.partition("What would come")[2]
    assert (reply.status, tray.left) == (200, [])
    assert "About 2 mails a year" in preview
    assert "1 March 2027" in preview
    assert "7 March 2027" in preview


@EACH
@pytest.mark.parametrize(
    ("form", "is_near"),
    [
        ({"topics": ["cuba"], "leads": ["30"]}, True),
        ({"topics": ["cuba"], "leads": ["1"]}, False),
        ({"topics": ["women"], "leads": ["1"], "times": "monthly"}, False),
        ({"topics": ["cuba"], "leads": ["1"], "times": "monthly"}, True),
    ],
)
def test_it_is_said_that_a_mail_comes_at_once(
    app: WSGI, lang: str, form: dict[str, object], is_near: bool
) -> None:
    reply = post(app, f"/{lang}/subscribe/mail/", GOOD | form | {"do": "show"})

    assert (catalog(lang).text("preview_near") in root(reply).text) is is_near
    assert faults(root(reply)) == []


@EACH
def test_it_is_said_that_one_comes_at_once_of_what_is_chosen_anew(app: WSGI, lang: str) -> None:
    known = to_text(Choices(lang, ("cuba",)))
    path, sentence = f"/{lang}/manage/{TOKEN}/{known}", catalog(lang).text("preview_near_changed")

    assert sentence not in root(ask(app, path)).text
    form = GOOD | {"topics": ["cuba"], "do": "show"}
    assert sentence not in root(post(app, path, form)).text
    assert sentence in root(post(app, path, form | {"leads": ["30", "7"]})).text


@pytest.mark.parametrize(
    ("hour", "is_near", "expected"), [("9", False, "2026-12-19"), ("8", True, "2027-01-23")]
)
def test_what_is_due_later_today_is_the_next_mail(
    editions: Editions, hour: str, is_near: bool, expected: str
) -> None:
    morning, senders = at("2026-12-19T08:30"), Senders(frozenset(), 0, lambda: 0.0)
    app = create_flask(editions, Forms(editions, lambda *_: None, senders, lambda: morning))
    form = GOOD | {"topics": ["cuba"], "hour": hour, "do": "show"}

    page = root(post(app, "/en/subscribe/mail/", form))

    (preview,) = (e for e in page.all("section") if e.attributes["aria-labelledby"] == "preview")
    assert (catalog("en").text("preview_near") in preview.text) is is_near
    assert next(preview.all("time")).attributes["datetime"] == expected


@pytest.mark.parametrize(("end", "pressed"), [("/subscribe/mail/", "send"), (PRIVATE[1], "change")])
def test_the_first_button_of_a_form_is_the_one_that_enter_shall_press(
    app: WSGI, end: str, pressed: str
) -> None:
    form = next(root(ask(app, f"/en{end}")).all("form"))

    assert [button.attributes["value"] for button in form.all("button")][:2] == [pressed, "show"]


def test_topics_of_a_link_are_ticked(app: WSGI) -> None:
    page = root(ask(app, "/en/subscribe/mail/?topics=cuba,peace"))

    assert set(ticked(page, "topics")) == {"cuba", "peace"}


def links(page: Element) -> set[str]:
    """The page in each language."""
    found = [a.attributes for a in page.all("a")]
    return {a["href"] for a in found if "hreflang" in a}


@pytest.mark.parametrize("form", [{}, GOOD | {"do": "show"}, GOOD | {"address": "name@"}])
def test_in_another_language_the_same_topics_are_ticked(app: WSGI, form: dict[str, object]) -> None:
    """After a form was sent those of the form; and nothing else of it is in an address."""
    path, chosen = "/en/subscribe/mail/", "?topics=cuba,peace"
    page = root(post(app, path, form) if form else ask(app, path + chosen))

    assert links(page) == {f"/{lang}/subscribe/mail/{chosen}" for lang in LANGUAGES}
    assert set(ticked(root(ask(app, f"/ar/subscribe/mail/{chosen}")), "topics")) == {
        "cuba",
        "peace",
    }


def test_where_all_topics_are_ticked_the_links_say_nothing_of_it(app: WSGI) -> None:
    page = root(ask(app, "/en/subscribe/mail/"))

    assert links(page) == {f"/{lang}/subscribe/mail/" for lang in LANGUAGES}


def test_another_parameter_is_refused(app: WSGI) -> None:
    assert ask(app, "/en/subscribe/mail/?address=name@example.org").status == 400


def test_a_program_that_fills_in_everything_is_answered_and_not_heard(
    app: WSGI, tray: Tray
) -> None:
    reply = post(app, "/en/subscribe/mail/", GOOD | {TRAP: "https://spam.example"})

    assert (reply.status, tray.left) == (202, [])


@EACH
@pytest.mark.parametrize("end", PRIVATE)
def test_opening_a_link_changes_nothing(app: WSGI, tray: Tray, lang: str, end: str) -> None:
    for method in ("GET", "HEAD", "GET"):
        reply = ask(app, f"/{lang}{end}", method)
        assert reply.status == 200

    assert tray.left == []
    assert faults(root(reply)) == []


@pytest.mark.parametrize("end", PRIVATE)
def test_the_page_of_every_token_is_the_same(app: WSGI, end: str) -> None:
    replies = [ask(app, f"/en{end.replace(TOKEN, token)}") for token in (TOKEN, "x", "z" * 500)]

    assert len({(reply.status, reply.headers, reply.body) for reply in replies}) == 1
    assert TOKEN not in replies[0].text


@EACH
@pytest.mark.parametrize(
    ("end", "form", "left"),
    [
        (PRIVATE[0], {}, ("confirm", {"token": TOKEN})),
        (PRIVATE[2], {}, ("leave", {"token": TOKEN})),
        (PRIVATE[1], {"do": "leave"}, ("leave", {"token": TOKEN})),
        (PRIVATE[1], {"do": "export"}, ("export", {"token": TOKEN})),
        (PRIVATE[1], {"do": "renew"}, ("renew", {"token": TOKEN})),
        (
            PRIVATE[1],
            GOOD | {"do": "change", "times": "weekly"},
            ("change", {"token": TOKEN, "choices": "en.cuba_peace.weekly.UTC.9"}),
        ),
    ],
)
def test_a_button_leaves_one_request(
    app: WSGI,
    tray: Tray,
    lang: str,
    end: str,
    form: dict[str, object],
    left: tuple[str, dict[str, str]],
) -> None:
    reply = post(app, f"/{lang}{end}", form)

    assert (reply.status, tray.left) == (202, [left])
    assert catalog(lang).text("done_within_minute") in root(reply).text
    # Said to everybody, since nobody is told whether the link was valid.
    is_told_more = catalog(lang).text("unsubscribe_newest") in root(reply).text
    assert is_told_more is (left[0] == "leave")
    assert TOKEN not in reply.text
    assert faults(root(reply)) == []


def test_the_settings_show_the_choices_of_the_link(app: WSGI) -> None:
    page = root(ask(app, f"/en{PRIVATE[1]}"))

    fields = {e.attributes.get("id"): e for e in page.all("select")}
    assert ticked(page, "topics") == ["cuba"]
    assert ticked(page, "leads") == ["7", "1"]
    assert ticked(page, "discreet") == ["1"]
    assert chosen(fields["zone"]) == "America/Havana"


@EACH
def test_what_a_new_link_ends_is_said_before_its_button(app: WSGI, lang: str) -> None:
    text, said = root(ask(app, f"/{lang}{PRIVATE[1]}")).text, catalog(lang).text

    _, _, behind = text.partition(said("settings_renew_text"))
    assert behind.strip().startswith(said("settings_renew"))


def test_after_a_change_there_is_a_link_to_the_settings_as_they_are(app: WSGI) -> None:
    page = root(post(app, f"/en{PRIVATE[1]}", GOOD | {"do": "change"}))

    again = [a.attributes["href"] for a in page.all("a") if a.text == "The page with these choices"]
    assert from_text(again[0]) == Choices("en", topics=("cuba", "peace"))


def test_settings_with_an_error_are_not_taken(app: WSGI, tray: Tray) -> None:
    """And what would come can be seen again."""
    reply = post(app, f"/en{PRIVATE[1]}", {"do": "change", "times": "each"})

    buttons = [button.attributes.get("value") for button in root(reply).all("button")]
    assert (reply.status, tray.left) == (400, [])
    assert buttons[:2] == ["change", "show"]
    assert buttons.count("show") == 1


@EACH
def test_an_address_that_was_cut_shows_a_form_for_a_new_choice(app: WSGI, lang: str) -> None:
    """And says so; what comes first cannot be known, since nobody knows what was told before."""
    path, said = f"/{lang}/manage/{TOKEN}/en.cuba", catalog(lang).text

    reply = ask(app, path)
    shown = root(post(app, path, GOOD | {"topics": ["cuba"], "leads": ["30", "7"], "do": "show"}))

    (language,) = (e for e in root(reply).all("select") if e.attributes["id"] == "language")
    assert (reply.status, chosen(language)) == (200, lang)
    for page in (root(reply), shown):
        assert said("settings_link_cut") in page.text
        assert said("settings_as_of_mail") not in page.text
        assert said("preview_near_changed") not in page.text
        assert said("preview_near") not in page.text
    assert faults(root(reply)) == []
    whole = root(ask(app, f"/{lang}{PRIVATE[1]}")).text
    assert said("settings_as_of_mail") in whole
    assert said("settings_link_cut") not in whole


def test_a_topic_that_was_retired_is_named_and_anything_else_is_not(settings: Settings) -> None:
    found = real_catalogue()
    topics = {**found.topics, "peace": replace(found.topics["peace"], is_retired=True)}
    published = replace(found, topics=topics)
    editions = Editions(published, lambda: NOW, settings.base_url, Operator())
    senders = Senders(frozenset(), 0, lambda: 0.0)
    app = create_flask(editions, Forms(editions, lambda *_: None, senders, lambda: NOW))
    path = f"/en/manage/{TOKEN}/{to_text(Choices('en', ('cuba', 'madeup', 'peace')))}"
    said = "You had also chosen: Peace and disarmament (no longer used)."

    for reply in (ask(app, path), ask(app, path, "POST", OWN, form=b"do=show")):
        assert said in root(reply).text
        assert faults(root(reply)) == []
        assert "madeup" not in reply.text
    assert "had also chosen" not in ask(app, f"/en{PRIVATE[1]}").text


@pytest.mark.parametrize("is_multipart", [False, True])
def test_a_mail_program_unsubscribes_with_one_click(
    app: WSGI, tray: Tray, is_multipart: bool
) -> None:
    """RFC 8058 3.2: no cookie, no page of ours, either form of body, and no redirect."""
    body, content_type = b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"
    if is_multipart:
        content_type = "multipart/form-data; boundary=b"
        part = b'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click'
        body = b"--b\r\n" + part + b"\r\n--b--\r\n"

    reply = ask(
        app,
        f"/en/unsubscribe/{TOKEN}",
        "POST",
        {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
        form=body,
        content_type=content_type,
    )

    assert (reply.status, tray.left) == (202, [("leave", {"token": TOKEN})])


@pytest.mark.parametrize("end", ["/subscribe/mail/", *PRIVATE])
def test_a_form_of_another_site_is_refused(app: WSGI, tray: Tray, end: str) -> None:
    reply = post(app, f"/en{end}", GOOD | {"do": "change"}, **{"Sec-Fetch-Site": "cross-site"})

    assert (reply.status, tray.left) == (403, [])
    assert catalog("en").text("error_origin") in root(reply).text


@pytest.mark.parametrize("end", ["/subscribe/mail/", *PRIVATE])
def test_when_nothing_can_be_taken_that_is_said_and_what_was_typed_stays(
    app: WSGI, tray: Tray, end: str
) -> None:
    tray.is_full = True

    reply = post(app, f"/en{end}", GOOD | {"do": "change"})

    assert (reply.status, dict(reply.headers)["Retry-After"]) == (503, "300")
    assert catalog("en").text("error_busy") in root(reply).text
    assert end != "/subscribe/mail/" or 'value="name@example.org"' in reply.text


def test_one_network_may_ask_for_a_few_mails_an_hour(app: WSGI, tray: Tray) -> None:
    body = urlencode(GOOD, doseq=True).encode()

    replies = [
        ask(app, "/en/subscribe/mail/", "POST", OWN, form=body, REMOTE_ADDR="192.0.2.1")
        for _ in range(PER_HOUR.amount + 1)
    ]

    assert [reply.status for reply in replies] == [202] * PER_HOUR.amount + [429]
    assert [dict(reply.headers).get("Retry-After") for reply in replies] == [
        *[None] * PER_HOUR.amount,
        "3600",
    ]
    assert len(tray.left) == PER_HOUR.amount


@pytest.mark.parametrize(
    ("method", "query", "status", "to"),
    [
        ("GET", "", 308, "/en/subscribe/mail/"),
        ("POST", "", 308, "/en/subscribe/mail/"),
        ("GET", "?topics=cuba", 308, "/en/subscribe/mail/?topics=cuba"),
        ("GET", "?a=b", 400, None),
    ],
)
def test_the_form_has_one_address_and_the_slash_is_part_of_it(
    app: WSGI, tray: Tray, method: str, query: str, status: int, to: str | None
) -> None:
    body = urlencode(GOOD, doseq=True).encode() if method == "POST" else b""

    reply = ask(app, f"/en/subscribe/mail{query}", method, OWN, form=body)

    assert (reply.status, dict(reply.headers).get("Location"), tray.left) == (status, to, [])


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=30)], ids=str)
def test_a_clock_that_is_set_frees_nobody_and_locks_nobody_out(
    editions: Editions, settings: Settings, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    """The clock that everybody can set is set; the one that counts seconds goes on."""
    now, seconds, set_by = at("2026-12-02T09:00"), 5.0, timedelta(0)
    monkeypatch.setattr("calendar_app.app.make_clock", lambda _: lambda: now + set_by)
    monkeypatch.setattr("calendar_app.app.make_steady_clock", lambda: lambda: seconds)
    monkeypatch.setattr("time.time", lambda: (now + set_by).timestamp())
    app = create_app(settings, editions)
    body = urlencode(GOOD, doseq=True).encode()

    def statuses(count: int) -> list[int]:
        sent = (app, "/en/subscribe/mail/", "POST", OWN)
        return [ask(*sent, form=body, REMOTE_ADDR="192.0.2.1").status for _ in range(count)]

    assert statuses(PER_HOUR.amount) == [202] * PER_HOUR.amount
    set_by = jump
    assert statuses(1) == [429]
    seconds += PER_HOUR.seconds
    assert statuses(PER_HOUR.amount) == [202] * PER_HOUR.amount
    set_by = timedelta(0)
    assert statuses(1) == [429]


@pytest.mark.parametrize("end", ["/subscribe/mail/", *PRIVATE])
def test_nobody_keeps_these_pages_and_no_index_lists_them(app: WSGI, end: str) -> None:
    for method in ("GET", "POST"):
        reply = ask(app, f"/en{end}", method, OWN | {"Accept-Encoding": "gzip"})
        assert reply.header("Cache-Control") == "no-store"
        assert reply.header("X-Robots-Tag") == "noindex, nofollow"
        # Where a token led, nothing is compressed (BREACH).
        assert reply.has("Content-Encoding") is (end == "/subscribe/mail/")
        assert not reply.has("Set-Cookie")
        assert not reply.has("ETag")


def test_another_method_is_refused_with_those_that_are_allowed(app: WSGI) -> None:
    reply = ask(app, f"/en/confirm/{TOKEN}", "DELETE")

    assert reply.status == 405
    assert reply.header("Allow") == "GET, HEAD, POST"


@pytest.mark.parametrize("end", ["/subscribe/mail/", *PRIVATE])
def test_a_site_that_sends_no_mail_says_so(
    editions: Editions, settings: Settings, end: str
) -> None:
    reply = ask(create_app(replace(settings, mail=None), editions), f"/ar{end}")

    assert reply.status == 404
    assert catalog("ar").text("mail_off") in root(reply).text


def test_a_language_that_is_not_there_is_not_found(app: WSGI) -> None:
    assert ask(app, f"/xx/confirm/{TOKEN}").status == 404


def test_a_token_is_handed_on_up_to_a_length(app: WSGI, tray: Tray) -> None:
    post(app, "/en/confirm/" + "y" * 500, {})

    assert tray.left == [("confirm", {"token": "y" * MAX_TOKEN})]


@pytest.fixture(autouse=True)
def _no_exception_is_swallowed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [record for record in caplog.records if record.exc_info] == []
