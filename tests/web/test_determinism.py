"""The same data, day and address give the same bytes, whatever the machine is like."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from calendar_app.public.edition import Edition
from tests.web.everything import targets

ROOT = Path(__file__).resolve().parent.parent.parent
MACHINES = {
    "Europe": {"PYTHONHASHSEED": "0", "TZ": "UTC", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
    # Behind UTC, another alphabet's upper case, and ASCII for whoever names no encoding.
    "Pacific": {
        "PYTHONHASHSEED": "4711",
        "TZ": "Pacific/Pago_Pago",
        "LANG": "tr_TR",
        "LC_ALL": "POSIX",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
    },
    "backwards": {"PYTHONHASHSEED": "99", "TZ": "Pacific/Kiritimati", "LANG": "ar_EG.UTF-8"},
}


def start(name: str, folder: Path) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | MACHINES[name]
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.web.everything", name],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    processes = {name: start(name, tmp_path_factory.mktemp(name)) for name in MACHINES}
    outputs = {name: process.communicate()[0] for name, process in processes.items()}
    assert [process.returncode for process in processes.values()] == [0, 0, 0]
    return {name: sorted(output.splitlines()) for name, output in outputs.items()}


def test_every_address_is_compared(printed: dict[str, list[str]], edition: Edition) -> None:
    assert [line.split(" ")[0] for line in printed["Europe"]] == targets(edition.site)


@pytest.mark.parametrize("name", list(MACHINES)[1:])
def test_every_machine_gives_the_same_bytes(printed: dict[str, list[str]], name: str) -> None:
    assert printed[name] == printed["Europe"]
