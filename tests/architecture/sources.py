"""The files of the project as the tests of its shape see them."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "calendar_app"


def modules(below: str = "") -> list[Path]:
    """Return every module of the package, or of one floor of it."""
    return sorted((PACKAGE / below).rglob("*.py"))


def relative(path: Path) -> str:
    """Return the name by which a test speaks of a file."""
    return path.relative_to(ROOT).as_posix()


def project_files() -> list[Path]:
    """Return what is committed, or would be by `git add --all`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def names_used(path: Path) -> set[str]:
    """Return the dotted names in a module, each with its last two parts: `date.today`."""
    used = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            owner = node.value
            if isinstance(owner, ast.Attribute):
                used.add(f"{owner.attr}.{node.attr}")
            if isinstance(owner, ast.Name):
                used.add(f"{owner.id}.{node.attr}")
        if isinstance(node, ast.ImportFrom):
            used.update(f"{node.module}.{alias.name}" for alias in node.names)
    return used
