"""The documents say only what is so: what they name exists, and what exists is named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from calendar_app.cli import main
from calendar_app.config import NAMES as SETTINGS
from calendar_app.config import PREFIX
from calendar_app.public.routes import ROUTES
from calendar_app.web.forms import RULES
from tests.architecture.sources import PACKAGE, ROOT, modules
from tests.docs import documents
from tests.docs.documents import anchor, code, headings, links, prose, read, section, table

TARGETS = {
    line.partition(":")[0]
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    if re.match(r"[a-z-]+:", line)
}
_CONTEXT = click.Context(main)
COMMANDS = {
    name: command
    for name in main.list_commands(_CONTEXT)
    if (command := main.get_command(_CONTEXT, name))
}


def _holds_code(path: Path) -> bool:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(not isinstance(node, ast.Expr) for node in body)


def _pieces(name: str) -> Iterator[str]:
    """What stands in backticks, and the lines of blocks that are commands."""
    yield from re.findall(r"`([^`\n]+)`", prose(name))
    for block in documents.blocks(name, ""):
        yield from block.splitlines()


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    rows = [code(setting) for setting, *_ in table("README.md", "Settings")]

    assert rows == [PREFIX + name for name in SETTINGS]


@pytest.mark.parametrize("name", documents.NAMES)
def test_a_document_names_only_settings_that_exist(name: str) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+", read(name)))

    assert named <= {PREFIX + setting for setting in SETTINGS}


def test_every_command_is_in_the_readme() -> None:
    rows = [code(command).split("\n")[0] for command, *_ in table("README.md", "Commands")]

    assert sorted(rows) == sorted(f"calendar-app {command}" for command in COMMANDS)


@pytest.mark.parametrize("name", documents.NAMES)
def test_a_document_names_only_commands_and_options_that_exist(name: str) -> None:
    for text in _pieces(name):
        match = re.search(r"calendar-app ([a-z-]+)(.*)", text)
        if match:
            assert match[1] in COMMANDS, text
            options = {option for given in COMMANDS[match[1]].params for option in given.opts}
            assert set(re.findall(r"--[a-z-]+", match[2])) <= options, text


def test_options_in_the_readme_exist() -> None:
    for command, meaning in table("README.md", "Commands"):
        options = {o for given in COMMANDS[code(command).split()[1]].params for o in given.opts}

        assert set(re.findall(r"--[a-z-]+", meaning)) <= options, command


@pytest.mark.parametrize("name", documents.NAMES)
def test_a_document_names_only_make_targets_that_exist(name: str) -> None:
    named = {match[1] for text in _pieces(name) if (match := re.match(r"make ([a-z-]+)", text))}

    assert named <= TARGETS


def test_every_address_is_in_the_architecture() -> None:
    rows = [code(address) for address, _ in table("docs/architecture.md", "Addresses")]

    assert rows == [route.pattern for route in ROUTES]


@pytest.mark.parametrize("name", documents.NAMES)
def test_a_document_names_only_addresses_that_exist(name: str) -> None:
    named = {text for text in _pieces(name) if text.startswith("/{lang}")}

    assert named <= {route.pattern for route in ROUTES} | set(_form_addresses())


def test_every_form_is_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert [address for address in _form_addresses() if f"\n| `{address}` |" not in text] == []


def _form_addresses() -> list[str]:
    return [rule.replace("<", "{").replace(">", "}") for rule in RULES]


def test_every_module_is_in_the_architecture() -> None:
    rows = [code(module) for module, _ in table("docs/architecture.md", "Modules")]

    found = [path.relative_to(PACKAGE).as_posix() for path in modules() if _holds_code(path)]
    assert sorted(filter(None, rows)) == sorted(found)


@pytest.mark.parametrize("name", documents.NAMES)
def test_a_document_names_only_files_that_exist(name: str) -> None:
    for text in _pieces(name):
        if re.fullmatch(r"[\w./-]+\.(py|yaml|html|css|po|md|toml|in|sh)", text):
            # Examples for editors name files of their own.
            is_example = name == "docs/data-format.md" and "/" not in text
            folders = (ROOT, PACKAGE, ROOT / "data")
            assert is_example or any((folder / text).exists() for folder in folders), text


@pytest.mark.parametrize("name", documents.NAMES)
def test_a_document_names_only_modules_that_exist(name: str) -> None:
    packages = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    for text in _pieces(name):
        if re.fullmatch(r"\w+(\.\w+)+", text) and text.partition(".")[0] in packages:
            assert _is_defined(text), text


def test_every_word_of_the_glossary_is_where_it_says() -> None:
    for word, where, *_ in table("docs/glossary.md", "Glossary"):
        assert not where or _is_defined(code(where)), word


def test_the_glossary_is_in_order() -> None:
    words = [word for word, *_ in table("docs/glossary.md", "Glossary")]

    assert words == sorted(set(words), key=str.lower)


def _is_defined(dotted: str) -> bool:
    """Whether there is such a module of the package, or such a name in one."""
    path = PACKAGE.joinpath(*dotted.split("."))
    if path.with_suffix(".py").exists() or (path / "__init__.py").exists():
        return True
    module, _, name = dotted.rpartition(".")
    return hasattr(import_module(f"calendar_app.{module}"), name)


@pytest.mark.parametrize("name", documents.NAMES)
def test_links_between_documents_lead_somewhere(name: str) -> None:
    for link in links(name):
        if link.startswith("https://"):
            continue
        path, _, fragment = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), link
        if fragment:
            known = {anchor(heading) for heading in headings(_relative(target))}
            assert fragment in known, link


def _relative(path: Path) -> str:
    return path.resolve().relative_to(ROOT).as_posix()


def test_tests_named_for_contributors_exist() -> None:
    named = re.findall(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`", read("CONTRIBUTING.md"))

    assert named
    for path, function in named:
        assert (ROOT / path).exists(), path
        assert not function or function in _functions(ROOT / path), f"{path}::{function}"


def test_the_changelog_has_the_release_first() -> None:
    version = import_module("calendar_app").__version__
    released_on = import_module("calendar_app").RELEASED_AT.date()
    titles = [title for title in headings("CHANGELOG.md") if title.startswith("[")]

    assert titles[:2] == ["[Unreleased]", f"[{version}] - {released_on}"]


def test_the_licence_is_the_one_of_the_package() -> None:
    assert "Licence: MIT" in section("README.md", "More")
