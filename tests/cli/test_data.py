"""What editors run: check, revise, upcoming, schema."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from calendar_app.catalogue import yamltree
from calendar_app.cli import main
from calendar_app.words.languages import LANGUAGES
from tests.cli.json_schema import problems
from tests.publishing import EVENTS
from tests.small_data import DAYS, SmallData, text_of

NOW = "2026-12-02T09:00Z"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallData:
    """The files in the folder in which the commands run."""
    monkeypatch.chdir(tmp_path)
    return SmallData(tmp_path)


def run(*command: str, events: str = "events.yaml", **settings: str) -> Result:
    given = {"EVENTS": str(Path.cwd() / events), "NOW": NOW} | settings
    environment = {f"CALENDAR_{name}": value for name, value in given.items()}
    result = CliRunner(env=environment).invoke(main, command)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def change(small: SmallData, **days: str | None) -> None:
    """Write the events with other days; None takes one out."""
    left = {id_.replace("_", "-"): when for id_, when in days.items()}
    found = {id_: when for id_, when in (DAYS | left).items() if when is not None}
    small.events.write_bytes(text_of(found))


@pytest.mark.usefixtures("small")
def test_good_data_are_one_line_and_exit_with_0() -> None:
    result = run("check")

    assert (result.exit_code, result.stderr) == (0, "")
    assert re.fullmatch(
        "2 events, 2 topics, 0 documents: no faults, edition [0-9a-f]{12}\n", result.stdout
    )


def test_the_data_of_the_project_are_good() -> None:
    result = run("check", events=str(EVENTS))

    assert (result.exit_code, result.stderr) == (0, "")
    assert "no faults" in result.stdout


def test_faults_are_lines_that_can_be_jumped_to(small: SmallData) -> None:
    change(small, may_day="yearly: 02-30", seminar="on: 2026-12-06/2026-12-05")

    result = run("check")

    assert (result.exit_code, result.stdout) == (1, "")
    *faults, last = result.stderr.splitlines()
    assert [fault.split(" ")[0] for fault in faults] == ["events.yaml:11:", "events.yaml:15:"]
    assert all("; " in fault for fault in faults)
    assert last == "2 faults"


def test_one_fault_is_one(small: SmallData) -> None:
    small.events.unlink()

    result = run("check")

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "events.yaml: no such file or directory; check the name of the file",
        "1 fault",
    ]


def test_stale_revisions_are_a_fault_beside_the_differences(small: SmallData) -> None:
    change(small, seminar="on: 2026-12-12/2026-12-13", new="on: 2027-02-01")

    result = run("check")

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "seminar: was 2026-12-05/2026-12-06",
        "seminar: now 2026-12-12/2026-12-13",
        "new: new: 2027-02-01",
    ]
    assert [line.partition(": ")[2] for line in result.stderr.splitlines()[:2]] == [
        "seminar: changed since the revisions were last written; "
        "run calendar-app revise, then look at what it changed",
        "new: added since the revisions were last written; "
        "run calendar-app revise, then look at what it changed",
    ]


def test_differences_reach_over_five_years(small: SmallData) -> None:
    change(small, may_day="yearly: 05-02", seminar=None)

    lines = run("check").stdout.splitlines()

    years = range(2026, 2031)
    assert lines == [
        "may-day: was " + ", ".join(f"{year}-05-01" for year in years),
        "may-day: now " + ", ".join(f"{year}-05-02" for year in years),
        "seminar: removed",
    ]


def test_a_difference_beyond_five_years_is_said_to_be_none_within(small: SmallData) -> None:
    change(small, may_day="yearly: 05-01\n    until: 2040-01-01")

    assert run("check").stdout.splitlines() == [
        "may-day: was no dates in these five years",
        "may-day: now no dates in these five years",
    ]


def test_a_cancelled_date_is_told_from_one_that_stands(small: SmallData) -> None:
    change(
        small,
        may_day="yearly: 05-01\n    changes:\n"
        "      - {occurrence: 2027-05-01, kind: cancelled, by: organisers}",
    )

    assert run("check").stdout.splitlines() == [
        "may-day: was 2027-05-01",
        "may-day: now 2027-05-01 (cancelled)",
    ]


def test_a_text_is_no_difference_of_dates_but_stale(small: SmallData) -> None:
    small.events.write_bytes(text_of(DAYS, name="Other name"))

    result = run("check")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == "2 faults"


def test_without_revisions_there_is_one_thing_to_do(small: SmallData) -> None:
    small.revisions.unlink()

    result = run("check")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[0] == (
        "revisions.yaml: there are no revisions; "
        "run calendar-app revise, then look at what it changed"
    )


def test_revise_makes_the_pair_match(small: SmallData) -> None:
    change(small, seminar="on: 2026-12-12/2026-12-13")

    result = run("revise")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "seminar: was 2026-12-05/2026-12-06",
        "seminar: now 2026-12-12/2026-12-13",
        "revisions.yaml: written",
    ]
    assert "2026-12-02T09:00:00Z" in small.revisions.read_text(encoding="utf-8")
    assert run("check").exit_code == 0
    assert sorted(os.listdir()) == ["events.yaml", "revisions.yaml"]


def test_revise_twice_changes_nothing_the_second_time(small: SmallData) -> None:
    before = small.files

    result = run("revise")

    assert (result.exit_code, small.files) == (0, before)
    assert result.stdout == "revisions.yaml: nothing to revise\n"


def test_revise_writes_nothing_for_what_may_never_be_published(small: SmallData) -> None:
    change(small, seminar=None)
    assert run("revise").exit_code == 0
    before = small.revisions.read_bytes()
    change(small)

    result = run("revise")

    assert result.exit_code == 1
    assert "choose another id" in result.stderr
    assert small.revisions.read_bytes() == before


def test_revise_writes_nothing_for_faulty_data(small: SmallData) -> None:
    before = small.revisions.read_bytes()
    small.events.write_bytes(b"events: {a: {}}")

    result = run("revise")

    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert small.revisions.read_bytes() == before


def test_revise_writes_no_revisions_that_could_not_be_read(
    small: SmallData, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(small, seminar="on: 2026-12-12/2026-12-13")
    small.revisions.unlink()
    before = small.events.read_bytes()
    # The data are about 50 values, their revisions 140.
    monkeypatch.setattr(yamltree, "MAX_NODES", 100)

    result = run("revise")

    assert result.exit_code == 1
    assert result.stderr.startswith("events.yaml: it has more entries than")
    assert (os.listdir(), small.events.read_bytes()) == (["events.yaml"], before)


def test_a_folder_that_cannot_be_written_is_said_in_one_line(small: SmallData) -> None:
    change(small, seminar="on: 2026-12-12/2026-12-13")
    small.revisions.with_suffix(".new").mkdir()

    result = run("revise")

    assert result.exit_code == 1
    assert result.stderr == "revisions.new: Is a directory\n"


def test_several_files_are_several_pairs(small: SmallData) -> None:
    other = Path("more.yaml")
    other.write_text("events: {far: {on: 2030-01-01, name: {en: Far}, topics: [labour]}}")
    both = os.pathsep.join(map(str, (small.events, other.resolve())))

    assert run("check", EVENTS=both).exit_code == 1
    written = run("revise", EVENTS=both)
    assert written.stdout.splitlines() == [
        "revisions.yaml: nothing to revise",
        "more.revisions.yaml: written",
    ]
    assert "3 events" in run("check", EVENTS=both).stdout


def test_review_counts_by_language_and_lists_the_rest(small: SmallData) -> None:
    text = text_of(DAYS).decode()
    text += "    review: {ru: is this the usual name?, ar: 'see: above'}\n"
    small.publish(text.replace("{en: Labour}", "{ru: Труд}").encode())

    result = run("check", "--review")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:5] == [
        "en: missing texts: 1, remarks for native readers: 0",
        "es: missing texts: 6, remarks for native readers: 0",
        "ru: missing texts: 5, remarks for native readers: 1",
        "tr: missing texts: 6, remarks for native readers: 0",
        "ar: missing texts: 6, remarks for native readers: 1",
    ]
    assert "calendar: name: no text in es" in lines
    assert "topics: labour: name: no text in en" in lines
    assert "events: seminar: name: no text in tr" in lines
    assert lines[-3:-1] == [
        "events: seminar: review.ru: is this the usual name?",
        "events: seminar: review.ar: see: above",
    ]
    assert len(lines) == 5 + 24 + 2 + 1


def test_review_goes_over_the_data_of_the_project() -> None:
    result = run("check", "--review", events=str(EVENTS))

    assert result.exit_code == 0
    counts = [line for line in result.stdout.splitlines() if "missing texts: " in line]
    assert [line.partition(",")[0] for line in counts] == [
        f"{tag}: missing texts: 0" for tag in LANGUAGES
    ]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_upcoming_lists_dates_in_columns(tag: str) -> None:
    result = run("upcoming", "--lang", tag, events=str(EVENTS))

    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert len(lines) > 10
    columns = {re.match("(.+?)  +", line).end() for line in lines}
    assert len(columns) == 1
    assert len(set(lines)) == len(lines)


@pytest.mark.usefixtures("small")
def test_upcoming_begins_with_what_is_now() -> None:
    assert run("upcoming", NOW="2026-12-06T23:59Z").stdout.splitlines() == [
        "5–6 December 2026  Day of seminar · now, until 6 December",
        "1 May 2027         Day of may-day",
    ]


@pytest.mark.usefixtures("small")
def test_upcoming_looks_as_far_as_it_is_told() -> None:
    assert len(run("upcoming", "--days", "30").stdout.splitlines()) == 1
    assert len(run("upcoming", "--days", "3650").stdout.splitlines()) == 11
    assert run("upcoming", "--days", "0").exit_code == 2


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("tag", LANGUAGES)
def test_upcoming_says_so_when_there_is_nothing(tag: str) -> None:
    result = run("upcoming", "--days", "1", "--lang", tag)

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1
    assert "_" not in result.stdout


@pytest.mark.usefixtures("small")
def test_upcoming_speaks_the_five_languages_only() -> None:
    assert run("upcoming", "--lang", "de").exit_code == 2


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2, which editor programs read: a date is a text, and `on` is no truth value."""


EditorLoader.yaml_implicit_resolvers = {}
for _kind, _form, _first in (
    ("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", "[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    EditorLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}", re.compile(f"^(?:{_form})$"), list(_first)
    )


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def in_editor(schema: dict[str, Any], text: str) -> list[str]:
    return list(problems(schema, yaml.load(text, EditorLoader), schema))  # noqa: S506


def test_the_schema_names_its_dialect(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_an_editor_program_finds_nothing_wrong_with_the_data(schema: dict[str, Any]) -> None:
    assert in_editor(schema, EVENTS.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("event: {}", "event"),
        ("events: {a: {name: {en: A}, topics: []}, b: {}}", "events.b"),
        ("events: {a: {name: {en: A}, topics: [], sumary: {en: B}}}", "events.a.sumary"),
        ("events: {a: {name: A, topics: []}}", "events.a.name"),
        ("events: {a: {name: {en: A}, topics: peace}}", "events.a.topics"),
        ("events: {a: {name: {en: A}, topics: [], context: 3}}", "events.a.context"),
        ("events: {a: {name: {en: A}, topics: [Peace]}}", "events.a.topics[0]"),
        ("events: {a: {name: {en: A}, topics: [], since: 8 March}}", "events.a.since"),
        ("events: {a: {name: {en: A}, topics: [], status: off}}", "events.a.status"),
        ("events: {a: {name: {en: A}, topics: [], links: [{url: x}]}}", "events.a.links[0].url"),
    ],
)
def test_an_editor_program_marks_a_mistake(schema: dict[str, Any], text: str, at: str) -> None:
    assert [found.split(": ")[0] for found in in_editor(schema, text)] == [at]
