"""Settings: each one, every fault at once, and what to do about it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from psycopg.pq import Conninfo

from calendar_app.config import (
    NAMES,
    MailSettings,
    SettingsError,
    default_events,
    hand_down,
    read_settings,
)
from calendar_app.mail.smtp import server_from_url
from calendar_app.values import DATABASE_OPTIONS
from tests.factories import at
from tests.publishing import EVENTS

INSTANT = "2026-11-29T09:00Z"


def faults_of(**given: str) -> list[str]:
    """Return the faults of settings, named without their prefix."""
    try:
        read_settings({f"CALENDAR_{name}": value for name, value in given.items()})
    except SettingsError as error:
        return error.faults
    return []


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings({"PATH": "/bin", "OTHER_NOW": "x", "calendar_now": "x"}, 8123)

    assert settings.base_url == "http://127.0.0.1:8123"
    assert settings.is_loopback
    assert settings.events == (EVENTS,) == (default_events(),)
    assert (settings.alternate_urls, settings.now, settings.web_workers) == ((), None, 1)
    assert settings.operator_name == settings.contact == ""
    assert settings.state_dir == EVENTS.parents[1] / "var"
    assert (settings.database_url, settings.trusted_proxies) == ("", 0)
    assert settings.mail == MailSettings("calendar@calendar.example")


def test_everything_can_be_set() -> None:
    given = {
        "BASE_URL": "https://Calendar.Example/",
        "ALTERNATE_URLS": "http://abc.onion https://mirror.example:8443,https://b.example/",
        "EVENTS": os.pathsep.join(["a.yaml", "b.yaml"]),
        "OPERATOR_NAME": "Grupo de paz ☮",
        "CONTACT": "  mail@example.org ",
        "STATE_DIR": "/srv/calendar",
        "DATABASE_URL": "postgresql://worker:secret@db.example/calendar",
        "MAIL": "two-way",
        "SMTP_URL": "smtps://user:secret@mail.example:465",
        "MAIL_FROM": "Calendar@Bücher.example",
        "OPERATOR_MAIL": "someone@example.org",
        "TRUSTED_PROXIES": "2",
        "WEB_WORKERS": "12",
    }
    settings = read_settings({f"CALENDAR_{name}": value for name, value in given.items()})

    assert set(given) | {"NOW"} == set(NAMES)
    assert settings.base_url == "https://calendar.example"
    assert settings.alternate_urls == (
        "http://abc.onion",
        "https://mirror.example:8443",
        "https://b.example",
    )
    assert settings.events == (Path("a.yaml"), Path("b.yaml"))
    assert settings.operator_name == "Grupo de paz ☮"
    assert settings.contact == "mail@example.org"
    assert settings.web_workers == 12
    assert settings.state_dir == Path("/srv/calendar")
    assert settings.database_url == "postgresql+psycopg://worker:secret@db.example/calendar"
    assert settings.mail == MailSettings(
        "Calendar@xn--bcher-kva.example", given["SMTP_URL"], True, "someone@example.org"
    )
    assert settings.trusted_proxies == 2
    assert "secret" not in repr(settings)
    assert not settings.is_loopback


@pytest.mark.parametrize("text", [INSTANT, "2026-11-29T09:00:00Z"])
def test_the_clock_can_be_fixed_on_this_machine(text: str) -> None:
    assert read_settings({"CALENDAR_NOW": text}).now == at("2026-11-29T09:00")


@pytest.mark.parametrize(
    "url", ["https://calendar.example", "http://abc.onion", "https://10.0.0.1"]
)
def test_the_clock_is_not_fixed_for_others(url: str) -> None:
    assert faults_of(BASE_URL=url, NOW=INSTANT) == [
        "CALENDAR_NOW is for tests on this machine only; take it out"
    ]


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-11-29", "2026-11-29T09:00", "2026-11-29T09:00+01:00", "2026-11-29 09:00Z"]
    + ["2026-02-30T09:00Z", "2026-11-29T25:00Z", "20261129T0900Z", "٢٠٢٦-11-29T09:00Z"]
    + ["0001-01-01T00:00Z", "9999-12-31T00:00Z", f"{INSTANT}\n1", "2026-W47-7T09:00Z"],
)
def test_an_instant_has_one_form(text: str) -> None:
    (fault,) = faults_of(NOW=text)

    assert fault.startswith("CALENDAR_NOW: ")
    assert fault.endswith(" is not an instant; write 2026-11-29T09:00Z")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1", "http://localhost", "http://[::1]:65535", "http://127.8.9.1:80/"]
    + ["http://abc.onion", "https://example.org", "https://xn--e1afmkfd.example", "https://a-b.c"],
)
def test_plain_http_is_for_this_machine_and_for_onions(url: str) -> None:
    assert read_settings({"CALENDAR_BASE_URL": url}).base_url == url.rstrip("/")
    assert faults_of(ALTERNATE_URLS=url) == []


@pytest.mark.parametrize(
    "url",
    ["http://example.org", "http://localhost.example", "http://10.0.0.1", "http://onion"]
    + ["http://abc.onion.example", "http://0.0.0.0"],
)
def test_anywhere_else_http_is_refused(url: str) -> None:
    assert faults_of(BASE_URL=url) == [f"CALENDAR_BASE_URL: {url} must begin with https://"]
    assert faults_of(ALTERNATE_URLS=url) == [
        f"CALENDAR_ALTERNATE_URLS: {url} must begin with https://"
    ]


@pytest.mark.parametrize(
    "url",
    ["", "example.org", "//example.org", "ftp://example.org", "https://", "https:///x", "https:x"]
    + ["https://пример.example", "https://exa<mple.org", 'https://a"b.c', "https://user@a.b"]
    + ["https://a.b:0", "https://a.b:65536", "https://a.b:x", "https://a.b:", "https://[::1"]
    + ["https://a.b?c", "https://a.b#c", "https://-a.b", "https://a.b.", "javascript:alert(1)"]
    + ["https://a.b\\c", "https://a b", "https://a.b\n", "https://[2001:db8::1]"],
)
def test_an_address_is_one_that_a_reader_can_type(url: str) -> None:
    if url.strip() != url:
        assert read_settings({"CALENDAR_BASE_URL": url}).base_url == url.strip()
        return
    assert faults_of(BASE_URL=url) == [
        f"CALENDAR_BASE_URL: {url!r} is not an address; write https://example.org"
    ]


@pytest.mark.parametrize("rest", ["/calendar", "/?a", "//", "/#a"])
def test_a_site_stands_at_the_root_of_its_host(rest: str) -> None:
    url = f"https://example.org{rest}"

    assert faults_of(BASE_URL=url) == [f"CALENDAR_BASE_URL: {url} must end after the host name"]


@pytest.mark.parametrize("text", ["", "0", "100", "-1", "+1", "1.5", "two", "١", "1_0", "²"])
def test_workers_are_counted_from_1_to_99(text: str) -> None:
    assert faults_of(WEB_WORKERS=text) == [
        f"CALENDAR_WEB_WORKERS: {text!r} is not a number from 1 to 99"
    ]


SMTP = {
    "SMTP_URL": "smtp://localhost:25",
    "MAIL_FROM": "calendar@example.org",
    "OPERATOR_NAME": "Peace",
    "CONTACT": "peace@example.org",
}
ELSEWHERE = {"CALENDAR_BASE_URL": "https://calendar.example"}


def test_mail_goes_into_files_on_this_machine_only() -> None:
    assert read_settings({}).mail == MailSettings("calendar@calendar.example")
    assert read_settings(ELSEWHERE).mail is None
    assert read_settings({"CALENDAR_MAIL": "off"}).mail is None
    assert faults_of(BASE_URL="https://calendar.example", MAIL="on") == [
        "CALENDAR_SMTP_URL is needed to send mail; set it, or CALENDAR_MAIL=off"
    ]


def test_mail_is_on_where_there_is_a_server() -> None:
    given = {f"CALENDAR_{name}": value for name, value in SMTP.items()}

    assert read_settings(given | ELSEWHERE).mail == MailSettings(
        "calendar@example.org", "smtp://localhost:25"
    )
    assert read_settings({**given, **ELSEWHERE, "CALENDAR_MAIL": "off"}).mail is None


@pytest.mark.parametrize("name", ["MAIL_FROM", "OPERATOR_NAME", "CONTACT"])
def test_who_sends_mail_says_who_they_are(name: str) -> None:
    assert faults_of(**{**SMTP, name: ""}) == [
        f"CALENDAR_{name} is needed to send mail; set it, or CALENDAR_MAIL=off"
    ]


@pytest.mark.parametrize("text", ["yes", "ON", "1", "on off"])
def test_mail_has_three_modes(text: str) -> None:
    assert faults_of(MAIL=text) == [f"CALENDAR_MAIL: {text!r} is not known; write off, on, two-way"]


@pytest.mark.parametrize(
    "url",
    ["mail.example", "http://mail.example", "smtp://", "smtp://host:x", "smtp://a..b", "smtp://-a"]
    + ["smtp://host:0", "smtp://host:70000", "smtp://h\u00f6st", "smtp://host name"]
    + ["smtp://user:pa#ss@host", "smtp://user:pa/ss@host", f"smtp://{'a' * 64}"],
)
def test_a_mail_server_is_told_without_its_password(url: str) -> None:
    assert faults_of(**{**SMTP, "SMTP_URL": url}) == [
        "CALENDAR_SMTP_URL is not the address of a mail server; "
        "write smtps://user:password@mail.example.org"
    ]


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("user@127.0.0.1:1", "has only one of user and password; write both, or none"),
        (":secret@mail.example", "has only one of user and password; write both, or none"),
        ("user:secr%C3%A9t@mail.example", "has a user or password that is not plain ASCII"),
        ("user:secret%00@mail.example", "has a user or password that is not plain ASCII"),
        *(
            (
                f"user:secret@127.0.0.1:1{end}",
                "must end after the host and its port; "
                "in a password write %2F for /, %3F for ?, %23 for # and %40 for @",
            )
            for end in ("/path", "/?x=1", "?x=1", "?", "#x")
        ),
        # A password with a # that was not written as %23, cut in the midst.
        (
            "user:25#secret@mail.example",
            "must end after the host and its port; "
            "in a password write %2F for /, %3F for ?, %23 for # and %40 for @",
        ),
    ],
)
def test_a_mail_server_that_could_not_be_used_is_refused_with_the_reason(
    rest: str, reason: str
) -> None:
    for scheme in ("smtp", "smtps"):
        url = f"{scheme}://{rest}"
        assert faults_of(**{**SMTP, "SMTP_URL": url}) == [f"CALENDAR_SMTP_URL {reason}"]


@pytest.mark.parametrize(
    "url",
    ["smtp://localhost", "smtps://user:p%40s%2Fs@mail.example.org:465/", "smtp://[::1]:25"]
    + ["smtp://u%40mail.example:secret@192.0.2.1", "smtp://mail_relay:2525"],
)
def test_a_mail_server_that_is_taken_can_be_used(url: str) -> None:
    assert faults_of(**{**SMTP, "SMTP_URL": url}) == []
    assert server_from_url(url).host in url


@pytest.mark.parametrize(
    "url",
    ["sqlite:///x", "mysql://host/x", "postgresql://host", "postgresql://host/", "x"]
    + ["postgresql+psycopg2://u:secret@host/x", "postgres://u:secret@host/x"]
    + ["postgresql://u:secret@host:/x", "postgresql://u:secret@host:port/x"]
    + ["postgresql://u:sec/ret@host/x", "postgresql://u:sec?ret@host/x"],
)
def test_a_database_is_told_without_its_password(url: str) -> None:
    assert faults_of(DATABASE_URL=url) == [
        "CALENDAR_DATABASE_URL is not a database; "
        "write postgresql://user:password@host/database, or nothing for SQLite"
    ]


@pytest.mark.parametrize(
    "rest",
    ["u:sec@ret@host/x", "u:secret@host/x/y", "u:secret@host/x#", "u:secret@host/x?", "host/x?a"]
    + ["host/x?sslmode=", "host/x?a=b&", "u:1/x?y=secret@host/x", "u:1/x?secret@host/x"],
)
def test_an_address_of_a_database_ends_where_it_should(rest: str) -> None:
    assert faults_of(DATABASE_URL=f"postgresql://{rest}") == [
        "CALENDAR_DATABASE_URL must end after the database or its options, as ?sslmode=require; "
        "in a password write %2F for /, %3F for ?, %23 for # and %40 for @"
    ]


def test_options_of_a_database_are_told_by_name() -> None:
    url = "postgresql://u:secret@host/x?foo=bar&sslmod=require&port=1&port=2"
    said = "CALENDAR_DATABASE_URL"
    assert faults_of(DATABASE_URL=url) == [
        f"{said}: foo is not an option of it; take it out",
        f"{said} says port twice; take one out",
        f"{said}: sslmod is not an option of it; did you mean sslmode?",
    ]
    assert {option.keyword.decode() for option in Conninfo.get_defaults()} > DATABASE_OPTIONS
    for end in ("host=/run/postgresql", "sslrootcert=/etc/ca.pem&sslmode=verify-full"):
        assert faults_of(DATABASE_URL=f"postgresql://u:p%40%2Fs@/x?{end}") == []


@pytest.mark.parametrize("name", ["MAIL_FROM", "OPERATOR_MAIL"])
@pytest.mark.parametrize("text", ["x", "a@", "a b@c.example", "a@b.example\nBcc: c@d.example"])
def test_a_mailbox_is_one_address(name: str, text: str) -> None:
    assert faults_of(**{**SMTP, name: text}) == [
        f"CALENDAR_{name} is not a mail address in ASCII; write name@example.org"
    ]


@pytest.mark.parametrize("name", ["MAIL_FROM", "OPERATOR_MAIL"])
def test_a_mailbox_is_one_that_can_be_mailed(name: str) -> None:
    for domain in ("mail.test", "printer.local", "site.invalid", "abc.onion"):
        assert faults_of(**{**SMTP, name: f"calendar@{domain}"}) == [
            f"CALENDAR_{name}: no mail is sent to or from {domain!r}, a reserved name"
        ]
    for text in ("josé@example.org", "=?utf-8?q?a?=@example.org", "Peace <peace@example.org>"):
        assert faults_of(**{**SMTP, name: text}) == [
            f"CALENDAR_{name} is not a mail address in ASCII; write name@example.org"
        ]


@pytest.mark.parametrize("text", ["", "10", "-1", "x", "²"])
def test_proxies_are_counted_from_0_to_9(text: str) -> None:
    assert faults_of(TRUSTED_PROXIES=text) == [
        f"CALENDAR_TRUSTED_PROXIES: {text!r} is not a number from 0 to 9"
    ]


@pytest.mark.parametrize("text", ["https://[x", "//[x", "https://a\u2100b.example"])
def test_a_contact_that_begins_as_an_address_is_one(text: str) -> None:
    assert faults_of(CONTACT=text) == [
        f"CALENDAR_CONTACT: {text!r} is not an address; write https://example.org"
    ]


@pytest.mark.parametrize("name", ["OPERATOR_NAME", "CONTACT"])
@pytest.mark.parametrize(
    "text", ["a\nb", "a\0b", "a\x1bb", "a\u202eb", "a\u2028b", "\udcff", "a" * 201]
)
def test_what_pages_show_is_one_line(name: str, text: str) -> None:
    assert faults_of(**{name: text}) == [
        f"CALENDAR_{name} must be one line of at most 200 characters"
    ]


@pytest.mark.parametrize("text", ["", os.pathsep, os.pathsep * 3])
def test_some_file_of_events_is_named(text: str) -> None:
    assert faults_of(EVENTS=text) == [
        "CALENDAR_EVENTS names no file; write the path of an events.yaml"
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("BASE_URI", "did you mean CALENDAR_BASE_URL?"),
        ("EVENT", "did you mean CALENDAR_EVENTS?"),
        ("CONTACTS_FILE", "did you mean CALENDAR_CONTACT?"),
        ("WORKERS", "did you mean CALENDAR_WEB_WORKERS?"),
        ("now", "take it out"),
        ("", "take it out"),
        ("DEBUG", "take it out"),
    ],
)
def test_an_unknown_name_is_a_fault_with_a_suggestion(name: str, hint: str) -> None:
    assert faults_of(**{name: "1"}) == [f"CALENDAR_{name} is not a setting; {hint}"]


@pytest.mark.parametrize("name", NAMES)
def test_each_setting_can_stand_in_a_file(tmp_path: Path, name: str) -> None:
    values = {
        "BASE_URL": "https://a.example",
        "ALTERNATE_URLS": "https://b.example",
        "EVENTS": "some.yaml",
        "STATE_DIR": "state",
        "DATABASE_URL": "postgresql:///calendar",
        "MAIL": "off",
        "SMTP_URL": "smtp://localhost",
        "MAIL_FROM": "a@example.org",
        "OPERATOR_MAIL": "b@example.org",
        "TRUSTED_PROXIES": "1",
        "WEB_WORKERS": "3",
        "NOW": INSTANT,
    }
    value = values.get(name, "a line with ☮")
    file = tmp_path / "value"
    file.write_text(f"{value}\n", encoding="utf-8")

    rest = {"CALENDAR_MAIL": "off"} if name == "SMTP_URL" else {}
    given = read_settings({f"CALENDAR_{name}_FILE": str(file), **rest})

    assert given == read_settings({f"CALENDAR_{name}": value, **rest})


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    missing, binary = tmp_path / "missing", tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")

    assert faults_of(CONTACT_FILE=str(missing), NOW_FILE=str(binary), EVENTS_FILE="a\0b") == [
        f"CALENDAR_CONTACT_FILE: {missing} cannot be read: no such file or directory",
        "CALENDAR_EVENTS_FILE: a\0b is not a text file",
        f"CALENDAR_NOW_FILE: {binary} is not a text file",
    ]
    assert faults_of(CONTACT_FILE=str(tmp_path)) == [
        f"CALENDAR_CONTACT_FILE: {tmp_path} cannot be read: is a directory"
    ]


def test_what_is_stored_goes_into_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "state"
    assert faults_of(STATE_DIR=str(file)) == faults_of(STATE_DIR=str(tmp_path)) == []

    file.touch()
    assert faults_of(STATE_DIR=str(file)) == [
        f"CALENDAR_STATE_DIR: {file} is a file; write the path of a folder"
    ]


def test_a_setting_is_given_once(tmp_path: Path) -> None:
    file = tmp_path / "contact"
    file.write_text("b")

    assert faults_of(CONTACT="a", CONTACT_FILE=str(file)) == [
        "CALENDAR_CONTACT and CALENDAR_CONTACT_FILE say the same thing twice; take one out"
    ]


def test_all_faults_come_at_once() -> None:
    found = faults_of(
        BASE_URL="example.org",
        ALTERNATE_URLS="http://a.example,https://b.example/x",
        EVENTS="",
        OPERATOR_NAME="a\nb",
        CONTACT="a\0b",
        WEB_WORKERS="0",
        NOW="now",
        NOM="x",
    )

    assert [fault.split(":")[0].split(" ")[0].removeprefix("CALENDAR_") for fault in found] == [
        "NOM",
        "BASE_URL",
        "ALTERNATE_URLS",
        "ALTERNATE_URLS",
        "EVENTS",
        "OPERATOR_NAME",
        "CONTACT",
        "WEB_WORKERS",
        "NOW",
    ]


def test_worker_processes_come_to_the_same_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALENDAR_BASE_URL_FILE", "address")
    monkeypatch.setenv("CALENDAR_BASE_URL", "to be replaced")
    settings = read_settings({}, 8123)

    hand_down(settings)

    assert read_settings(os.environ).base_url == settings.base_url
