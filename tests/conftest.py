"""What every test may use: a closed network, a browser, stored expectations, random examples."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.configuration
import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

pytest_plugins = ["tests.store.places", "tests.tools.oracles"]

TESTS = Path(__file__).resolve().parent
SNAPSHOTS = TESTS / "snapshots"
# The first has no windows, not even hidden ones, and needs a third less of the processor.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# A browser that asks nobody but us: no look-ups at its maker's, no graphics card, no first run.
CHROMIUM_OPTIONS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
]


def launch(kind: BrowserType, *options: str) -> Browser:
    """Start the system's Chromium; a missing one is a failure, never a skip."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.fail(
            "Chromium is missing; run: apt-get install chromium-headless-shell", pytrace=False
        )
    # Chromium's sandbox does not start for root; elsewhere it stays on.
    has_sandbox = os.geteuid() != 0
    args = [*CHROMIUM_OPTIONS, *options]
    return kind.launch(executable_path=path, args=args, chromium_sandbox=has_sandbox)


hypothesis.configuration.set_hypothesis_home_dir(TESTS.parent / ".cache" / "hypothesis")
# The same examples in every run, so that a failure is one of the change under test.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option behind `make snapshots`."""
    parser.addoption("--rewrite-snapshots", action="store_true", help="store what is computed now")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run only what compares with a stored expectation when these are rewritten."""
    if config.getoption("--rewrite-snapshots"):
        items[:] = [item for item in items if "snapshot" in getattr(item, "fixturenames", ())]


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, str | bytes], None]:
    """Return a function that compares a value with the file of that name in tests/snapshots."""

    def compare(name: str, value: str | bytes) -> None:
        path = SNAPSHOTS / name
        found = value.encode() if isinstance(value, str) else value
        if request.config.getoption("--rewrite-snapshots"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(found)
        assert path.exists(), f"no snapshot {name}; run: make snapshots"
        assert found == path.read_bytes(), f"{name} differs; if that is meant: make snapshots"

    return compare


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """What a command that runs in this process sets for its files ends with the test."""
    mask = os.umask(0o022)
    os.umask(mask)
    yield
    os.umask(mask)


@pytest.fixture(autouse=True, scope="session")
def closed_network() -> Iterator[None]:
    """Let no test reach further than this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _loopback_only(getattr(socket.socket, name)))
        yield


def _loopback_only(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and not _is_loopback(str(address[0])):
            raise OSError(f"a test tried to reach {address[0]}; tests stay on this machine")
        return connect(self, address)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright.chromium)
        yield started
        started.close()
