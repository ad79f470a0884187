"""Prints a digest of every public resource; run as a program, by test_determinism.

With the argument ``backwards``, folders are listed and resources are made in the opposite order.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from calendar_app.public.routes import paths
from calendar_app.public.sites import Site
from calendar_app.words.languages import LANGUAGES
from tests.publishing import edition, real_catalogue

BACKWARDS = "backwards" in sys.argv
CHOICE = "topics=memory,cuba&alarm=-1d@18:00,-7d@09:00&cancelled=hide"


def list_backwards() -> None:
    """Let whoever lists a folder see it the other way round."""
    listdir, iterdir = os.listdir, Path.iterdir

    def reverse_listdir(*args: Any) -> list[Any]:
        return sorted(listdir(*args), reverse=True)

    def reverse_iterdir(self: Path) -> Any:
        return iter(sorted(iterdir(self), reverse=True))

    os.listdir, Path.iterdir = reverse_listdir, reverse_iterdir


def targets(site: Site) -> list[str]:
    """Every path, and the feeds of all once more with every option."""
    found = [path for _, path in paths(site)]
    return sorted([*found, *(f"/{tag}/calendar.ics?{CHOICE}" for tag in LANGUAGES)])


def main() -> None:
    found = edition(real_catalogue())
    for target in sorted(targets(found.site), reverse=BACKWARDS):
        resource = found.get(*target.split("?"))
        print(target, sha256(repr(resource).encode()).hexdigest())


if __name__ == "__main__":
    if BACKWARDS:
        list_backwards()
    main()
