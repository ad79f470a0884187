"""Files in a folder for a web server, a mirror or a stick: all at once or not at all.

They are built in a folder aside. What has not changed since the last time is not written again, but
is a further name of the same file.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Final

from calendar_app.core.errors import CalendarError
from calendar_app.public.edition import Edition
from calendar_app.public.export import MANIFEST, File, files

_EDITION: Final = r"\.[0-9a-f]+\.[0-9]{8}(\.[0-9]+)?"


class ExportError(CalendarError):
    """Why nothing was exported, in a sentence."""


@dataclass(frozen=True, slots=True)
class Result:
    """How many files were written, taken from the export before, or are no more."""

    written: int
    unchanged: int
    removed: int

    @property
    def is_news(self) -> bool:
        return bool(self.written or self.removed)


def publish(folder: Path, edition: Edition, paths: Iterable[str]) -> Result:
    """Files for a web server. ``folder`` is a link that is set, at once, to a folder beside it;
    the one that it led to before stays, older ones go."""
    folder = Path(os.path.abspath(folder))
    with _building(folder) as new:
        present = _published(folder)
        result = _build(new, files(edition, paths, relative=False), present)
        if result.is_news:
            target = _free_name(folder, edition.id)
            new.rename(target)
            link = new.with_suffix(".link")
            link.unlink(missing_ok=True)
            link.symlink_to(target.name)
            _sync(folder.parent)
            link.replace(folder)
            _sync(folder.parent)
            for old in _editions(folder):
                if old not in (target, present):
                    shutil.rmtree(old)
    return result


def copy_out(folder: Path, edition: Edition, paths: Iterable[str]) -> Result:
    """Files that lead to each other without a web server, in a plain folder to carry away. A run
    that is killed just as it changes the folders leaves the copy aside; the next puts it back."""
    folder = Path(os.path.abspath(folder))
    with _building(folder) as new, _put_back(folder, new.with_suffix(".old")) as old:
        present = _copied(folder)
        result = _build(new, files(edition, paths, relative=True), present)
        if result.is_news:
            if present:
                folder.rename(old)
            new.rename(folder)
            _sync(folder.parent)
    return result


@contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """An empty folder beside it, gone at the end unless it was renamed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = folder.with_name(f"{folder.name}.export.new")
    parent = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(parent, folder.parent)
        shutil.rmtree(new, ignore_errors=True)  # what a run that was killed has left
        new.mkdir()
        try:
            yield new
        finally:
            shutil.rmtree(new, ignore_errors=True)
    finally:
        os.close(parent)  # gives the lock back


@contextmanager
def _put_back(folder: Path, old: Path) -> Iterator[Path]:
    """Where the copy is moved to make room. At the beginning and at the end it is back if there is
    no other, and gone if there is: a folder is not exchanged for another in one step."""
    _settle(folder, old)
    try:
        yield old
    finally:
        _settle(folder, old)


def _settle(folder: Path, old: Path) -> None:
    # The manifest is written last, so what has one is whole.
    if (old / MANIFEST).is_file() and not (folder / MANIFEST).is_file():
        with suppress(OSError):  # something else is in the way, and says so when it is looked at
            old.rename(folder)
            _sync(folder.parent)
    else:
        shutil.rmtree(old, ignore_errors=True)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ExportError(f"another export to {folder} is running") from error


def _build(new: Path, wanted: Iterable[File], present: Path | None) -> Result:
    """Every file anew, or as a further name of the one that is there and the same."""
    written = unchanged = 0
    for file in wanted:
        path = new / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if present and _linked(present / file.name, path, file):
            unchanged += 1
        else:
            _write(path, file)
            written += 1
    for directory in (new, *(path for path in new.rglob("*") if path.is_dir())):
        directory.chmod(0o755)
        _sync(directory)
    removed = _names(present) - _names(new) if present else ()
    return Result(written, unchanged, len(removed))


def _names(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}


def _linked(old: Path, path: Path, file: File) -> bool:
    try:
        if old.stat().st_mtime_ns != file.modified_at * 10**9 or old.read_bytes() != file.body:
            return False
        os.link(old, path)
    except OSError:  # there is none, or the file system has no further names
        return False
    return True


def _write(path: Path, file: File) -> None:
    with path.open("wb") as stream:
        stream.write(file.body)
        stream.flush()
        # Public, whatever the mask of whoever runs this; the time before it is made to last.
        os.fchmod(stream.fileno(), 0o644)
        os.utime(stream.fileno(), (file.modified_at, file.modified_at))
        os.fsync(stream.fileno())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _published(folder: Path) -> Path | None:
    """Where the link leads. Raises ExportError if there is anything but a link of ours."""
    if folder.is_symlink():
        target = folder.with_name(folder.readlink().name)
        if folder.readlink() == Path(target.name) and target in _editions(folder):
            return target
    if os.path.lexists(folder):
        raise ExportError(f"{folder} is there and no export; move it away or name another folder")
    return None


def _copied(folder: Path) -> Path | None:
    """The copy that is there. Raises ExportError if something else is, unless it is empty."""
    if not os.path.lexists(folder) or (_is_plain(folder) and not any(folder.iterdir())):
        return None
    if _is_plain(folder) and (folder / MANIFEST).is_file():
        return folder
    raise ExportError(f"{folder} is there and no copy; move it away or name another folder")


def _is_plain(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink()


def _free_name(folder: Path, edition_id: str) -> Path:
    """The same edition may be exported again, by another release or with another address."""
    again = (f".{n}" for n in count(2))
    names = (f"{folder.name}.{edition_id}{suffix}" for suffix in chain(("",), again))
    return next(path for path in map(folder.with_name, names) if not os.path.lexists(path))


def _editions(folder: Path) -> list[Path]:
    """What was exported to it, beside it."""
    named = re.compile(re.escape(folder.name) + _EDITION)
    found = (path for path in folder.parent.iterdir() if named.fullmatch(path.name))
    return [path for path in found if _is_plain(path)]
