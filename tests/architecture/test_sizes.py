"""Modules and functions stay of a size that a reader holds in mind."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import modules, relative

LONGEST_MODULE = 250
LONGEST_FUNCTION = 40
NAMES_THAT_SAY_NOTHING = {"common", "helpers", "manager", "misc", "util", "utils"}


@pytest.mark.parametrize("path", modules(), ids=relative)
def test_a_module_fits_in_one_reading(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    functions = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    too_long = {f.name for f in functions if f.end_lineno - f.lineno >= LONGEST_FUNCTION}

    assert len(text.splitlines()) <= LONGEST_MODULE
    assert too_long == set()


@pytest.mark.parametrize("path", modules(), ids=relative)
def test_a_module_is_named_after_what_it_does(path: Path) -> None:
    assert path.stem not in NAMES_THAT_SAY_NOTHING
