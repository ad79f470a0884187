"""Every dependency is wanted, explained and pinned."""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement

from tests.architecture.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIRECT = [Requirement(text) for text in PROJECT["dependencies"]]


def _pins(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    pinned = (line.split(" ")[0].split("==") for line in lines if "==" in line.split(" ")[0])
    return dict(pinned)


@pytest.mark.parametrize("dependency", DIRECT, ids=lambda one: one.name)
def test_a_dependency_has_its_reason_in_the_docs(dependency: Requirement) -> None:
    docs = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").lower()

    assert f"\n| `{dependency.name.lower()}`" in docs


@pytest.mark.parametrize("dependency", DIRECT, ids=lambda one: one.name)
def test_a_dependency_is_pinned_within_its_bounds(dependency: Requirement) -> None:
    assert dependency.specifier.contains(_pins("run.txt")[dependency.name])


@pytest.mark.parametrize("name", ["run.txt", "build.txt"])
def test_what_is_tested_is_what_runs(name: str) -> None:
    assert _pins(name).items() <= _pins("test.txt").items()


@pytest.mark.parametrize("name", ["run.txt", "build.txt", "test.txt"])
def test_every_pin_has_a_hash(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")

    for pin, version in _pins(name).items():
        block = text.partition(f"\n{pin}=={version}")[2].partition("\n    # via")[0]
        assert "--hash=sha256:" in block, pin
