"""The floors of the house hold, and the contracts that say so do bite."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, modules, names_used, relative

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
CLOCKS = {
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "date.today",
    "time.monotonic",
    "time.perf_counter",
    "time.time",
}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv"}
# What the web does with mails is to seal requests and leave them in the inbox.
FOR_THE_WEB = {
    *("*.store.columns", "*.store.database", "*.store.inbox", "*.store.migrations"),
    *("*.store.room", "*.store.tables"),
    *("*.sealing.memory", "*.sealing.seal"),
}


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [LINT_IMPORTS, "--no-logo", "--no-cache", "--config", folder / "pyproject.toml"]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")


def test_imports_keep_to_the_contracts() -> None:
    result = _lint_imports(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("core/stray.py", "import os", "the core does no I/O"),
        ("core/stray.py", "import calendar_app.words", "arrows point down"),
        ("feeds/stray.py", "import calendar_app.catalogue", "arrows point down"),
        ("web/stray.py", "import calendar_app.mail", "the web knows no person"),
        ("web/stray.py", "import calendar_app.remind", "the web knows no person"),
        ("web/stray.py", "import calendar_app.store.subscribers", "the web knows no person"),
        ("public/stray.py", "import calendar_app.sealing", "public bytes depend on no person"),
        ("stray.py", "import calendar_app.core", "arrows point down"),
    ],
)
def test_a_violation_breaks_its_contract(
    tmp_path: Path, module: str, line: str, broken: str
) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    package = tmp_path / "calendar_app"
    shutil.copytree(ROOT / "calendar_app", package, ignore=shutil.ignore_patterns("__pycache__"))
    for later in ("mail", "remind", "sealing", "store", "store/subscribers"):
        (package / later).mkdir(exist_ok=True)
        (package / later / "__init__.py").touch()
    (package / module).write_text(f'"""A violation."""\n\n{line}\n', encoding="utf-8")

    result = _lint_imports(tmp_path)

    assert f"{broken} BROKEN" in result.stdout, result.stdout + result.stderr


def test_the_web_is_kept_from_every_module_of_people_by_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {one["name"]: one for one in project["tool"]["importlinter"]["contracts"]}
    kept_from = set(contracts["the web knows no person"]["forbidden_modules"])

    there = {"*.mail", "*.remind"}
    for package in ("sealing", "store"):
        beside = (ROOT / "calendar_app" / package).iterdir()
        names = {path.stem for path in beside if not path.stem.startswith("__")}
        there |= {f"*.{package}.{name}" for name in names}

    assert kept_from == there - FOR_THE_WEB


@pytest.mark.parametrize("path", modules("core"), ids=relative)
def test_the_core_uses_only_the_standard_library_and_dateutil(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported.update(alias.name.partition(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])

    assert imported <= sys.stdlib_module_names | {"calendar_app", "dateutil"}


@pytest.mark.parametrize("path", modules(), ids=relative)
def test_only_wiring_reads_the_clock_and_only_config_the_environment(path: Path) -> None:
    used = names_used(path)

    if path.name != "wiring.py":
        assert not used & CLOCKS
    if path.name != "config.py":
        assert not used & ENVIRONMENT
