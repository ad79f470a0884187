"""The command that serves."""

from __future__ import annotations

import errno
import os
import signal
import socket
from contextlib import nullcontext

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from calendar_app.cli.companion import worker_beside
from calendar_app.cli.faults import with_faults
from calendar_app.config import DEFAULT_PORT, hand_down, settings_from_environment
from calendar_app.values import is_loopback
from calendar_app.wiring import load_catalogue
from calendar_app.words.languages import LANGUAGES

# More threads than cores: what is waited for is the network, and a slow reader holds one.
BLOCKING_THREADS = 8
# Seconds for a process to end by itself, with the answers that it is giving.
PATIENCE = 10


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Port."
)
@with_faults
def serve(host: str, port: int) -> None:
    """Serve the pages and feeds; where mail is on, with the worker beside."""
    settings = settings_from_environment(port)
    catalogue = load_catalogue(settings)
    _require_free(host, port)
    if settings.is_loopback and not is_loopback(host):
        click.echo(
            f"Others can reach {host}, but only {settings.base_url} is answered; "
            "set CALENDAR_BASE_URL to the address they use.",
            err=True,
        )
    click.echo(f"{len(catalogue.events)} events, edition {catalogue.edition_id}")
    for tag, language in LANGUAGES.items():
        click.echo(f"  {settings.base_url}/{tag}/  {language.endonym}")
    click.echo(f"  {settings.base_url}/en/calendar.ics  the feed; Ctrl-C stops the server")
    hand_down(settings)
    with worker_beside() if settings.mail else nullcontext():
        _serve(host, port, settings.web_workers)


def _serve(host: str, port: int, workers: int) -> None:
    """Until it is told to stop."""
    die_when_told_in_children()
    Granian(
        "calendar_app.app:create_from_environment",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=BLOCKING_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE,
        # Room for a few headers, not for megabytes of them.
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=32 * 1024),
        log_level=LogLevels.error,
        log_access=False,
    ).serve()


def die_when_told_in_children() -> None:
    """In processes that the server forks, as long as they load the application. The handlers that
    they inherit would note a signal in their copy of the server, and they would never end. One that
    comes in the very moment of the fork waits until they have their own."""
    told = {signal.SIGTERM, signal.SIGINT}

    def die_when_told() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # from a terminal; the server passes it on
        signal.pthread_sigmask(signal.SIG_UNBLOCK, told)

    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, told),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, told),
        after_in_child=die_when_told,
    )


def _require_free(host: str, port: int) -> None:
    """Says in one line why the server could not listen; the server itself would try for ever."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            problem = f"port {port} is taken; choose another with --port or PORT="
        else:
            problem = f"cannot listen on {host}, port {port}: {error.strerror}"
        raise click.ClickException(problem) from error
