"""An export holds what the application answers, appears at once, and is read from a folder."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Browser, expect

from calendar_app.cli import main
from calendar_app.public.edition import Edition
from calendar_app.public.errors import failure
from calendar_app.public.export import file_name, files
from calendar_app.public.folders import ExportError, copy_out, publish
from tests.publishing import edition, real_catalogue
from tests.small_data import DAYS, SmallData, text_of
from tests.web.serving import PROGRAM

TODAY = date(2026, 12, 2)
TOMORROW = date(2026, 12, 3)


@pytest.fixture(scope="module")
def real() -> Edition:
    return edition(real_catalogue(), TODAY)


@pytest.fixture
def small(tmp_path: Path) -> SmallData:
    return SmallData(tmp_path / "data")


@pytest.fixture(autouse=True)
def made_to_last(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made to last, by its path. The disk is not waited for: whether it keeps what it is
    given no test can see, and each file would take milliseconds."""
    found: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda one: found.append(os.readlink(f"/proc/self/fd/{one}")))
    return found


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "www" / "public"


@cache
def of(today: date = TODAY, text: bytes = text_of(DAYS)) -> Edition:
    """The small data as of a day; kept, since what takes long is to make the pages."""
    with TemporaryDirectory() as folder:
        return edition(SmallData(Path(folder)).publish(text), today)


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return each file with its bytes and its time."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in found
    }


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_each_address_has_its_file_with_the_bytes_and_the_time_of_the_answer(
    real: Edition, site: Path
) -> None:
    publish(site, real, real.paths())
    found = everything(site)

    wanted = {}
    for path in real.paths():
        resource = real.get(path)
        assert resource.last_modified is not None
        time = int(resource.last_modified.timestamp()) * 10**9
        wanted[file_name(path)] = (resource.plain.body, time)
        if resource.gzip:
            wanted[f"{file_name(path)}.gz"] = (resource.gzip.body, time)
    manifest, _ = found.pop("manifest.json")
    unavailable, _ = found.pop("unavailable.html")
    assert found == wanted
    assert unavailable == failure(503).plain.body
    told = json.loads(manifest)
    assert told["edition"] == real.id
    assert {entry["path"] for entry in told["files"]} == set(real.paths())
    for entry in told["files"]:
        body, time = found[entry["file"]]
        assert entry["sha256"] == sha256(body).hexdigest()
        assert (entry["length"], entry["last_modified"] * 10**9) == (len(body), time)
        assert entry["content_type"] == dict(real.get(entry["path"]).plain.headers)["Content-Type"]


def test_addresses_that_are_not_found_have_no_file() -> None:
    found = {file.name for file in files(of(), ["/en/topics/silent.ics", "/x/"], relative=False)}

    assert found == {"manifest.json", "unavailable.html"}


def test_the_same_edition_gives_the_same_files(tmp_path: Path) -> None:
    one, two = of(), edition(of().site.catalogue, TODAY)
    publish(tmp_path / "one", one, one.paths())
    publish(tmp_path / "two", two, two.paths())

    assert everything(tmp_path / "one") == everything(tmp_path / "two")


@pytest.mark.parametrize("write", [publish, copy_out])
def test_every_file_and_folder_is_made_to_last_before_it_is_in_its_place(
    site: Path, made_to_last: list[str], write
) -> None:  # type: ignore[no-untyped-def]
    write(site, of(), of().paths())
    aside = f"{site}.export.new"

    made = {
        aside,
        *(f"{aside}/{path.relative_to(site.resolve())}" for path in site.resolve().rglob("*")),
    }
    assert len(made) > 500
    assert made <= set(made_to_last)
    assert made_to_last[-1] == str(site.parent)


def test_what_is_unchanged_is_the_same_file_and_the_edition_before_stays(site: Path) -> None:
    today, tomorrow = of(), of(TOMORROW)
    publish(site, today, today.paths())
    before = site.resolve()
    result = publish(site, tomorrow, tomorrow.paths())
    after = site.resolve()

    assert before.name == f"public.{today.id}"
    assert after.name == f"public.{tomorrow.id}"
    assert names(site.parent) == {"public", before.name, after.name}
    assert result.written
    assert result.unchanged
    feed, page = "en/calendar.ics", "en/index.html"
    assert os.path.samefile(before / feed, after / feed)
    assert not os.path.samefile(before / page, after / page)
    assert (before / page).stat().st_mtime < (after / page).stat().st_mtime


def test_what_is_older_than_the_edition_before_goes(site: Path) -> None:
    for day in (1, 2, 3, 4):
        one = of(date(2026, 12, day))
        publish(site, one, one.paths())

    assert len(names(site.parent)) == 3
    assert site.resolve().name.endswith(".20261204")


def test_nothing_new_changes_nothing(site: Path) -> None:
    one = of()
    publish(site, one, one.paths())
    before = names(site.parent), site.resolve()
    result = publish(site, one, one.paths())

    assert not result.is_news
    assert (names(site.parent), site.resolve()) == before


def test_the_same_edition_at_another_address_or_damaged_is_exported_again(site: Path) -> None:
    one = of()
    publish(site, one, one.paths())
    (site / "en" / "index.html").write_bytes(b"torn")
    publish(site, one, one.paths())
    assert site.resolve().name == f"public.{one.id}.2"
    elsewhere = Edition(one.site.catalogue, TODAY, "https://other.example", one.site.operator)
    publish(site, elsewhere, elsewhere.paths())

    assert site.resolve().name == f"public.{one.id}.3"
    assert names(site.parent) == {"public", f"public.{one.id}.2", f"public.{one.id}.3"}
    assert (site / "en" / "index.html").read_bytes() == elsewhere.get("/en/").plain.body


def test_what_was_taken_out_is_no_file_any_more(site: Path) -> None:
    one = of()
    publish(site, one, one.paths())
    other = of(text=text_of({"may-day": DAYS["may-day"]}))
    publish(site, other, other.paths())

    assert not (site / "en" / "events" / "seminar").exists()
    assert not (site / "en" / "events" / "seminar.ics").exists()


@pytest.mark.parametrize("write", [publish, copy_out])
def test_a_run_that_fails_leaves_all_as_it_was(site: Path, write) -> None:  # type: ignore[no-untyped-def]
    today, tomorrow = of(), of(TOMORROW)
    write(site, today, today.paths())
    before = names(site.parent), everything(site)

    def broken() -> Iterator[str]:
        yield "/en/"
        # What a full disk or Ctrl-C would do.
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(site, tomorrow, broken())
    assert (names(site.parent), everything(site)) == before


@pytest.mark.parametrize("write", [publish, copy_out])
def test_what_a_killed_run_left_is_cleared_away(site: Path, write) -> None:  # type: ignore[no-untyped-def]
    one = of()
    for rest in ("public.export.new", "public.export.old"):
        (site.parent / rest / "en").mkdir(parents=True)
    (site.parent / "public.export.link").symlink_to("nowhere")
    write(site, one, one.paths())

    assert "public.export.new" not in names(site.parent)
    assert (site / "en" / "index.html").read_bytes()


def test_readers_see_one_edition_or_the_other_at_every_step(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    today, tomorrow = of(), of(TOMORROW)
    publish(site, today, today.paths())
    seen = set()

    def looking(_: int) -> None:
        seen.add((site / "en" / "index.html").read_bytes())

    monkeypatch.setattr(os, "fsync", looking)
    publish(site, tomorrow, tomorrow.paths())

    assert seen == {today.get("/en/").plain.body, tomorrow.get("/en/").plain.body}


def make_folder(path: Path) -> None:
    path.mkdir()
    (path / "mine").touch()


def make_foreign_link(path: Path) -> None:
    make_folder(path.with_name("other"))
    path.symlink_to("other")


@pytest.mark.parametrize("write", [publish, copy_out])
@pytest.mark.parametrize("make", [make_folder, Path.touch, make_foreign_link])
def test_what_is_no_export_is_left_alone(tmp_path: Path, make, write) -> None:  # type: ignore[no-untyped-def]
    one = of()
    folder = tmp_path / "mine"
    make(folder)
    before = names(tmp_path)

    with pytest.raises(ExportError, match="mine is there and no .*; move it away or name another"):
        write(folder, one, one.paths())
    assert names(tmp_path) == before


def test_two_at_once_are_one_too_many(site: Path) -> None:
    one = of()
    site.parent.mkdir()
    other = os.open(site.parent, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    try:
        with pytest.raises(ExportError, match="another export to .* is running"):
            publish(site, one, one.paths())
    finally:
        os.close(other)
    assert names(site.parent) == set()


def test_files_are_public_whatever_the_mask(site: Path) -> None:
    one = of()
    site.parent.mkdir()
    mask = os.umask(0o077)
    try:
        publish(site, one, one.paths())
    finally:
        os.umask(mask)

    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in site.resolve().rglob("*")}
    assert modes == {True: 0o755, False: 0o644}


def run(small: SmallData, *arguments: str) -> Result:
    environment = {"CALENDAR_EVENTS": str(small.events), "CALENDAR_NOW": "2026-12-02T09:00Z"}
    return CliRunner(env=environment).invoke(main, ["export", *arguments])


def test_the_command_says_what_it_did(small: SmallData, site: Path) -> None:
    first, second = run(small, str(site)), run(small, str(site))

    said = r".*/public: edition [0-9a-f]{12}\.20261202: "
    assert (first.exit_code, first.stderr) == (second.exit_code, second.stderr) == (0, "")
    assert re.fullmatch(said + r"done: [0-9]+ files written, 0 unchanged, 0 gone\n", first.stdout)
    assert re.fullmatch(
        said + r"nothing new: 0 files written, [0-9]+ unchanged, 0 gone\n", second.stdout
    )


def test_the_command_says_in_one_line_why_it_did_nothing(small: SmallData, tmp_path: Path) -> None:
    result = run(small, str(tmp_path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert re.fullmatch("Error: .* is there and no export; .*\n", result.stderr)


def read_all(terminal: int) -> Iterator[bytes]:
    """A terminal that nobody writes to any more is an error, not an end."""
    with suppress(OSError):
        while True:
            yield os.read(terminal, 4096)


def test_progress_is_shown_on_a_terminal_only(small: SmallData, site: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm"}
    environment |= {"CALENDAR_EVENTS": str(small.events)}
    ours, theirs = pty.openpty()
    try:
        command = [PROGRAM, "export", site]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        shown = b"".join(read_all(ours))
        process.communicate()
    finally:
        os.close(ours)
    assert process.returncode == 0

    assert b"100%" in shown


# The copy that is read from a folder.


def test_every_link_of_the_copy_leads_to_a_file_or_to_the_site(real: Edition, site: Path) -> None:
    copy_out(site, real, real.paths())

    assert not list(site.rglob("*.gz"))
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        # What is chosen in a form changes what a server answers; a file stays as it is.
        for address in re.findall(r'<form\b[^>]* action="([^"]*)"', text):
            assert address.startswith(real.site.base_url + "/"), (page, address)
            assert real.get(urlsplit(address).path).status == 200
        assert text.count("<form") == len(re.findall(r'<form\b[^>]* action="', text))
        for address in re.findall(r'\b(?:href|src)="([^"]*)"', text):
            parts = urlsplit(address)
            assert not parts.path.startswith("/") or parts.scheme, address
            if not parts.scheme and parts.path:
                assert (page.parent / unquote(parts.path)).is_file(), (page, address)


def test_a_link_to_what_has_no_file_leads_to_the_site() -> None:
    one = edition(of().site.catalogue, TODAY)
    body = (
        b'<a href="/en/topics/silent.ics">a</a><a href="/ar/#topics">b</a><a href="#c">c</a>'
        b'<form action="/en/subscribe/#how">'
    )
    one._finished["/en/about/"] = replace(
        one.get("/en/about/"), plain=replace(one.get("/en/about/").plain, body=body)
    )
    found = {file.name: file.body for file in files(one, ["/en/about/"], relative=True)}

    assert found["en/about/index.html"] == (
        b'<a href="https://calendar.example/en/topics/silent.ics">a</a>'
        b'<a href="../../ar/index.html#topics">b</a><a href="#c">c</a>'
        b'<form action="https://calendar.example/en/subscribe/#how">'
    )


def test_a_copy_is_replaced_by_the_next_one(site: Path) -> None:
    today, tomorrow = of(), of(TOMORROW)
    copy_out(site, today, today.paths())
    assert not copy_out(site, today, today.paths()).is_news
    copy_out(site, tomorrow, tomorrow.paths())

    assert names(site.parent) == {"public"}
    assert json.loads((site / "manifest.json").read_bytes())["edition"] == tomorrow.id


# Run by itself, since it ends itself where nothing can be caught.
KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from calendar_app.public.folders import copy_out
from tests.public.test_export import TOMORROW, of

site, last = Path(sys.argv[1]), int(sys.argv[2])
rename, renamed = Path.rename, []

def renaming(path, target):
    if len(renamed) == last:
        os.kill(os.getpid(), signal.SIGKILL)
    renamed.append(path)
    return rename(path, target)

tomorrow = of(TOMORROW)
Path.rename = renaming
copy_out(site, tomorrow, ["/en/", "/en/calendar.ics"])
"""


def broken() -> Iterator[str]:
    yield "/en/"
    raise OSError("the disk is full")


def test_a_copy_is_never_lost_wherever_a_run_is_killed(site: Path) -> None:
    """Before the old one is moved away, or between: the next run puts it back before it begins,
    and nothing in its place unless it comes to its end."""
    paths = ["/en/", "/en/calendar.ics"]
    today, tomorrow = of(), of(TOMORROW)
    copy_out(site, today, paths)
    whole = everything(site)
    for last, is_there in ((0, True), (1, False)):
        killed = [sys.executable, "-c", KILLED, site, str(last)]
        assert subprocess.run(killed, check=False).returncode == -signal.SIGKILL
        assert site.exists() is is_there
        with pytest.raises(OSError, match="the disk is full"):
            copy_out(site, tomorrow, broken())
        assert (everything(site), names(site.parent)) == (whole, {"public"})
    assert copy_out(site, tomorrow, paths).is_news
    assert names(site.parent) == {"public"}


def test_a_run_that_is_interrupted_between_puts_the_copy_back(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    today, tomorrow = of(), of(TOMORROW)
    copy_out(site, today, today.paths())
    before = everything(site)
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if path.name.endswith(".new"):
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        copy_out(site, tomorrow, tomorrow.paths())

    assert (everything(site), names(site.parent)) == (before, {"public"})


def test_a_copy_put_aside_is_not_put_over_anything_else(site: Path) -> None:
    one = of()
    copy_out(site, one, one.paths())
    site.rename(site.with_name("public.export.old"))
    make_folder(site)

    with pytest.raises(ExportError, match="public is there and no copy"):
        copy_out(site, one, one.paths())
    assert everything(site).keys() == {"mine"}
    assert (site.with_name("public.export.old") / "manifest.json").is_file()


@pytest.mark.browser
def test_the_copy_works_without_a_server(real: Edition, site: Path, browser: Browser) -> None:
    copy_out(site, real, real.paths())
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))

    page.goto((site / "ar" / "index.html").as_uri())
    assert page.evaluate("document.styleSheets[0].href").endswith(".css")
    styled = page.locator("a.skip").evaluate("one => getComputedStyle(one).position")
    assert styled == "absolute"
    name = page.locator(".poster h2").first.inner_text()
    page.locator(".poster h2 a").first.click()
    expect(page.locator("h1")).to_have_text(re.sub(r"\s+", " ", name))
    assert page.url.startswith((site / "ar" / "events").as_uri())
    page.locator("nav.langs a[lang=tr]").click()
    assert page.url.startswith((site / "tr" / "events").as_uri())
    assert page.locator("html").get_attribute("lang") == "tr"
    page.close()
    assert complaints == []
