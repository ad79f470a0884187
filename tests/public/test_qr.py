"""The QR codes: what a camera reads from them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from calendar_app.public.qr import qr_png

ADDRESS = "https://calendar.example/en/calendar.ics"
LONGEST = f"{ADDRESS}?topics={'a' * 200}"


def decoded(path: Path) -> str:
    """Return what zbar reads from an image."""
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(path)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.rstrip("\n")


@pytest.mark.parametrize("text", [ADDRESS, LONGEST])
def test_a_code_is_read_as_its_text(text: str, tmp_path: Path) -> None:
    image = tmp_path / "code.png"
    image.write_bytes(qr_png(text))

    assert decoded(image) == text


def test_the_same_text_gives_the_same_bytes_and_few() -> None:
    assert qr_png(ADDRESS) == qr_png(ADDRESS)
    assert qr_png(ADDRESS).startswith(b"\x89PNG\r\n")
    assert len(qr_png(LONGEST)) < 1024
