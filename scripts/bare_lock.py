"""Take the addresses where packages ask for money out of tests/js/package-lock.json.

npm needs none of them, and no committed file of ours names places to download from.
"""

from __future__ import annotations

import json
from pathlib import Path

path = Path(__file__).resolve().parent.parent / "tests" / "js" / "package-lock.json"
lock = json.loads(path.read_text(encoding="utf-8"))
for package in lock["packages"].values():
    package.pop("funding", None)
path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
