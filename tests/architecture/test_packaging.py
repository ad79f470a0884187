"""What is built for others to install is whole."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, project_files, relative

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
