"""The servers that are measured side by side, each started on a port of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.processes import cpu_seconds

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(sys.executable).with_name("calendar-app")
PEERS = ROOT / ".cache" / "foreign" / "peers" / "bin"
FEED = "/en/calendar.ics"
PATIENCE = 600.0
# Servers on one processor, the load on another, as far as there are two.
ON_SERVERS_CORE = ["taskset", "-c", "0"] if (os.cpu_count() or 1) > 1 else []
_AUTHOR = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@benchmark.invalid")
OF_THE_SERVER = {"date", "server", "connection", "keep-alive"}
# nginx makes these itself from the file.
MADE_BY_NGINX = {"content-length", "content-type", "last-modified", "etag", "content-encoding"}


@dataclass
class Server:
    """A server that answers: where, how it is asked, and how long it took to answer at first."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    path: str = FEED
    headers: Mapping[str, str] = field(default_factory=dict)
    first_answer: float = 0.0
    cpu_till_answer: float = 0.0
    behind: tuple[Server, ...] = ()  # what it hands requests on to

    def ask(
        self, headers: Mapping[str, str] | None = None, method: str = "GET", body: bytes = b""
    ) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            asked = dict(self.headers) | dict(headers or {})
            connection.request(method, self.path, body or None, asked)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return response.status, found, response.read()
        finally:
            connection.close()


@contextmanager
def ours(folder: Path, *events: Path) -> Iterator[Server]:
    """`calendar-app serve`, as an operator runs it, with one worker."""
    port = free_port()
    command = [str(PROGRAM), "serve", "--port", str(port)]
    # The web process alone: what the worker costs has nothing to do with requests.
    settings = {"CALENDAR_EVENTS": os.pathsep.join(map(str, events)), "CALENDAR_MAIL": "off"}
    with _started("granian", folder, command, port, **settings) as server:
        yield server


@contextmanager
def nginx_of_the_same_bytes(folder: Path, like: Server) -> Iterator[Server]:
    """The limit: a file with its compressed twin and the very headers, and nothing to decide."""
    _, headers, _ = like.ask()
    sent = {
        name: value for name, value in headers.items() if name not in OF_THE_SERVER | MADE_BY_NGINX
    }
    disposition = sent.pop("content-disposition")
    lines = "".join(f"add_header {name} {_quoted(value)};\n" for name, value in sent.items())
    port = free_port()
    site = f"""
        map $status $disposition {{ 200 {_quoted(disposition)}; }}
        server {{
            listen 127.0.0.1:{port};
            root {folder}/public;
            access_log off; etag on; if_modified_since before; max_ranges 0;
            gzip_static on; gzip_vary off;
            open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s;
            types {{ {_quoted(headers["content-type"])} ics; }}
            add_header content-disposition $disposition;
            {lines}
        }}"""
    with _nginx("nginx, the same bytes", folder / "limit", port, site) as server:
        yield server


@contextmanager
def nginx_over_the_export(folder: Path, like: Server) -> Iterator[Server]:
    """The configuration that is shipped, with the five lines of the operator changed."""
    port = free_port()
    own = {
        "server": f"127.0.0.1:{like.port}",
        "listen": f"127.0.0.1:{port}",
        "server_name": "127.0.0.1",
        "root": f"{folder}/public",
        "error_log": f"{folder}/errors.log crit",
    }
    shipped = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8").splitlines()
    lines = []
    for line in shipped:
        name = line.split()[0] if line.split() else ""
        lines.append(f"{name} {own[name]};" if "# YOURS: " in line and name in own else line)
    with _nginx("nginx over the export", folder / "export", port, "\n".join(lines)) as server:
        yield server


@contextmanager
def nginx_in_front(folder: Path, like: Server) -> Iterator[Server]:
    """nginx that hands every request on."""
    port = free_port()
    site = f"""
        upstream application {{ server 127.0.0.1:{like.port}; keepalive 32; }}
        server {{
            listen 127.0.0.1:{port};
            access_log off;
            location / {{
                proxy_pass http://application;
                proxy_http_version 1.1;
                proxy_set_header Host 127.0.0.1:{like.port};
                proxy_set_header Connection "";
            }}
        }}"""
    with _nginx("nginx before granian", folder / "proxy", port, site) as server:
        server.behind = (like,)
        yield server


@contextmanager
def radicale(folder: Path, feed: bytes) -> Iterator[Server]:
    port = free_port()
    folder.mkdir()
    (folder / "rights").write_text("[all]\nuser: .*\ncollection: .*\npermissions: RrWw\n")
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\nmax_connections = 0\n[auth]\ntype = none\n"
        f"[rights]\ntype = from_file\nfile = {folder}/rights\n"
        f"[storage]\nfilesystem_folder = {folder}/store\n[logging]\nlevel = error\n"
    )
    command = [str(PEERS / "radicale"), "--config", str(folder / "config")]
    with _started("Radicale", folder, command, port, path="/u/") as server:
        _expect(server.ask(method="MKCOL"))
        server.path = "/u/days/"
        _expect(server.ask({"Content-Type": "text/calendar"}, "PUT", feed))
        yield server


@contextmanager
def xandikos(folder: Path, entries: list[bytes]) -> Iterator[Server]:
    port = free_port()
    folder.mkdir()
    command = [str(PEERS / "xandikos"), "serve", "-d", str(folder / "store"), "--defaults"]
    command += ["-l", "127.0.0.1", "-p", str(port)]
    path = "/user/calendars/calendar/"
    with _started("Xandikos", folder, command, port, path=path) as server:
        # Put in by way of its repository, since a PUT costs more the more there are.
        repository = folder / "store" / path[1:]
        for number, entry in enumerate(entries):
            (repository / f"{number}.ics").write_bytes(entry)
        for step in (["add", "."], ["commit", "--quiet", "-m", "The days of the benchmark"]):
            subprocess.run(["git", *_AUTHOR, *step], cwd=repository, check=True)
        server.headers = {"Accept": "text/calendar"}
        yield server


def _quoted(value: str) -> str:
    return '"' + value.replace('"', r"\"") + '"'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _nginx(name: str, folder: Path, port: int, site: str) -> Iterator[Server]:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        sys.exit("nginx is missing; as root, run: apt-get install nginx-light")
    folder.mkdir()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    main_file = folder / "main.conf"
    main_file.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\n"
        f"error_log {folder}/nginx.log;\nevents {{}}\n"
        f"http {{\nsendfile on; tcp_nopush on; keepalive_requests 100000000;\n"
        f"{temporary}{site}\n}}\n",
        encoding="utf-8",
    )
    command = [program, "-e", f"{folder}/nginx.log", "-p", str(folder), "-c", str(main_file)]
    with _started(name, folder, command, port) as server:
        yield server


@contextmanager
def _started(
    name: str, folder: Path, command: list[str], port: int, path: str = FEED, **settings: str
) -> Iterator[Server]:
    """Start a server, wait for its first answer, and stop it by its process id."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"} | settings
    with (folder / "output.log").open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [*ON_SERVERS_CORE, *command],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(name, port, process, path)
    try:
        while not _is_up(server):
            if process.poll() is not None or time.perf_counter() > begun + PATIENCE:
                sys.exit(f"{name} does not answer:\n{(folder / 'output.log').read_text()}")
            time.sleep(0.002)
        server.first_answer = time.perf_counter() - begun
        server.cpu_till_answer = cpu_seconds(process.pid)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _is_up(server: Server) -> bool:
    try:
        server.ask()
    except OSError:
        return False
    return True


def _expect(answer: tuple[int, dict[str, str], bytes]) -> None:
    if answer[0] not in (200, 201, 204):
        sys.exit(f"a server answered {answer[0]}: {answer[2][:300]!r}")
