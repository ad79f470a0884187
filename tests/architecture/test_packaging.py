"""What is built for others to install is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, project_files, relative
from tests.web.serving import serving

NOT_CODE = ("templates", "static", "locale")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def test_the_wheel_holds_the_package_and_its_data(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())

    package = {name for name in map(relative, project_files()) if name.startswith("calendar_app/")}
    assert package <= names
    for folder in NOT_CODE:
        assert any(name.startswith(f"calendar_app/{folder}/") for name in names), folder
    assert {"calendar_app/data/events.yaml", "calendar_app/data/revisions.yaml"} <= names
    assert not any(name.startswith(("tests/", "data/")) for name in names)


def test_the_source_archive_holds_every_file(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert set(map(relative, project_files())) <= names


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the program where the wheel is installed, beside what it depends on."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "--quiet"]
    wheel = next(built.glob("*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--no-index", wheel], check=True)
    return folder / "bin" / "calendar-app"


def test_the_wheel_checks_its_own_data_wherever_it_is(installed: Path, tmp_path: Path) -> None:
    ask = "import calendar_app.config as c; print(c.__file__, c.default_events(), sep='\\n')"
    where = [installed.with_name("python"), "-c", ask]
    plain = {"PATH": os.environ["PATH"]}

    found = subprocess.run(where, cwd=tmp_path, env=plain, check=True, stdout=subprocess.PIPE)
    done = subprocess.run(
        [installed, "check"], cwd=tmp_path, env=plain, capture_output=True, text=True
    )

    below = installed.parent.parent
    assert all(Path(line).is_relative_to(below) for line in found.stdout.decode().splitlines())
    assert (done.returncode, done.stderr) == (0, "")
    assert "no faults" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_wheel_serves_wherever_it_is(installed: Path, tmp_path: Path) -> None:
    with serving(tmp_path, {}, installed) as server:
        feed, page = server.get("/en/calendar.ics"), server.get("/ar/")

    assert (feed.status, page.status) == (200, 200)
    assert feed.body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert feed.body.count(b"BEGIN:VEVENT") > 20
    assert [path.name for path in tmp_path.iterdir()] == ["server.log"]
