"""Whether a word can be read out of bytes, however somebody may have written it there."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path


def traces(data: bytes, word: str) -> list[str]:
    """Each way in which the word, as given or in small letters, stands in the bytes."""
    return [way for way, form in _forms(word) if form in data]


def files_with(folders: Iterable[Path], word: str) -> list[tuple[Path, list[str]]]:
    """Each file below the folders that has it, and how."""
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert paths
    found = ((path, traces(_bytes_of(path), word)) for path in paths)
    return [(path, ways) for path, ways in found if ways]


def _bytes_of(path: Path) -> bytes:
    """Empty for what is there no longer: databases make files for the time of a transaction."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _forms(word: str) -> Iterator[tuple[str, bytes]]:
    for text in {word, word.lower(), word.upper()}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            raw = text.encode(encoding)
            yield encoding, raw
            yield f"hex of {encoding}", raw.hex().encode()
            yield f"hex of {encoding}", raw.hex().upper().encode()
            for encode in (b64encode, urlsafe_b64encode):
                yield from ((f"base64 of {encoding}", part) for part in _inner(raw, encode))


def _inner(raw: bytes, encode: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """At each of the three places where it may begin in a group; without the letters at the edges,
    which its neighbours would change."""
    for before in range(3):
        encoded = encode(b"\0" * before + raw)
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        yield encoded[first:last]
