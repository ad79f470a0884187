"""Every page by html-validate and the style sheet by stylelint, beside our own checks of both."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from calendar_app.public import errors
from calendar_app.public.edition import Edition
from calendar_app.public.layout import STATIC
from calendar_app.public.routes import HTML, paths
from tests.publishing import edition, real_catalogue
from tests.tools.oracles import NODE

pytestmark = pytest.mark.tools
JS = Path(__file__).resolve().parent.parent / "js"
MODULES = JS / "node_modules"
WRONG = ("/en/nothing/", "/ar/?nothing=1", "/ru/about/?nothing=1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every page there is, and those that say what is wrong."""
    found = tmp_path_factory.mktemp("pages")
    for name, body in _bodies(edition(real_catalogue())).items():
        (found / f"{name}.html").write_bytes(body)
    return found


def test_every_page_is_valid(folder: Path) -> None:
    assert _html_complaints(folder) == []


def test_the_style_sheet_is_valid_and_mirrors() -> None:
    assert _style_complaints(STATIC / "site.css") == []


def test_a_fault_in_a_page_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        '<!doctype html><html lang="en"><head><title>a</title></head>'
        "<body><p><div></div></p><ul><p>b</p></ul></body></html>",
        encoding="utf-8",
    )

    assert {line.split(": ")[1] for line in _html_complaints(tmp_path)} >= {
        "element-permitted-content",
        "no-implicit-close",
    }


def test_a_fault_in_a_style_sheet_would_be_seen(tmp_path: Path) -> None:
    sheet = tmp_path / "bad.css"
    sheet.write_text("p { margin-left: 1rem; colour: red; inline-size: 1rme; }", encoding="utf-8")

    assert [line.split(": ")[0] for line in _style_complaints(sheet)] == [
        "declaration-property-value-no-unknown",
        "property-disallowed-list",
        "property-no-unknown",
        "unit-no-unknown",
    ]


def _bodies(published: Edition) -> dict[str, bytes]:
    found = {
        path.strip("/").replace("/", "_") or "languages": published.get(path).plain.body
        for route, path in paths(published.site)
        if route.content_type == HTML
    }
    for number, path in enumerate(WRONG):
        before, _, query = path.partition("?")
        found[f"wrong-{number}"] = published.get(before, query).plain.body
    for status in (400, 500, 503):
        found[f"failure-{status}"] = errors.failure(status).plain.body
    return found


def _html_complaints(folder: Path) -> list[str]:
    program = MODULES / "html-validate" / "bin" / "html-validate.mjs"
    config = JS / "htmlvalidate.json"
    files = sorted(map(str, folder.glob("*.html")))
    assert files
    report = _report(program, "--formatter", "json", "--config", str(config), *files)
    return [
        f"{Path(page['filePath']).name}:{found['line']}: {found['ruleId']}: {found['message']}"
        for page in report
        for found in page["messages"]
    ]


def _style_complaints(sheet: Path) -> list[str]:
    program = MODULES / "stylelint" / "bin" / "stylelint.mjs"
    config = JS / "stylelint.json"
    report = _report(program, "--formatter", "json", "--config", str(config), str(sheet))
    return sorted(f"{found['rule']}: {found['text']}" for found in report[0]["warnings"])


def _report(program: Path, *arguments: str) -> list[dict[str, object]]:
    """Return what the program reports; it ends with 1 or 2 where it complains."""
    if not program.exists():
        pytest.fail(f"{program.name} is not installed; run: make test-tools", pytrace=False)
    done = subprocess.run(
        [str(NODE), str(program), *arguments], capture_output=True, encoding="utf-8", cwd=JS
    )
    # stylelint reports on standard error.
    text = done.stdout.strip() or done.stderr.strip()
    assert done.returncode in (0, 1, 2), done.stderr
    assert text.startswith("["), text
    found: list[dict[str, object]] = json.loads(text)
    return found
