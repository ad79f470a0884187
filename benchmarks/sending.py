"""How fast mails go into a server that takes anything: four threads of ours, each with its own
connection, beside ``smtp-source -d -s 4`` of Postfix, which sends without composing or remembering.

Both tools come from Debian's package, which is downloaded and unpacked and never installed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from benchmarks.composing import DOMAIN, prepared, recipients
from benchmarks.measuring import Row, progress
from calendar_app.catalogue.pairs import load
from calendar_app.config import default_events
from calendar_app.feeds.wire import wire_digest
from calendar_app.mail.letters import Message
from calendar_app.mail.smtp import Server, Smtp
from calendar_app.mail.transport import Verdict

TOOLS = Path(__file__).resolve().parent.parent / ".cache" / "postfix"
THREADS = 4
MAILS = 4_000
ROUNDS = 3


def measure() -> dict[str, list[Row]]:
    """Mails a second by each, the best of three rounds in turn."""
    mails = messages(MAILS)
    size = sum(len(message.data) for message in mails) // len(mails)
    with sink() as port:
        theirs, ours = 0.0, 0.0
        for turn in range(ROUNDS):
            progress(f"sending: round {turn + 1} of {ROUNDS}")
            theirs = max(theirs, source_rate(port, MAILS, size))
            ours = max(ours, our_rate(port, mails))
    rows: list[Row] = [
        {"by": "smtp-source", "mails a second": theirs, "share": 1.0},
        {"by": "ours, marking nothing", "mails a second": ours, "share": ours / theirs},
    ]
    return {f"{MAILS} mails of {size} bytes over {THREADS} connections": rows}


def messages(count: int) -> list[Message]:
    """As many mails, to different readers."""
    ready = prepared("en", load([default_events()], wire_digest()))
    return [ready.fill(recipient) for recipient in islice(recipients(), count)]


@contextmanager
def sink() -> Iterator[int]:
    """Run smtp-sink; yield its port."""
    port = _free_port()
    # Started by root it wants to be somebody else.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with _running("smtp-sink", *user, f"127.0.0.1:{port}", "100") as process:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None:
                    sys.exit("smtp-sink does not run")
                time.sleep(0.05)
        yield port


def source_rate(port: int, count: int, size: int) -> float:
    """Mails a second of smtp-source over kept connections."""
    begun = time.perf_counter()
    options = ["-d", "-s", str(THREADS), "-l", str(size), "-m", str(count)]
    with _running("smtp-source", *options, f"127.0.0.1:{port}") as process:
        if process.wait() != 0:
            sys.exit("smtp-source failed")
    return count / (time.perf_counter() - begun)


def our_rate(port: int, mails: Sequence[Message]) -> float:
    """Mails a second of our transport."""
    transport = Smtp(Server("127.0.0.1", port, needs_tls=False), DOMAIN, time.monotonic)
    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        handovers = list(pool.map(transport.send, mails, chunksize=1))
    took = time.perf_counter() - begun
    transport.close()
    assert {handover.verdict for handover in handovers} == {Verdict.ACCEPTED}
    return len(mails) / took


@contextmanager
def _running(tool: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    folder = _tools()
    environment = os.environ | {"LD_LIBRARY_PATH": str(folder / "usr" / "lib" / "postfix")}
    command = [str(folder / "usr" / "sbin" / tool), *arguments]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _tools() -> Path:
    """The package, unpacked; Debian only."""
    if not (TOOLS / "usr" / "sbin" / "smtp-sink").exists():
        if shutil.which("apt-get") is None:
            sys.exit("smtp-sink comes from Debian's package postfix; this is no Debian")
        TOOLS.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "-q", "download", "postfix"], cwd=TOOLS, check=True)
        (package,) = TOOLS.glob("postfix_*.deb")
        subprocess.run(["dpkg", "-x", package, TOOLS], check=True)
    return TOOLS


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port
