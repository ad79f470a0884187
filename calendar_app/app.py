"""The web application: Flask behind the cache behind the guard."""

from __future__ import annotations

import logging
import sys
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from calendar_app.config import Settings, settings_from_environment
from calendar_app.public import errors
from calendar_app.public.editions import Editions
from calendar_app.sealing.memory import keep_memory_to_itself
from calendar_app.web.desk import Desk
from calendar_app.web.forms import Forms, is_form, register_forms
from calendar_app.web.front import Front
from calendar_app.web.guard import MAX_BODY, WSGI, Guard, allowed_hosts
from calendar_app.web.health import register_health
from calendar_app.web.pages import register_pages, send
from calendar_app.web.senders import Senders
from calendar_app.wiring import Watch, make_clock, make_steady_clock

# How long, in seconds, a request thread waits before it asks the thread that makes the next edition
# to release the GIL. Python's default is ten times longer.
LONGEST_TURN: Final = 0.0005
log = logging.getLogger(__name__)


class _Withheld(Exception):
    """Stands in the log for an error whose words may quote what somebody typed."""


def create_app(settings: Settings, editions: Editions | None = None) -> WSGI:
    """The whole stack as one WSGI application. Raises DataError for bad data."""
    clock = make_clock(settings)
    if editions is None:
        watch = Watch(settings, clock)
        watch.start()
        editions = watch.editions
    forms, read_pulse = None, None
    if settings.mail is not None:
        keep_memory_to_itself()
        desk = Desk(settings, clock)
        hosts, proxies = allowed_hosts(settings), settings.trusted_proxies
        senders = Senders(hosts, proxies, make_steady_clock())
        forms = Forms(editions, desk.leave, senders, clock, desk.is_unattended)
        read_pulse = desk.pulse
    flask = create_flask(editions, forms)
    register_health(flask, editions, clock, read_pulse)
    return Guard(Front(flask, editions), settings)


def create_from_environment() -> WSGI:
    """For a server that is given a name to call."""
    sys.setswitchinterval(LONGEST_TURN)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    return create_app(settings_from_environment())


def create_flask(editions: Editions, forms: Forms | None = None) -> Flask:
    """Flask alone; it answers everything, with or without the cache in front."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY // 2)
    # An error in an error page is the guard's; Flask would write the address into the log.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    # A missing slash is answered by the edition, from our own address and not the Host header.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    register_pages(app, editions)
    register_forms(app, editions, forms)
    _register_errors(app, editions)
    return app


def _register_errors(app: Flask, editions: Editions) -> None:
    def refused(error: HTTPException) -> Response:
        edition, path = editions.current(), request.environ["PATH_INFO"]
        if isinstance(error, MethodNotAllowed):
            allowed = ", ".join(sorted({"HEAD", *(error.valid_methods or ())}))
            return send(errors.method_not_allowed(edition.site, path, allowed))
        if error.code == 404:
            return send(edition.get(path))
        log.warning("refused with %s", error.code)
        return send(errors.failure(400))

    def failed(error: Exception) -> Response:
        told = _Withheld() if is_form(request.endpoint) else error
        log.error("a request failed", exc_info=told.with_traceback(error.__traceback__))
        return send(errors.failure(500))

    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, failed)
