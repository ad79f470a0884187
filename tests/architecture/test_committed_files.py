"""Nothing in the project ties it to one registry or to one machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, project_files, relative

# Put together here so that this file does not contain what it looks for.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted",
    "npm" + "js.",
    "yarn" + "pkg.",
    "deb." + "debian.org",
    "crates" + ".io",
    "proxy." + "golang.org",
]
PLACES = ["/work" + "/", "/ro" + "ot/", "/opt" + "/wheels", "/opt" + "/py", "/ho" + "me/"]
FORBIDDEN = [needle.encode() for needle in REGISTRIES + PLACES]


@pytest.mark.parametrize("path", project_files(), ids=relative)
def test_a_file_names_no_registry_and_no_place_on_a_machine(path: Path) -> None:
    text = path.read_bytes()

    assert [needle for needle in FORBIDDEN if needle in text] == []


def test_lock_files_hold_no_addresses() -> None:
    for path in [*ROOT.glob("requirements/*.txt"), ROOT / "tests" / "js" / "package-lock.json"]:
        assert "://" not in path.read_text(encoding="utf-8"), path.name
