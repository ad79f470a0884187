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
from tests.publishing import edition, real_catalogue

BACKWARDS = "backwards" in sys.argv


def list_backwards() -> None:
    """Let whoever lists a folder see it the other way round."""
    listdir, iterdir = os.listdir, Path.iterdir

    def reverse_listdir(*args: Any) -> list[Any]:
        return sorted(listdir(*args), reverse=True)

    def reverse_iterdir(self: Path) -> Any:
        return iter(sorted(iterdir(self), reverse=True))

    os.listdir, Path.iterdir = reverse_listdir, reverse_iterdir


def main() -> None:
    found = edition(real_catalogue())
    for path in sorted((path for _, path in paths(found.site)), reverse=BACKWARDS):
        print(path, sha256(repr(found.get(path)).encode()).hexdigest())


if __name__ == "__main__":
    if BACKWARDS:
        list_backwards()
    main()
